"""The credit that an entry gives: when it was done, on which days it holds, whom it is about, how far it is proven."""

from datetime import datetime

from kuangan.core.models import User
from kuangan.core.values.kinds import name_text
from kuangan.duty.credit import Credit
from kuangan.duty.models import Duty, Source
from kuangan.duty.proof.grades import Grade, grade_of_word
from kuangan.flow.credit.matching import done_moment
from kuangan.flow.credit.rosters import institution_of
from kuangan.flow.credit.terms import did_himself, known_moment, other_sent_back
from kuangan.law.duty.obligation_file import Evidence, Obligation
from kuangan.law.ledger import ledger_by_id
from kuangan.ledger.models import Entry


def credit_of(obligation: Obligation, evidence: Evidence, entry: Entry, duty: Duty, actor: User | None) -> Credit:
    """What an entry that counts towards a duty says."""
    done_at, recorded_at = _moments(obligation, evidence, entry, duty)
    return Credit(
        duty.pk,
        Source.entry.value,
        str(entry.serial),
        done_at,
        recorded_at,
        actor,
        grade=_grade(evidence, entry, duty).value,
        about=about(obligation, entry),
        holds_from=entry.on if obligation.standing else None,
        holds_until=entry.until if obligation.standing else None,
    )


def _moments(obligation: Obligation, evidence: Evidence, entry: Entry, duty: Duty) -> tuple[datetime, datetime]:
    """When it was done and known; who owes what follows from his own entry does not answer for how long an authority took."""
    follows = obligation.trigger is not None and obligation.trigger.ledger == entry.ledger
    if follows and duty.unit_id == entry.unit_id and _of_authorities(entry) & set(evidence.needs):
        return did_himself(obligation, evidence, entry), known_moment(evidence, entry)
    if evidence.verified:
        return _done_anew(obligation, evidence, entry), known_moment(evidence, entry)
    return done_moment(obligation, evidence, entry), entry.recorded_at


def _done_anew(obligation: Obligation, evidence: Evidence, entry: Entry) -> datetime:
    """As the entry says; where it names no day after it, or another about the same event, was sent back, when it was written."""
    said, did = done_moment(obligation, evidence, entry), did_himself(obligation, evidence, entry)
    other = other_sent_back(evidence, entry)
    anew = did != said or (other is not None and said < other)
    return known_moment(evidence, entry) if anew else said


def _of_authorities(entry: Entry) -> set[str]:
    """The fields that authorities over the keeper wrote in an entry."""
    parts = [part for part in ledger_by_id(entry.ledger).confirmations if part.official and part.id in entry.parts]
    return {name for part in parts for name in part.fields}


def _fields_of(part_id: str, entry: Entry) -> tuple[str, ...]:
    return ledger_by_id(entry.ledger).part(part_id).fields if part_id else ()


def _grade(evidence: Evidence, entry: Entry, duty: Duty) -> Grade:
    """As good as the keeper's word; what an authority wrote in its entry, where the evidence asks for that, is as good as its own."""
    asked = {*evidence.where, *evidence.needs, *_fields_of(evidence.verified, entry)}
    if duty.unit_id == entry.unit_id and _of_authorities(entry) & asked:
        return Grade.accepted
    return grade_of_word(entry.unit, duty.unit)


def about(obligation: Obligation, entry: Entry) -> str:
    """Whom the entry is about, where a fulfilment each is owed."""
    if obligation.each is None:
        return ""
    name = name_text(entry.values.get(obligation.each.field))[:60]
    return institution_of(obligation.each, name) if obligation.each.units else name
