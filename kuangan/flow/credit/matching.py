"""Whether an entry of a ledger counts towards a duty, and as done when."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from kuangan.base.clock import beijing_midnight, civil_date
from kuangan.base.text import says_something
from kuangan.core.models import ONE_ORGAN, Unit
from kuangan.core.values.kinds import name_text
from kuangan.duty.models import Duty
from kuangan.duty.terms import day_end
from kuangan.flow.credit.context import Background, plain_number
from kuangan.flow.drawn import fault_of
from kuangan.law.duty.obligation_file import EVENT, ONCE, STANDING, Evidence, Obligation, obligations
from kuangan.law.ledger import ledger_by_id
from kuangan.law.local import renewed
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import typed_values, was_sent_back
from kuangan.ledger.subject import subject_of


@renewed
def counted_ledgers() -> Mapping[str, tuple[tuple[Obligation, Evidence], ...]]:
    """By ledger: the obligations for which its entries are evidence."""
    by_ledger: dict[str, tuple[tuple[Obligation, Evidence], ...]] = {}
    for obligation in obligations().values():
        for evidence in obligation.evidence:
            if evidence.ledger:
                by_ledger[evidence.ledger] = (*by_ledger.get(evidence.ledger, ()), (obligation, evidence))
    return by_ledger


def ledgers_with_entries() -> set[str]:
    """Which of the ledgers that count for something hold any entry at all; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS name"
            " WHERE EXISTS (SELECT 1 FROM ledger_entry WHERE ledger = name AND superseded_at IS NULL AND NOT voided)",
            [list(counted_ledgers())],
        )
        return {name for (name,) in cursor.fetchall()}


def in_window(obligation: Obligation, entry: Entry, duty: Duty) -> bool:
    """Whether the entry's day lies where the duty looks for it.

    A standing duty: valid on a day of the period. An event: on its day or later. Else: dated in the period; where the
    duty falls due some time after the period, also until then.
    """
    if obligation.cadence == STANDING:
        return entry.on <= duty.last_on and (entry.until is None or entry.until >= duty.first_on)
    if entry.on < duty.first_on:
        return False
    if obligation.cadence in (EVENT, ONCE):
        return True
    return entry.on <= duty.last_on or (due_afterwards(obligation) and beijing_midnight(entry.on) < duty.due_at)


def due_afterwards(obligation: Obligation) -> bool:
    """Whether its duties fall due a span after the end of their period."""
    return obligation.due != "end" and not obligation.due.startswith("day ")


def concerns(obligation: Obligation, entry: Entry, duty: Duty) -> bool:
    """Whether the entry is by the owing unit, or, where others keep the ledger, about its mine or in its area."""
    if obligation.scope == "mine" and entry.mine_id != duty.mine_id:
        return False
    if entry.unit_id == duty.unit_id or is_one_organ(entry.unit, duty.unit) or _waited(obligation, entry):
        return True
    if duty.unit.kind in ledger_by_id(entry.ledger).keepers:
        return False
    if duty.mine_id is not None:
        return bool(entry.mine_id == duty.mine_id)
    return bool(entry.unit.scope_path == duty.unit.scope_path)


def did_before(obligation: Obligation, entry: Entry, duty: Duty, supervised: Mapping[int, Collection[str]]) -> bool:
    """Whether it was done about the duty's mine by who owed it before: what counts already goes on to count when it is corrected.

    ``supervised``: by mine, the areas of the bodies that supervised it until a transfer. A standing duty asks the next body for its own.
    """
    if obligation.standing or (obligation.scope == "mine" and entry.mine_id != duty.mine_id):
        return False
    if entry.unit.into_id == duty.unit_id:
        return True
    return duty.mine_id is not None and entry.unit.scope_path in supervised.get(duty.mine_id, ())


def _waited(obligation: Obligation, entry: Entry) -> bool:
    """Whether the duty is to write a part of what another keeps (:func:`follows_itself` looks that it is this entry)."""
    trigger = obligation.trigger
    return trigger is not None and bool(trigger.waits) and trigger.ledger == entry.ledger


def is_one_organ(unit: Unit, other: Unit) -> bool:
    return {unit.kind, other.kind} == ONE_ORGAN and unit.scope_path == other.scope_path


def satisfies(evidence: Evidence, entry: Entry, duty: Duty, background: Background) -> bool:
    """Whether the entry's content is what the evidence asks for."""
    values = entry.values
    if not _says(evidence, values, duty.first_on.year):
        return False
    if not _is_filled(evidence, entry):
        return False
    if not _stands(evidence, entry, duty, background):
        return False
    if duty.post_id is None:
        return True
    name = name_text(values.get(evidence.person)) if evidence.person else ""
    by = entry.recorded_by.person_id if entry.recorded_by else None
    if evidence.person and not name:
        return False
    return background.held_by(duty.post_id, name, by, entry.on)


