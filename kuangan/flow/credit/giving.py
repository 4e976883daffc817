"""The credit that an entry gives: when it was done, on which days it holds, whom it is about, how far it is proven."""

from kuangan.core.models import User
from kuangan.core.values.kinds import name_text
from kuangan.duty.credit import Credit
from kuangan.duty.models import Duty, Source
from kuangan.duty.proof.grades import Grade, grade_of_word
from kuangan.flow.credit.matching import done_moment
from kuangan.flow.credit.rosters import institution_of
from kuangan.law.duty.obligation_file import Evidence, Obligation
from kuangan.law.ledger import ledger_by_id
from kuangan.ledger.models import Entry


def credit_of(obligation: Obligation, evidence: Evidence, entry: Entry, duty: Duty, actor: User | None) -> Credit:
    """What an entry that counts towards a duty says."""
    return Credit(
        duty.pk,
        Source.entry.value,
        str(entry.serial),
        done_moment(obligation, evidence, entry),
        entry.recorded_at,
        actor,
        grade=_grade(evidence, entry, duty).value,
        about=about(obligation, entry),
        holds_from=entry.on if obligation.standing else None,
        holds_until=entry.until if obligation.standing else None,
    )


def _grade(evidence: Evidence, entry: Entry, duty: Duty) -> Grade:
    """As good as the keeper's word; where the evidence asks for what an authority wrote itself, as good as the authority's."""
    ledger, asked = ledger_by_id(entry.ledger), {*evidence.where, *evidence.needs}
    parts = [part for part in ledger.confirmations if part.official and part.id in entry.parts]
    if any(asked & set(part.fields) for part in parts):
        return Grade.accepted
    return grade_of_word(entry.unit, duty.unit)


def about(obligation: Obligation, entry: Entry) -> str:
    """Whom the entry is about, where a fulfilment each is owed."""
    if obligation.each is None:
        return ""
    name = name_text(entry.values.get(obligation.each.field))[:60]
    return institution_of(obligation.each, name) if obligation.each.units else name
