"""The rules on leadership, supervision, risk and warnings judge entries as the ledgers really hold them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kuangan.casework.models import Finding
from kuangan.casework.rule_states import RuleState
from kuangan.flow.credit.entries import confirm, correct, record_entry, send_back
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


def outcome(rule_id, subject=MINE, at=AT):
    judge(rule_by_id(rule_id), at)
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


def patrolled(city, unit, *days):
    for day in days:
        add(city, "commissioner_patrol", unit, patrolled_on=day)


@pytest.mark.parametrize(("said", "answers"), [(2, {"clear"}), (3, {"clear", "found"})])
def test_an_honest_commissioner_stays_honest_when_his_first_patrols_leave_the_window(city, said, answers):
    patrolled(city, "county", "2026-01-05", "2026-03-20")
    add(city, "commissioner_report", "county", reported_on="2026-03-30", patrols=said, underground=2)
    bureau = city.units["county"].code
    days = [AT + timedelta(days=more) for more in range(0, 300, 5)]
    assert {outcome("commissioner_report_differs", bureau, day) for day in days} == answers
    assert outcome("commissioner_report_differs", bureau, days[-1]) == "clear"


def test_an_honest_summary_stays_honest_when_the_first_visits_leave_the_window(city):
    for day in ("2026-03-02", "2026-03-28"):
        add(city, "five_person_visit", "county", visited_on=day, problems=None, due_on=None)
    add(city, "five_person_summary", "county", visits=2, problems=0, unresolved=0)
    answers = {outcome("five_person_summary_differs", at=AT + timedelta(days=more)) for more in range(100)}
    assert answers == {"clear"}


def test_an_honest_analysis_stays_honest_when_the_first_violations_leave_the_window(city):
    for day in ("2026-03-02", "2026-03-28"):
        add(city, "violation", "mine", happened_on=day, kind="operation", coached_on=None, coach=None)
    add(city, "violation_analysis", "mine", command=0, operation=2, discipline=0)
    days = [AT + timedelta(days=more) for more in range(130)]
    assert "found" not in {outcome("violation_figures_disagree", at=day) for day in days}


def test_a_bureau_and_its_section_keep_patrols_for_each_other(city):
    staff(city, AT)
    section, bureau = city.units["section"], city.units["city"]
    patrolled(city, "city", "2026-03-03", "2026-03-20")
    add(city, "commissioner_report", "section", patrols=2, underground=2)
    assert outcome("commissioner_report_differs_city", section.code) == "clear"
    add(city, "commissioner_report", "city", reported_on="2026-03-29", patrols=3, underground=2)
    touched = rule_by_id("commissioner_report_differs_city")
    judge(touched, AT, [bureau.pk])
    assert RuleState.objects.get(rule=touched.id, subject=section.code).outcome == "found"


def test_a_report_after_the_quarter_says_of_which_quarter_it_is(city):
    patrolled(city, "county", "2026-01-05", "2026-03-20")
    bureau, said = city.units["county"].code, {"reported_on": "2026-04-02", "patrols": 2, "underground": 2}
    report = add(city, "commissioner_report", "county", **said)
    assert outcome("commissioner_report_differs", bureau) == "unknown"
    named = {**report.values, "period": "2026-Q1"}
    report = correct(actor=None, entry=report, values=named, reason="补充述职期间", at=AT)
    assert outcome("commissioner_report_differs", bureau) == "clear"
    correct(actor=None, entry=report, values={**report.values, "patrols": 3}, reason="次数", at=AT)
    assert outcome("commissioner_report_differs", bureau) == "found"


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
    add(city, "mine_class_decision", "city")
    assert outcome("mine_class_differs") == "clear"
    add(city, "mine_class_fact", "county")
    assert outcome("mine_class_differs") == "found"


def test_a_class_that_the_city_did_not_review_or_sent_back_is_none(city):
    proposal = add(city, "mine_class_decision", "county", decided_on="2026-03-20", published_on="2026-04-10")
    assert outcome("mine_class_differs") == "found"
    looked = {"actor": city["city_section"], "part_id": "city_review", "sight": "file", "opinion": "要素不全", "at": AT}
    send_back(entry=proposal, **looked)
    assert outcome("mine_class_differs") == "found"
    again = correct(actor=None, entry=proposal, values={**proposal.values, "reasons": "二级"}, reason="补充", at=AT)
    confirm(entry=again, values={}, **looked)
    assert outcome("mine_class_differs") == "clear"


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
