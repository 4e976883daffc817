"""From when and until when a duty runs that follows an entry, and since when it is known that its keeper did what he had to."""

from datetime import datetime

from kuangan.base.clock import beijing_midnight, civil_date, day_after
from kuangan.base.workdays import Calendar
from kuangan.duty.terms import day_end
from kuangan.flow.credit.context import plain_number
from kuangan.flow.credit.matching import done_moment
from kuangan.law.duty.obligation_file import Evidence, Obligation
from kuangan.law.ledger import ledger_by_id
from kuangan.law.local import local_span
from kuangan.law.time.calendar import Years, workdays
from kuangan.ledger.confirming import term_of
from kuangan.ledger.models import Entry, EntryConfirmation
from kuangan.ledger.queries import confirmations_of, keepers_version, typed_values


def start_of(obligation: Obligation, entry: Entry) -> datetime:
    """The event's moment: the entry's own, or of its day the beginning; spans of hours run from its recording on that day."""
    dated = ledger_by_id(entry.ledger).dated
    when = typed_values(entry, (dated,))[dated]
    if isinstance(when, datetime):
        return when
    if civil_date(entry.recorded_at) == when:
        return entry.recorded_at
    return day_end(when) if obligation.span and obligation.span.runs else beijing_midnight(when)


def due_of(obligation: Obligation, entry: Entry) -> datetime | None:
    """When it falls due, where that is not the obligation's span after the event.

    The end of the day (or the moment) that the entry names, or a span after its keeper last asked for the part of somebody else.
    """
    trigger = obligation.trigger
    if trigger is None or not (trigger.due or trigger.waits):
        return None
    if trigger.waits:
        asked = _asked_at(entry)
        return obligation.event_due_at(asked, Calendar(Years(workdays().years)), civil_date(asked))
    named = obligation.named_due_at(
        typed_values(entry, (trigger.due,))[trigger.due], max(entry.on, obligation.valid_from)
    )
    if trigger.least:
        named = max(named, _end_of_least(trigger.least, entry))
    return _while_it_waits(obligation, entry, named)


def _end_of_least(key: str, entry: Entry) -> datetime:
    """So long after the entry was first recorded nobody who owes because of it is late."""
    first = Entry.objects.filter(serial=_serial(entry)).earliest("version")
    came = civil_date(first.recorded_at)
    return beijing_midnight(day_after(local_span(key, came).after(came)))


def _while_it_waits(obligation: Obligation, entry: Entry, named: datetime) -> datetime:
    """Who did his own in time is not late while an authority still has time to write its part."""
    ledger = ledger_by_id(entry.ledger)
    part = ledger.part(entry.waits_for) if entry.waits_for else None
    if part is None or not part.official:
        return named
    until = term_of(part, _asked_at(entry))
    for evidence in obligation.evidence:
        if until and evidence.ledger == ledger.id and set(evidence.needs) & set(part.fields):
            did, known = did_himself(obligation, evidence, entry), known_moment(evidence, entry)
            return max(named, until) if max(did, known) < named else named
    return named


def did_himself(obligation: Obligation, evidence: Evidence, entry: Entry) -> datetime:
    """When the keeper did what the evidence asks of him: as the entry says, but not before it was last sent back to him."""
    returned = confirmations_of(_serial(entry)).filter(accepted=False).values_list("at", flat=True).first()
    did = done_moment(obligation, evidence, entry)
    return max(did, returned) if returned else did


def known_moment(evidence: Evidence, entry: Entry) -> datetime:
    """When the keeper recorded what the evidence asks of him as it stands now, however late others wrote their parts.

    What was sent back does not count: he said it anew since.
    """
    ledger = ledger_by_id(entry.ledger)
    own = [name for name in evidence.needs if name not in ledger.of_others]
    refused = set(confirmations_of(_serial(entry)).filter(accepted=False).values_list("entry_id", flat=True))
    known = entry.recorded_at
    for version in Entry.objects.filter(serial=_serial(entry)).order_by("-version") if own else ():
        if version.pk in refused or any(version.values.get(name) != entry.values.get(name) for name in own):
            break
        known = version.recorded_at
    return known


def other_sent_back(evidence: Evidence, entry: Entry) -> datetime | None:
    """When another entry of the unit that names the same event was last sent back to it before it wrote this one."""
    if not evidence.names:
        return None
    wrote = Entry.objects.filter(serial=_serial(entry)).earliest("version").recorded_at
    acts = EntryConfirmation.objects.filter(part=evidence.verified, accepted=False, at__lte=wrote)
    acts = acts.filter(entry__ledger=entry.ledger, entry__unit=entry.unit_id).exclude(entry__serial=_serial(entry))
    moments = [act.at for act in acts.select_related("entry") if _same_event(evidence, act.entry, entry)]
    return max(moments, default=None)


def _same_event(evidence: Evidence, entry: Entry, other: Entry) -> bool:
    return all(plain_number(entry.values.get(name)) == plain_number(other.values.get(name)) for name in evidence.names)


def _asked_at(entry: Entry) -> datetime:
    return keepers_version(_serial(entry)).recorded_at


def _serial(entry: Entry) -> int:
    return entry.serial or entry.pk
