"""Leadership, supervision, risk and warnings: a duty can be fulfilled by the ledger it names, and not by an empty form."""

import pytest

from kuangan.law.content import procedure_by_id
from kuangan.law.duty.obligation_file import Evidence, Obligation, obligations
from kuangan.law.ledger import Ledger, ledger_by_id, ledgers

MEASURES = ("1.1", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "9.1", "9.2", "9.3", "9.5", "12.1")
REGIME = "regime_document"
DUTIES = [
    each
    for each in obligations().values()
    if each.measure in MEASURES or REGIME in {one.ledger for one in each.evidence}
]
KEPT = [(each, one) for each in DUTIES for one in each.evidence if one.ledger]
LEDGERS = [each for each in ledgers().values() if each.measure in MEASURES]


def _rows(evidence: Evidence) -> list[dict[str, object]]:
    """The samples; of a regime each as if it were of the wanted subject."""
    rows = [dict(row) for row in ledger_by_id(evidence.ledger).sample]
    if evidence.ledger == REGIME:
        return [{**row, "subject": evidence.where["subject"]} for row in rows]
    return rows


def _counts(evidence: Evidence, row: dict[str, object]) -> bool:
    wanted = {name: value if isinstance(value, list) else [value] for name, value in evidence.where.items()}
    agrees = all(row.get(name) in values for name, values in wanted.items())
    files = {field.name for field in ledger_by_id(evidence.ledger).fields if field.kind == "files"}
    others = ledger_by_id(evidence.ledger).of_others  # nor what somebody else fills in
    needed = {*evidence.needs, evidence.person} - {"", *files} - others  # a sheet carries no files
    return agrees and all(row.get(name) not in (None, "") for name in needed)


@pytest.mark.parametrize(("duty", "evidence"), KEPT, ids=[f"{duty.id}-{one.ledger}" for duty, one in KEPT])
def test_a_sample_row_fulfils_the_duty(duty: Obligation, evidence: Evidence):
    assert any(_counts(evidence, row) for row in _rows(evidence))


@pytest.mark.parametrize(("duty", "evidence"), KEPT, ids=[f"{duty.id}-{one.ledger}" for duty, one in KEPT])
def test_what_is_asked_for_can_be_written_in_the_ledger(duty: Obligation, evidence: Evidence):
    for name, wanted in evidence.where.items():
        field = ledger_by_id(evidence.ledger).field(name)
        values = wanted if isinstance(wanted, list) else [wanted]
        possible = [True, False] if field.kind == "flag" else [key for key, _ in field.choices]
        assert set(values) <= set(possible)


@pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: duty.id)
def test_a_duty_has_two_examples_or_names_its_day(duty: Obligation):
    assert len(duty.examples) >= 2 or (duty.trigger is not None and duty.trigger.due)


@pytest.mark.parametrize("kept", LEDGERS, ids=lambda kept: kept.id)
def test_samples_fill_what_is_required_and_keep_the_keys_apart(kept: Ledger):
    required = {field.name for field in kept.fields if field.required} - kept.of_others
    assert all(required <= set(row) for row in kept.sample)
    assert len({tuple(row.get(name) for name in kept.key) for row in kept.sample}) == len(kept.sample)


def test_an_officer_may_name_every_fact_that_the_ledger_of_stops_knows():
    refer = procedure_by_id("commissioner_opinion").move("refer")
    item = next(field for field in refer.fields if field.name == "item")
    assert item.choices == ledger_by_id("special_stop_fact").field("item").choices