def _is_filled(evidence: Evidence, entry: Entry) -> bool:
    """Whether nothing that the evidence needs was left empty, nor answered with a word for nothing where something must be said.

    What somebody above the keeper writes is needed where there is such a part in what he keeps.
    """
    values, parts = entry.values, ledger_by_id(entry.ledger).confirmations
    spared = {name for part in parts if not part.is_for(entry.unit.kind) for name in part.fields}
    empty = any(is_blank(values.get(name)) for name in evidence.needs if name not in spared)
    return not empty and all(says_something(values.get(name)) for name in evidence.says)


def _stands(evidence: Evidence, entry: Entry, duty: Duty, background: Background) -> bool:
    """Whether what the evidence asks of the mine, or of whom the entry names, holds."""
    if evidence.fresh and background.named_before(entry, evidence.fresh):
        return False
    if fault_of(entry):
        return False
    if evidence.sent and not background.was_sent(entry, evidence.sent):
        return False
    if evidence.verified and was_sent_back(entry, evidence.verified):
        return False
    if evidence.names and not _names_the_event(evidence, entry, background.event_of(duty)):
        return False
    return not evidence.producing or background.runs(entry.mine_id or duty.mine_id, entry.on)


def _names_the_event(evidence: Evidence, entry: Entry, event: Entry | None) -> bool:
    """Whether the entry names what it answers, as the entry that opened the duty is named; brackets and blanks make no difference."""
    if event is None:
        return False
    return all(
        plain_number(entry.values.get(name)) == plain_number(event.values.get(own))
        for name, own in evidence.names.items()
    )


def answers_to(duty: Duty, evidence: Evidence) -> dict[str, str]:
    """What an entry that answers the duty's event must name, by field."""
    event = Background((), (), None, [duty]).event_of(duty) if evidence.names else None
    return {name: str(event.values.get(own) or "") for name, own in evidence.names.items()} if event else {}


def _says(evidence: Evidence, values: Mapping[str, Any], year: int) -> bool:
    """Whether the fields have the values that the evidence asks for, in a period of this year."""
    right = all(agrees(values.get(name), wanted) for name, wanted in evidence.where.items())
    return right and all(values.get(name) == year + more for name, more in evidence.year.items())


def follows_itself(obligation: Obligation, entry: Entry, duty: Duty) -> bool:
    """Whether entry and duty belong together where a ledger both opens duties and ends them.

    It is the entry that opened the duty; where the next of its kind is due again, a later one.
    """
    trigger = obligation.trigger
    if trigger is None or trigger.ledger != entry.ledger:
        return True
    same = duty.subject == subject_of(entry)
    return not same and entry.on > duty.first_on if trigger.again else same


def agrees(value: Any, wanted: Any) -> bool:
    """Whether a stored value is the wanted one, or one of those; an empty flag is no."""
    if isinstance(wanted, list | tuple):
        return any(agrees(value, choice) for choice in wanted)
    if isinstance(wanted, bool):
        return bool(value) is wanted
    if isinstance(wanted, int | float | Decimal) and not is_blank(value):
        return Decimal(str(value)) == Decimal(str(wanted))
    if isinstance(value, Collection) and not isinstance(value, str):
        return wanted in value
    return str(value) == str(wanted)


def is_blank(value: Any) -> bool:
    """Whether a field was left empty: nothing, only spaces, or an empty list."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, Collection) and not value)


def done_moment(obligation: Obligation, evidence: Evidence, entry: Entry) -> datetime:
    """The moment at which the entry says that it was done; of a day its end, or when it was recorded on the day itself.

    Of what answers an event the newest of the days that were needed; where the entry that opened the duty also ends it, else its
    recording.
    """
    trigger, dated = obligation.trigger, ledger_by_id(entry.ledger).dated
    itself = trigger is not None and trigger.ledger == entry.ledger
    names = [*(evidence.needs if trigger else ()), *(() if itself else (dated,))]
    days = [day for day in typed_values(entry, names).values() if isinstance(day, date)]
    return max((moment_of(day, entry) for day in days), default=entry.recorded_at)


def has_come(obligation: Obligation, evidence: Evidence, entry: Entry, at: datetime) -> bool:
    """Whether the day of which the entry says that it was done has begun: what is only planned shows nothing."""
    return civil_date(done_moment(obligation, evidence, entry)) <= civil_date(at)


def moment_of(when: date | datetime, entry: Entry) -> datetime:
    """A moment itself; a day's last moment, or the moment of recording on that day."""
    if isinstance(when, datetime):
        return when
    return entry.recorded_at if civil_date(entry.recorded_at) == when else day_end(when)
