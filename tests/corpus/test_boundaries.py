"""lawcheck finds the kinds of error that the findings on law list: units of spans, late beginnings, missing boundaries, own deadlines."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from kuangan.base.clock import beijing_midnight, civil_date
from kuangan.law import content, local
from kuangan.law.cite import Cite
from kuangan.law.duty import obligation_file
from kuangan.law.duty.obligation import Rung
from kuangan.law.lawcheck import boundaries, locals_used, obligations
from kuangan.law.time.calendar import workdays as calendar
from kuangan.law.time.dated import Dated, NotInForce, Value
from kuangan.law.time.span import Span, days, hours, months, workdays

WEEK = "week_rule.window"
KNOWN = local.all_values()


def module_of(rule_id):
    [found] = [
        module for rule, module in zip(content.rules(), content.modules("rules"), strict=True) if rule.id == rule_id
    ]
    return found


@pytest.mark.parametrize(
    ("rule_id", "drop", "message"),
    [
        ("risk_warning_uncontrolled", "B13", "月末"),
        ("production_over_month", "B7", "一个月内两份记录"),
        ("commissioner_not_rotated", "B17", "同名两人"),
        ("manager_exam_overdue", "不能判定", "施行前一日"),
    ],
)
def test_a_rule_without_an_example_at_its_boundary_is_found(rule_id, drop, message):
    rule = content.rule_by_id(rule_id)
    assert list(boundaries.lacking(rule, module_of(rule_id))) == []
    kept = tuple(each for each in rule.examples if drop not in each.title and "31日" not in each.title)
    kept = tuple(each for each in kept if each.outcome.__name__ != "Unknown" or drop != "不能判定")
    assert any(message in each for each in boundaries.lacking(replace(rule, examples=kept), module_of(rule_id)))


def answered(monkeypatch, key, value):
    """A city that answered a question."""
    entry = local.LocalValue(key, "答复", "10.4", "140400", (Value(date(2026, 1, 1), value, Cite("register", "10.4")),))
    monkeypatch.setattr(local, "all_values", lambda: (*KNOWN, entry))


def test_b15_a_span_in_a_unit_that_its_reader_cannot_use_is_found(monkeypatch):
    answered(monkeypatch, WEEK, "7 days")
    assert list(locals_used.check()) == []
    answered(monkeypatch, WEEK, "1 months")
    assert [problem.where for problem in locals_used.check()] == [f"local/140400/{WEEK}"]


def test_b15_no_code_takes_the_number_of_a_span_without_its_unit():
    read = list(locals_used.read())
    assert {use for *_, use in read} <= set(locals_used.READABLE)
    assert len(read) > 20


def test_b15_a_span_is_a_length_or_a_number_of_days_as_its_unit_says():
    assert days(7).length == hours(168).length
    assert [months(6).after(date(2026, 8, 31)), months(6).before(date(2026, 8, 31))] == [
        date(2027, 2, 28),
        date(2026, 2, 28),
    ]
    assert [days(3).after(date(2026, 2, 26)), days(3).before(date(2026, 3, 1))] == [date(2026, 3, 1), date(2026, 2, 26)]
    with pytest.raises(ValueError, match="no fixed length"):
        _ = months(1).length
    with pytest.raises(ValueError, match="counts no days"):
        workdays(5).after(date(2026, 3, 1))
    assert Span(2, "hours").length.total_seconds() == 7200


def test_b1_a_number_that_begins_later_than_its_law_is_found(monkeypatch):
    cite = Cite("coal_mine_training_provisions")
    late = local.LocalValue(
        "training.pass_within", "期限", "7.2", "general", (Value(date(2024, 1, 1), "6 months", cite),)
    )
    monkeypatch.setattr(local, "all_values", lambda: (*KNOWN, late))
    assert any("2018-03-01 起施行" in problem.message for problem in locals_used.check())


def test_b1_every_number_begins_with_its_law():
    assert local.local("training.pass_within", date(2018, 3, 1)).value == "6 months"
    with pytest.raises(NotInForce, match="2018-02-28 尚无"):
        local.local("training.pass_within", date(2018, 2, 28))


def test_b1_a_rule_without_a_number_on_that_day_says_so_and_raises_nothing():
    rule = content.rule_by_id("emergency_plan_lapsed")
    [old] = [each for each in rule.examples if "施行前公布" in each.title]
    outcome = rule.say(old.facts, old.at)
    assert "2019-08-31 尚无" in outcome.why


def test_a6_a_number_that_law_dropped_has_an_end():
    dated = Dated(Value(date(2021, 1, 1), 10, Cite("register", "3.1"), valid_to=date(2026, 7, 1)))
    assert dated.on(date(2026, 6, 30)).value == 10
    with pytest.raises(NotInForce, match="2026-07-01 起不再施行"):
        dated.on(date(2026, 7, 1))


ORDINANCE = "coal_mine_safety_ordinance"
OLD_CRITERIA, NEW_CRITERIA = "major_hazard_criteria_2020", "major_hazard_criteria_2026"


@pytest.mark.parametrize(
    ("rule_id", "title", "criteria"),
    [
        ("production_over_month", "A6：2026年6月按月判定", {OLD_CRITERIA}),
        ("production_over_quarter", "A6：超过30%", {NEW_CRITERIA}),
        ("production_over_year", "A6：2026年度超过110%", {NEW_CRITERIA}),
        ("succession_tight_not_limited", "A6：2026年7月起不再是重大事故隐患，仍认定", set()),
        ("production_plan_over_capacity", "A6：2026年7月1日下达的计划", set()),
        ("production_plan_over_capacity", "超过1吨", {OLD_CRITERIA}),
    ],
)
def test_a6_a_finding_cites_the_criteria_of_the_day_of_its_conduct(rule_id, title, criteria):
    rule = content.rule_by_id(rule_id)
    [shown] = [each for each in rule.examples if each.title == title]
    outcome = rule.say(shown.facts, shown.at)
    assert {cite.instrument for cite in outcome.cites} & {OLD_CRITERIA, NEW_CRITERIA} == criteria
    assert criteria or "重大事故隐患" not in outcome.reason


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ladder": ()}, "催办"),
        ({"ladder": (Rung(timedelta(days=-299), "owner"),)}, "催办"),
    ],
)
def test_b2_a_standing_duty_that_nobody_is_urged_for_until_december_is_found(monkeypatch, change, message):
    good = obligation_file.obligation_by_id("rescue_team_standing")
    monkeypatch.setattr(obligations, "obligations", lambda: {good.id: good})
    assert list(obligations.check()) == []
    monkeypatch.setattr(obligations, "obligations", lambda: {good.id: replace(good, **change)})
    assert any(message in problem.message for problem in obligations.check())


def owner_of(obligation_id):
    found = obligation_file.obligation_by_id(obligation_id)
    return found.owner, (found.each.ledger or found.each.units) if found.each else ""


def test_who_owes_what_the_findings_on_law_put_right():
    assert {name: owner_of(name) for name in OWNERS} == OWNERS


OWNERS = {
    "posted_regime_city_bureau": ("city_bureau", ""),
    "commissioner_support_county_government": ("county_government", "commissioner"),
    "city_severe_disaster_guidance": ("city_bureau", "severe_disaster_list"),
    "county_severe_disaster_guidance": ("county_government", "severe_disaster_list"),
    "county_oversight_visits": ("city_coal_section", "county_bureau"),
    "alarms_overseen_each_month": ("supervisor", ""),
    "geology_urged": ("supervisor", ""),
    "fitness_urged": ("supervisor", ""),
    "licence_conditions_urged": ("supervisor", ""),
    "electromechanical_urged": ("supervisor", ""),
    "high_risk_work_urged": ("supervisor", ""),
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"examples": ()}, "没有样例"),
        ({"mines": {}}, "停产停建时是否仍应履行"),
        ({"valid_from": date(2024, 7, 1)}, "应从施行之日起"),
    ],
)
def test_an_obligation_that_lacks_what_law_asks_is_found(monkeypatch, change, message):
    good = obligation_file.obligation_by_id("major_hazard_quarterly_report")
    monkeypatch.setattr(obligations, "obligations", lambda: {good.id: replace(good, **change)})
    assert any(message in problem.message for problem in obligations.check())


def test_every_obligation_has_an_example():
    assert [each.id for each in obligation_file.obligations().values() if not each.examples] == []


def due(obligation_id, on, named=None):
    found = obligation_file.obligation_by_id(obligation_id)
    if named:
        return found.named_due_at(named, on)
    return found.event_due_at(beijing_midnight(on), calendar(), on)


def day(moment: datetime) -> str:
    """The last day in time."""
    return (civil_date(moment) - timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("obligation_id", "on", "last"),
    [
        ("emergency_plan_evaluation", date(2023, 12, 20), "2026-12-20"),  # B3
        ("emergency_plan_evaluation", date(2025, 2, 10), "2028-02-10"),
        ("county_bureau_drill_next", date(2024, 1, 15), "2026-01-15"),  # B4
        ("rescue_entry_record", date(2026, 10, 1), "2026-10-02"),  # mines work on holidays
        ("withdrawal_order_record", date(2026, 10, 1), "2026-10-02"),
        ("high_risk_permit_closing", date(2026, 10, 1), "2026-10-03"),
        ("special_stop_order", date(2026, 9, 30), "2026-09-30"),  # B16: a verified stop fact waits out no holidays
    ],
)
def test_when_what_follows_an_event_is_due(obligation_id, on, last):
    assert day(due(obligation_id, on)) == last


@pytest.mark.parametrize(
    ("until", "last"),
    [
        (date(2027, 3, 19), "2026-12-19"),
        (date(2026, 5, 31), "2026-02-28"),
        (date(2028, 5, 31), "2028-02-29"),
    ],
)
def test_b14_an_extension_is_due_three_months_before_the_licence_ends(until, last):
    assert day(due("safety_licence_renewal", date(2024, 3, 20), until)) == last
