"""Enterprise and workforce duties: each duty can be fulfilled by the ledger it names, and the fund's rates follow the mine's grade."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from kuangan.base.period import period_of
from kuangan.corpus.rules._enterprise import capacities, fund_rates, idle, missing_months, moment, whole_days, worked
from kuangan.corpus.rules._ledger import entry, facts_of
from kuangan.law.duty.obligation_file import Evidence, Obligation, obligations
from kuangan.law.ledger import Ledger, ledger_by_id, ledgers
from kuangan.law.rule import Clear, Unknown
from kuangan.law.topic import LedgerFacts

MEASURES = ("3.1", "4.1")
KEPT = [
    duty for duty in obligations().values() if duty.measure in MEASURES and any(one.ledger for one in duty.evidence)
]
LEDGERS = [each for each in ledgers().values() if each.measure in MEASURES]
DAY = timedelta(days=1)
PLAIN = {"gas_grade": "low_gas", "rock_burst": "no", "hydrology": "simple", "spontaneous_combustion": "not_easy"}


@pytest.mark.parametrize("duty", KEPT, ids=lambda duty: duty.id)
def test_a_sample_row_of_its_ledger_fulfils_the_duty(duty: Obligation):
    assert any(_counts(one, row) for one in duty.evidence if one.ledger for row in ledger_by_id(one.ledger).sample)


@pytest.mark.parametrize("duty", KEPT, ids=lambda duty: duty.id)
def test_a_row_with_only_its_keys_does_not(duty: Obligation):
    for one in duty.evidence:
        if one.ledger:
            kept = ledger_by_id(one.ledger)
            bare = {name: value for name, value in kept.sample[0].items() if name in (*kept.key, kept.dated)}
            assert not _fills(kept, one, bare)


@pytest.mark.parametrize("kept", LEDGERS, ids=lambda kept: kept.id)
def test_samples_fill_what_is_required_and_keep_the_keys_apart(kept: Ledger):
    required = {field.name for field in kept.fields if field.required} - kept.of_others
    assert all(required <= set(row) for row in kept.sample)
    assert len({tuple(row.get(name) for name in kept.key) for row in kept.sample}) == len(kept.sample)


@pytest.mark.parametrize(
    ("changed", "low", "high"),
    [
        ({}, "15", "15"),
        ({"gas_grade": "high_gas"}, "30", "30"),
        ({"hydrology": "complex"}, "30", "30"),
        ({"hydrology": "extremely_complex"}, "30", "30"),
        ({"hydrology": "medium"}, "15", "15"),
        ({"spontaneous_combustion": "easy"}, "30", "30"),
        ({"spontaneous_combustion": "self_igniting"}, "15", "15"),
        ({"gas_grade": "outburst"}, "50", "50"),
        ({"gas_grade": "high_gas", "rock_burst": "yes"}, "50", "50"),
        ({"rock_burst": None}, "15", "50"),
        ({"gas_grade": None, "hydrology": "complex"}, "30", "50"),
        ({"hydrology": None}, "15", "30"),
        ({"gas_grade": "high_gas", "hydrology": None}, "30", "30"),
    ],
)
def test_the_highest_rate_applies_and_what_is_missing_leaves_it_open(changed, low, high):
    attributes = {name: value for name, value in {**PLAIN, **changed}.items() if value}
    found = fund_rates(LedgerFacts("140423900001", {}, attributes), date(2026, 3, 31))
    assert found == (Decimal(low), Decimal(high))


def test_a_status_tells_whether_anything_is_owed():
    assert idle(facts_of({}, status="producing")) is None
    assert idle(facts_of({}, status="building")) is None
    assert isinstance(idle(facts_of({}, status="building"), producing=True), Clear)
    assert isinstance(idle(facts_of({}, status="closed")), Clear)
    assert isinstance(idle(LedgerFacts("140423900001", {}, {})), Unknown)


def test_both_capacities_count_when_they_differ():
    month = entry("a", "2026-03-31", capacity_wt=Decimal("120.5"))
    assert capacities(facts_of({}), month) == (Decimal(1205000), Decimal(1205000))
    assert capacities(facts_of({}, approved_capacity="90"), month) == (Decimal(900000), Decimal(1205000))


def test_whole_days_end_before_the_grace_began():
    days = list(whole_days(moment("2026-03-10T00:00"), DAY))
    assert (days[-1], len(days)) == (date(2026, 3, 8), 31)
    assert list(whole_days(moment("2026-03-09T23:59"), DAY))[-1] == date(2026, 3, 7)


YEAR = period_of("year", date(2026, 1, 1))


def test_b7_every_month_that_is_over_needs_a_sheet():
    sheets = [entry("a", "2026-02-28"), entry("b", "2026-02-15")]
    assert missing_months(facts_of({}), sheets, YEAR, date(2026, 4, 1)) == ["2026年1月", "2026年3月"]
    assert missing_months(facts_of({}), sheets, YEAR, date(2026, 3, 31)) == ["2026年1月"]
    assert missing_months(facts_of({}, status="halted"), [], YEAR, date(2026, 4, 1)) == []


def test_b6_a_stretch_is_judged_by_what_the_mine_was_on_each_day():
    spells = {"status": ((date(2020, 1, 1), "producing"), (date(2026, 2, 15), "halted"))}
    facts = replace(facts_of({}, status="halted"), spells=spells)
    assert worked(facts, date(2026, 1, 1), date(2026, 1, 31)) is True
    assert worked(facts, date(2026, 2, 1), date(2026, 2, 28)) is None
    assert worked(facts, date(2026, 2, 15), date(2026, 2, 28)) is False
    assert worked(facts, date(2019, 12, 1), date(2019, 12, 31)) is None
    assert [facts.attribute("status", day) for day in (date(2026, 2, 14), date(2026, 2, 15))] == ["producing", "halted"]


def _fills(kept: Ledger, evidence: Evidence, row) -> bool:
    """Whether nothing needed is empty; attachments are left out, for samples carry none."""
    needed = [name for name in evidence.needs if kept.field(name).kind != "files"]
    return bool(needed) and all(row.get(name) not in (None, "") for name in needed)


def _counts(evidence: Evidence, row) -> bool:
    wanted = {name: value if isinstance(value, list) else [value] for name, value in evidence.where.items()}
    return _fills(ledger_by_id(evidence.ledger), evidence, row) and all(
        row.get(name) in wanted[name] for name in wanted
    )
