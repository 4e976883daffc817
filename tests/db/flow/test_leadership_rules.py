"""The rules on leadership, supervision, risk and warnings judge entries as the ledgers really hold them."""

from datetime import UTC, date, datetime

import pytest

from kuangan.casework.models import Finding
from kuangan.casework.rule_states import RuleState
from kuangan.flow.credit.entries import correct, record_entry
from kuangan.flow.rules.run import judge
from kuangan.law.content import rule_by_id, rules_of
from kuangan.law.ledger import ledgers
from kuangan.mine.actions import set_attribute
from kuangan.mine.models import AttributeName
from tests.story.year import staff

AT = datetime(2026, 4, 10, 2, 0, tzinfo=UTC)
MINE = "140423900001"
MEASURES = ("1.1", "2.1", "2.2", "9.1", "9.2", "9.3", "9.4", "9.5")
RULES = sorted(each.id for each in rules_of("ledger") if each.measure in MEASURES)
FILE = {
    AttributeName.rock_burst: "no",
    AttributeName.hydrology: "simple",
    AttributeName.spontaneous_combustion: "not_easy",
    AttributeName.standardization_grade: "二级",
    AttributeName.mine_class: "B",
}


@pytest.fixture
def city(city):
    """With a mine whose file says what the rules ask."""
    for name, value in FILE.items():
        set_attribute(actor=None, mine=city.mine, name=name, value=value, valid_from=date(2025, 1, 1), at=AT)
    return city


def add(city, ledger_id, unit, number=0, **change):
    values = {**ledgers()[ledger_id].sample[number], **change}
    kept = {name: value for name, value in values.items() if value is not None}
    return record_entry(actor=None, ledger_id=ledger_id, unit=city.units[unit], values=kept, at=AT)


def outcome(rule_id, subject=MINE):
    judge(rule_by_id(rule_id), AT)
    return RuleState.objects.get(rule=rule_id, subject=subject).outcome


@pytest.mark.parametrize("rule_id", RULES)
def test_a_rule_answers_with_every_sample_on_file(city, rule_id):
    staff(city, AT)
    for ledger_id in rule_by_id(rule_id).reads:
        kept = ledgers()[ledger_id]
        unit = next(name for name in ("county_government", "county", "mine", "city") if _keeps(city, kept, name))
        for number, _ in enumerate(kept.sample):
            add(city, ledger_id, unit, number)
    assert judge(rule_by_id(rule_id), AT)


def _keeps(city, kept, name):
    return city.units[name].kind in kept.keepers


def test_a_month_without_meeting_is_the_governments(city):
    government = city.units["county_government"].code
    assert outcome("county_meeting_missed", government) == "found"
    add(city, "coal_meeting", "county_government")
    assert outcome("county_meeting_missed", government) == "clear"


def test_one_commissioner_is_not_enough(city):
    add(city, "commissioner_assignment", "county")
    assert outcome("mine_without_two_commissioners") == "found"
    assert Finding.objects.filter(rule="mine_without_two_commissioners", mine=city.mine).exists()
    add(city, "commissioner_assignment", "county", 1)
    assert outcome("mine_without_two_commissioners") == "clear"


def test_checks_of_county_and_city_add_up_to_the_cap(city):
    for day in (3, 10, 17):
        add(city, "enforcement_check", "county", checked_on=f"2026-03-{day:02d}", findings=None)
    change = {"findings": None, "organ_level": "city"}
    add(city, "enforcement_check", "city", checked_on="2026-03-24", **change)
    assert outcome("check_cap_exceeded") == "clear"
    add(city, "enforcement_check", "city", checked_on="2026-03-31", **change)
    assert outcome("check_cap_exceeded") == "found"


def test_a_hazard_found_by_regulators_asks_for_another_class(city):
    add(city, "mine_class_decision", "county")
    assert outcome("mine_class_differs") == "clear"
    add(city, "mine_class_fact", "county")
    assert outcome("mine_class_differs") == "found"


def test_short_reserves_are_no_major_hazard_once_output_is_limited(city):
    entry = add(city, "succession_reserve", "mine", developed="3.90")
    assert (outcome("succession_tight"), outcome("succession_tight_not_limited")) == ("found", "found")
    correct(actor=None, entry=entry, values={**entry.values, "output_limited": True}, reason="已下达限产通知", at=AT)
    assert (outcome("succession_tight"), outcome("succession_tight_not_limited")) == ("found", "clear")


def test_a_severe_mine_belongs_on_the_list_and_needs_a_plan(city):
    assert outcome("severe_disaster_unlisted") == "found"
    add(city, "severe_disaster_list", "county_government")
    assert outcome("severe_disaster_unlisted") == "clear"
    assert outcome("severe_disaster_progress_missing") == "found"
    add(city, "severe_disaster_plan", "mine")
    assert outcome("severe_disaster_progress_missing") == "clear"
