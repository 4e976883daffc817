"""Writes of ledger entries with everything that follows from them, all or nothing. Pages, imports and the API use these."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from kuangan.base import clock
from kuangan.core.models import Unit, User
from kuangan.flow.cases.from_entries import follow_rows, open_from_entries
from kuangan.flow.cases.settled_first import require_settled
from kuangan.flow.credit.credits import entry_changed, entry_recorded
from kuangan.flow.rules.run import touch
from kuangan.ledger.actions import add_entry, correct_entry, void_entry
from kuangan.ledger.models import Entry


@transaction.atomic
def record_entry(
    *, actor: User | None, ledger_id: str, unit: Unit, values: Mapping[str, Any], at: datetime | None = None
) -> Entry:
    """Record an entry. Raises as :func:`kuangan.ledger.actions.add_entry`."""
    moment = at or clock.now()
    entry = add_entry(actor=actor, ledger_id=ledger_id, unit=unit, values=values, at=moment)
    require_settled([entry])
    touch([entry], moment)
    entry_recorded(entry, actor, moment)
    open_from_entries([entry], actor, moment)
    return entry


@transaction.atomic
def correct(
    *, actor: User | None, entry: Entry, values: Mapping[str, Any], reason: str, at: datetime | None = None
) -> Entry:
    """Put a further version in the place of an entry. Raises as :func:`kuangan.ledger.actions.correct_entry`."""
    moment = at or clock.now()
    new = correct_entry(actor=actor, entry=entry, values=values, reason=reason, at=moment)
    require_settled([new])
    touch([entry, new], moment)
    entry_changed(entry, new, actor, moment)
    follow_rows(new, actor, moment)
    return new


@transaction.atomic
def void(*, actor: User | None, entry: Entry, reason: str, at: datetime | None = None) -> Entry:
    """End an entry. Raises as :func:`kuangan.ledger.actions.void_entry`."""
    moment = at or clock.now()
    last = void_entry(actor=actor, entry=entry, reason=reason, at=moment)
    touch([last], moment)
    entry_changed(entry, last, actor, moment)
    follow_rows(last, actor, moment)
    return last
