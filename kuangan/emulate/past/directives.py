"""Problems that the demonstration's newest entries ledger: cases that stand at different steps, as the ledgers' ``demo:`` blocks say."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from django.db import transaction

from kuangan.base.clock import civil_date
from kuangan.casework.models import Case
from kuangan.casework.relations import related_units
from kuangan.casework.view import attempt_of, standing, view_of
from kuangan.core.actions import save_attachment
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.core.queries import roles_of
from kuangan.emulate.past.history import History, told
from kuangan.emulate.story.evidence import document
from kuangan.flow.act import advance
from kuangan.flow.cases.from_entries import open_from_entries, unit_about
from kuangan.law.content import procedure_by_id
from kuangan.law.field import Field
from kuangan.law.ledger import Ledger, ledgers
from kuangan.law.procedure import Move
from kuangan.ledger.models import Entry
from kuangan.ledger.opening_rows import rows_of
from kuangan.ledger.queries import CURRENT

BETWEEN: Final = timedelta(hours=21)
"""From one step to the next."""


@transaction.atomic
def carry(history: History) -> int:
    """Open what the newest entries ledger where people have accounts, and take the cases of older ones further; how many cases."""
    users = _users(history.end)
    for ledger in ledgers().values():
        if ledger.opens and ledger.demo.carried:
            for steps, entry in enumerate(_newest(history, ledger, users)):
                open_from_entries([entry], entry.recorded_by, entry.recorded_at)
                for case in Case.objects.filter(entry=entry).select_related("unit").order_by("pk"):
                    _take_further(case, ledger.demo.carried[:steps], users, history.end)
    count = Case.objects.filter(entry__isnull=False).count()
    told(f"检查发现的问题整改{count}件")
    return count


def _users(at: datetime) -> Mapping[int, list[User]]:
    """By unit: who has an account and holds a post there."""
    by_unit: dict[int, list[User]] = defaultdict(list)
    for user in User.objects.filter(is_active=True).order_by("pk"):
        for unit_id in {hold.unit.pk for hold in roles_of(user, at)}:
            by_unit[unit_id].append(user)
    return by_unit


def _newest(history: History, ledger: Ledger, users: Mapping[int, Any]) -> Iterable[Entry]:
    """As many entries as the block has steps, and one, whose both sides have accounts; the newest first."""
    entries = Entry.objects.filter(CURRENT, ledger=ledger.id, unit__in=users, recorded_at__lt=history.end)
    entries = entries.select_related("unit", "mine__unit", "recorded_by").order_by("-recorded_at", "-pk")
    known = (entry for entry in entries.iterator() if _has_people(entry, ledger, users) and rows_of(entry, ledger))
    return list(islice(known, len(ledger.demo.carried) + 1))


def _has_people(entry: Entry, ledger: Ledger, users: Mapping[int, Any]) -> bool:
    unit = unit_about(entry, ledger.opens)
    return unit is not None and unit.pk in users


def _take_further(case: Case, steps: Iterable[str], users: Mapping[int, list[User]], end: datetime) -> None:
    at = case.opened_at
    for step in steps:
        at += BETWEEN
        move = procedure_by_id(case.procedure).move(step)
        actor = _who(case, move, users, at)
        if at >= end or actor is None or case.state not in move.sources:
            return
        if not _advanced(case, move, actor, at):
            return
        case.refresh_from_db()


def _advanced(case: Case, move: Move, actor: User, at: datetime) -> bool:
    """Make the step with what it always asks for; where it asks for a reason beside, with all its texts.

    Whether it was made: somebody whom law keeps from it leaves the case where it stands.
    """
    always = [field for field in move.fields if field.required]
    texts = [field for field in move.fields if field.required or field.kind in ("text", "longtext")]
    for fields in (always, texts):
        inputs = {field.name: _given(field, case, actor, at) for field in fields}
        try:
            advance(actor=actor, case=case, move_id=move.id, inputs=inputs, at=at)
        except Refused:
            continue
        return True
    return False


def _who(case: Case, move: Move, users: Mapping[int, list[User]], at: datetime) -> User | None:
    """The first who may make the move and has not made the one before which asks for another person."""
    units = related_units(case)
    view = view_of(case, at)
    before = {done.actor for done in view.done}
    fitting: list[User] = []
    for user in (user for unit in dict.fromkeys(units.values()) for user in users.get(unit.pk, ())):
        held = standing(roles_of(user, at), units, move.by)
        if held is None:
            continue
        if attempt_of(user, held, {}, at).actor not in before:
            return user
        fitting.append(user)
    return next(iter(fitting), None)


def _given(field: Field, case: Case, actor: User, at: datetime) -> Any:
    item = str(case.title).partition("：")[2]
    if field.kind == "files":
        paper = document(field.label, f"{case.number} {case.unit.name}", item)
        return [save_attachment(actor=actor, name=f"{field.label}.pdf", content=paper, at=at).pk]
    if field.kind == "choice":
        return field.choices[0][0]
    if field.kind == "date":
        return civil_date(at).isoformat()
    if field.kind in ("number", "decimal", "money"):
        return "1"
    return f"{item}：已按要求落实，现场核对无误。"
