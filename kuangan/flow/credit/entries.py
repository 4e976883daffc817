"""Writes of ledger entries with everything that follows from them, all or nothing. Pages, imports and the API use these."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions import send_notice
from kuangan.core.models import Unit, User
from kuangan.core.subject import about
from kuangan.duty.actions import Credit, fulfil_many, revoke
from kuangan.duty.models import Duty, Fulfilment, Source
from kuangan.duty.queries import OPEN
from kuangan.flow.cases.corrected_rows import follow_rows
from kuangan.flow.cases.from_entries import open_from_entries
from kuangan.flow.cases.settled_first import require_settled
from kuangan.flow.credit.credits import entry_changed, entry_recorded
from kuangan.flow.credit.events import follow_correction, opening_ledgers
from kuangan.flow.credit.matching import counted_ledgers
from kuangan.flow.drawn import require_drawn
from kuangan.flow.effects import follow_deciding
from kuangan.flow.rules.run import touch
from kuangan.law.ledger import ledger_by_id
from kuangan.ledger.actions import add_entry, confirm_entry, correct_entry, return_entry, void_entry
from kuangan.ledger.models import Entry, EntryConfirmation
from kuangan.ledger.subject import subject_of


def require_founded(entry: Entry) -> None:
    """What an entry rests on is there: the inspection before an acceptance, the draw of a visit. Raises :class:`EntryRefused`."""
    require_settled([entry])
    require_drawn(entry)


@transaction.atomic
def record_entry(
    *, actor: User | None, ledger_id: str, unit: Unit, values: Mapping[str, Any], at: datetime | None = None
) -> Entry:
    """Record an entry. Raises as :func:`kuangan.ledger.actions.add_entry`."""
    moment = at or clock.now()
    entry = add_entry(actor=actor, ledger_id=ledger_id, unit=unit, values=values, at=moment)
    require_founded(entry)
    touch([entry], moment)
    follow_deciding([entry], actor, moment)
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
    require_founded(new)
    touch([entry, new], moment)
    follow_deciding([new], actor, moment)
    entry_changed(entry, new, actor, moment)
    follow_rows(entry, new, actor, moment)
    return new


@transaction.atomic
def void(*, actor: User | None, entry: Entry, reason: str, at: datetime | None = None) -> Entry:
    """End an entry. Raises as :func:`kuangan.ledger.actions.void_entry`."""
    moment = at or clock.now()
    last = void_entry(actor=actor, entry=entry, reason=reason, at=moment)
    touch([last], moment)
    follow_deciding([last], actor, moment)
    entry_changed(entry, last, actor, moment)
    follow_rows(entry, last, actor, moment)
    return last


@transaction.atomic
def confirm(
    *,
    actor: User,
    entry: Entry,
    part_id: str,
    values: Mapping[str, Any],
    sight: str,
    opinion: str,
    at: datetime | None = None,
) -> Entry:
    """Write the part of an entry that belongs to somebody else. Raises as :func:`kuangan.ledger.actions.confirm_entry`."""
    moment = at or clock.now()
    new = confirm_entry(
        actor=actor, entry=entry, part_id=part_id, values=values, sight=sight, opinion=opinion, at=moment
    )
    touch([entry, new], moment)
    follow_deciding([new], actor, moment)
    entry_changed(entry, new, actor, moment)
    _tell_keeper(actor, new, part_id, opinion, moment, accepted=True)
    return new


@transaction.atomic
def send_back(
    *, actor: User, entry: Entry, part_id: str, sight: str, opinion: str, at: datetime | None = None
) -> EntryConfirmation:
    """Send an entry back to its keeper. Raises as :func:`kuangan.ledger.actions.return_entry`."""
    moment = at or clock.now()
    made = return_entry(actor=actor, entry=entry, part_id=part_id, sight=sight, opinion=opinion, at=moment)
    entry.refresh_from_db()
    _answered_by_return(actor, entry, part_id, made.opinion, moment)
    _shows_nothing(actor, entry, part_id, moment)
    _tell_keeper(actor, entry, part_id, opinion, moment, accepted=False)
    return made


def _answered_by_return(actor: User, entry: Entry, part_id: str, opinion: str, at: datetime) -> None:
    """Who was to write the part has answered by sending the entry back; the time of its keeper, who waited, runs on."""
    laws = [law for law in opening_ledgers().get(entry.ledger, ()) if law.trigger and law.trigger.waits == part_id]
    duties = Duty.objects.filter(OPEN, obligation__in=[law.id for law in laws], subject=subject_of(entry))
    given = [
        Credit(duty.pk, Source.entry.value, str(entry.serial), at, at, actor, opinion) for duty in duties.order_by("pk")
    ]
    fulfil_many(given, at=at)
    if laws:
        follow_correction(entry, actor, at)


def _shows_nothing(actor: User, entry: Entry, part_id: str, at: datetime) -> None:
    """What the authority that looked at it sent back counts for nothing until its keeper has corrected it."""
    laws = [law.id for law, evidence in counted_ledgers().get(entry.ledger, ()) if evidence.verified == part_id]
    if laws:
        key = str(entry.serial)
        counted = Fulfilment.objects.filter(source=Source.entry, key=key, duty__obligation__in=laws)
        duties = list(counted.values_list("duty", flat=True))
        revoke(actor=actor, source=Source.entry, key=key, reason="已退回更正", duties=duties, at=at)


def _tell_keeper(actor: User, entry: Entry, part_id: str, opinion: str, at: datetime, *, accepted: bool) -> None:
    """The keeping unit learns what was written, or why it has to correct the entry."""
    ledger = ledger_by_id(entry.ledger)
    part = ledger.part(part_id)
    done = "已办理" if accepted else "退回"
    send_notice(
        actor=actor,
        unit=entry.unit,
        title=f"{part.title}{done}：{ledger.title}第{entry.serial}号"[:200],
        body=opinion if accepted else f"{opinion}。请更正该条目后重新提交。",
        kind="ledger",
        subject=about("entry", f"{ledger.id}/{entry.serial}"),
        at=at,
    )
