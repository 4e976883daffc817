"""Whether a change could be done as things are: it is done, and undone before anybody sees it."""

from dataclasses import replace

from django.db import transaction

from kuangan.core.errors import Refused
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind
from kuangan.flow.changes.subjects import subject_named


def tried(kind: ChangeKind, act: ChangeAct) -> str:
    """Why it could not be done now, in words; "" where it could, or where two administrators would first be asked."""
    fresh = subject_named(act.subject.text)
    assert fresh is not None
    apart = replace(act, subject=fresh)  # what is done to the rows in memory stays with them
    try:
        with transaction.atomic():
            if kind.twofold(apart) is None:
                kind.does(apart)
            transaction.set_rollback(True)
    except Refused as refused:
        return refused.message
    return ""
