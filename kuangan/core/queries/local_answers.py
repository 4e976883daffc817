"""A city's answers to open questions: which hold, which held before one of them, and what this process works by."""

import logging
import threading
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from kuangan.base.digest import digest
from kuangan.core.models import LocalAnswer, UnitKind, User
from kuangan.core.queries.roles import roles_of
from kuangan.law.answers.file import parse_answer
from kuangan.law.local import Answers, LocalValue, adopt
from kuangan.law.role import Role
from kuangan.law.source import CorpusError

log = logging.getLogger(__name__)
CITY: Final = (UnitKind.city_bureau, UnitKind.city_coal_section)
HEADS: Final = frozenset({Role.bureau_head, Role.bureau_deputy})
SECONDS: Final = HEADS | {Role.enforcement_officer, Role.section_head, Role.legal_reviewer}
"""Who signs at the city's bureau and opens the page on which he does; a commissioner works at his mine."""
_IN_FORCE: Final = Q(confirmed_at__isnull=False, ended_at=None, undoes=None)
_lock = threading.Lock()
_kept: tuple[int, ...] = ()


def answers_in_force() -> QuerySet[LocalAnswer]:
    """Those that hold now, by file."""
    return LocalAnswer.objects.filter(_IN_FORCE).order_by("name")


def answers_by_key() -> dict[str, LocalAnswer]:
    """By key: the answer in force that says its value. Open to everybody, as law is."""
    held = answers_in_force().select_related("head__person", "second__person")
    return {key: answer for answer in held for key in answer.keys}


def answers_visible_to(user: User, at: datetime) -> QuerySet[LocalAnswer]:
    """Every answer with what it changes, the newest first, for the people of the city's bureau; they name units and findings."""
    answers = LocalAnswer.objects.select_related("head__person", "second__person", "undoes", "scan").order_by("-pk")
    in_office = any(hold.unit.kind in CITY for hold in roles_of(user, at))
    return answers if in_office else answers.none()


def held_before(answer: LocalAnswer) -> QuerySet[LocalAnswer]:
    """Those that held just before this one was signed (or hold now, while it is not)."""
    moment = answer.confirmed_at
    if moment is None:
        return answers_in_force()
    earlier = LocalAnswer.objects.filter(confirmed_at__lt=moment, undoes=None)
    return earlier.filter(Q(ended_at=None) | Q(ended_at__gte=moment)).order_by("name")


def held_after(answer: LocalAnswer) -> QuerySet[LocalAnswer]:
    """Those that held from its signature on."""
    moment = answer.confirmed_at
    held = LocalAnswer.objects.filter(confirmed_at__lte=moment, undoes=None)
    return held.filter(Q(ended_at=None) | Q(ended_at__gt=moment)).order_by("name")


def answers_of(held: Iterable[LocalAnswer]) -> Answers:
    """Rows as the law takes them. One that this version cannot read holds nothing and is logged; the others hold."""
    values: dict[str, LocalValue] = {}
    digests = []
    for answer in held:
        try:
            values |= parse_answer(answer.text, answer.name).values
        except CorpusError:
            log.exception("the answer %s (%s) cannot be read", answer.name, answer.pk)
            continue
        digests.append([answer.name, answer.digest])
    return Answers(values, digest(digests) if digests else "")


def keep_up() -> bool:
    """Let this process work by the answers that hold now. True when they were others than before."""
    global _kept  # noqa: PLW0603  # the law of this process
    with _lock:
        held = list(answers_in_force())
        keys = tuple(answer.pk for answer in held)
        if keys == _kept:
            return False
        adopt(answers_of(held))
        _kept = keys
    return True


def may_stand_for(user: User, at: datetime, *, decides: bool) -> bool:
    """Whether a person may decide such an answer, or be the second who signs it."""
    standing = HEADS if decides else SECONDS
    return any(hold.unit.kind in CITY and hold.role in standing for hold in roles_of(user, at))
