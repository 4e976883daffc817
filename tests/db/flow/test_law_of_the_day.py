"""Conduct is judged by the law and by what the mine was on its day; numbers asked for before they began halt nobody else."""

from datetime import date

import pytest

from kuangan.casework.models import Finding
from kuangan.casework.rule_states import RuleState
from kuangan.core.errors import Refused
from kuangan.duty.models import Duty
from kuangan.duty.status import Status, status_of
from kuangan.flow.credit.credits import open_and_credit
from kuangan.flow.credit.entries import correct
from kuangan.flow.rules.run import judge, judge_daily
from kuangan.law.content import rule_by_id
from kuangan.mine.actions import set_attribute
from tests.db.flow.records import add, on
from tests.story.year import staff


def status_of_rule(rule_id, city, unit="mine"):
    return RuleState.objects.get(rule=rule_id, subject=city.units[unit].code).outcome


def of(city, obligation, unit, **more):
    return Duty.objects.get(obligation=obligation, unit=city.units[unit], **more)


def since(city, name, value, day, mine="mine"):
    target = city.mine if mine == "mine" else city.mines["second"]
    set_attribute(actor=None, mine=target, name=name, value=value, valid_from=date.fromisoformat(day), at=on(day))


def test_b1_a_date_before_the_law_is_unknown_for_its_mine_and_stops_no_other(city):
    manager = {"role": "safety_manager", "started_on": "2018-02-28", "exam_on": None}
    add(city, "training_record", "mine", on("2026-03-10"), **manager)
    add(city, "training_record", "second_mine", on("2026-03-10"), **manager | {"started_on": "2023-06-01"})
    judge(rule_by_id("manager_exam_overdue"), on("2026-03-10"))
    assert status_of_rule("manager_exam_overdue", city) == "unknown"
    assert status_of_rule("manager_exam_overdue", city, "second_mine") == "found"


def test_b6_a_mine_that_stands_still_now_answers_for_the_month_in_which_it_worked(city):
    since(city, "status", "producing", "2020-01-01")
    add(city, "leader_shift", "mine", on("2026-02-10"), kind="led", is_principal=False, worked_on="2026-02-10")
    judge(rule_by_id("principal_led_shifts_short"), on("2026-03-03"))
    finding = Finding.objects.get(rule="principal_led_shifts_short")
    since(city, "status", "halted", "2026-03-04")
    judge(rule_by_id("principal_led_shifts_short"), on("2026-03-10"))
    finding.refresh_from_db()
    assert (finding.revoked_at, status_of_rule("principal_led_shifts_short", city)) == (None, "found")


def test_b5_a_halted_mine_reports_on_major_hazards_and_until_the_15th(city):
    since(city, "status", "halted", "2020-01-01")
    open_and_credit(on("2026-01-05"))
    first = of(city, "major_hazard_quarterly_report", "mine", period="2026-Q1")
    assert first.due_at == on("2026-04-16", 0)
    add(city, "major_hazard_report", "mine", on("2026-04-03"), reported_on="2026-04-03")
    first.refresh_from_db()
    assert status_of(first, on("2026-04-16", 0)) == Status.met
    open_and_credit(on("2026-04-05"))
    second = of(city, "major_hazard_quarterly_report", "mine", period="2026-Q2")
    assert status_of(second, on("2026-04-05")) == Status.due


def test_b1_what_was_approved_before_the_law_and_ends_under_it_is_owed(city):
    regulation = {"approved_on": "2024-04-30", "studied_on": "2024-05-01"}
    add(city, "working_regulation", "mine", on("2026-03-10"), valid_until="2026-09-30", **regulation)
    assert of(city, "working_regulation_renew", "mine").due_at == on("2026-10-01", 0)


@pytest.mark.parametrize(("valid_until", "owed"), [("2024-04-30", False), ("2024-05-01", True)])
def test_b1_what_ended_before_the_law_is_owed_by_nobody(city, valid_until, owed):
    regulation = {"approved_on": "2023-05-01", "studied_on": "2023-05-02", "withdrawn_on": None}
    add(city, "working_regulation", "mine", on("2026-03-10"), valid_until=valid_until, **regulation)
    assert Duty.objects.filter(obligation="working_regulation_renew").exists() == owed


@pytest.mark.parametrize(
    "obligation", ["dual_prevention_regime_mine", "no_concealment_regime_mine", "responsibility_system_year"]
)
def test_b5_standing_still_frees_from_no_regime(city, obligation):
    since(city, "status", "halted", "2020-01-01")
    open_and_credit(on("2026-01-05"))
    assert of(city, obligation, "mine").cancelled_at is None


def test_b3_an_evaluation_within_three_years_of_the_publication_counts(city):
    plan = {"published_on": "2023-12-20", "submitted_on": "2024-01-05", "evaluate_until": "2026-12-20"}
    entry = add(city, "emergency_plan", "mine", on("2026-11-01"), **plan)
    duty = of(city, "emergency_plan_evaluation", "mine")
    assert duty.due_at == on("2026-12-21", 0)
    evaluated = {**entry.values, "evaluated_on": "2026-11-20", "evaluation": "keep", "evaluate_until": "2029-11-20"}
    correct(actor=None, entry=entry, values=evaluated, reason="已评估", at=on("2026-11-20"))
    duty.refresh_from_db()
    assert status_of(duty, on("2026-12-21", 0)) == Status.met


def test_b3_a_mine_cannot_put_off_its_evaluation(city):
    with pytest.raises(Refused, match="三年"):
        add(city, "emergency_plan", "mine", on("2026-03-02"), published_on="2025-02-10", evaluate_until="2028-02-11")
    add(city, "emergency_plan", "mine", on("2026-03-02"), published_on="2025-02-10", evaluate_until="2028-02-10")


def test_own_deadlines_have_an_end(city):
    with pytest.raises(Refused, match="期限过长"):
        add(city, "hazard_item", "mine", on("2026-03-05"), grade="major", due_on="2099-12-31", closed_on=None)
    add(city, "hazard_item", "mine", on("2026-03-05"), due_on="2027-03-05", closed_on=None)


def test_a_regime_is_reviewed_within_a_year(city):
    regime = {"valid_from": "2026-01-10", "reviewed_on": None}
    with pytest.raises(Refused, match="评审期限过长"):
        add(city, "regime_document", "mine", on("2026-03-02"), review_by="2027-01-11", **regime)
    add(city, "regime_document", "mine", on("2026-03-02"), review_by="2027-01-10", **regime)


def test_4_5_a_commissioner_without_one_of_the_six_supports_is_not_supported(city):
    at = on("2026-03-10")
    open_and_credit(on("2026-01-05"))
    add(city, "commissioner", "county", at, name="赵一", from_on="2026-01-01", to_on=None)
    sheet = {"answered_on": "2026-03-10", "year": 2026, "half": "first", "commissioner": "赵一"}
    entry = add(city, "commissioner_support", "county", at, transport=False, **sheet)
    duty = of(city, "commissioner_support_county_government", "county_government", period="2026-H1")
    assert status_of(duty, at) == Status.due
    correct(actor=None, entry=entry, values={**entry.values, "transport": True}, reason="已配车", at=at)
    duty.refresh_from_db()
    assert status_of(duty, at) == Status.met


def test_b4_the_next_drill_is_due_two_years_after_the_last(city):
    first = add(city, "government_drill", "county", on("2024-01-15"), held_on="2024-01-15")
    duty = of(city, "county_bureau_drill_next", "county")
    assert duty.due_at == on("2026-01-16", 0)
    assert status_of(duty, on("2024-01-16")) == Status.due
    add(city, "government_drill", "county", on("2026-01-15"), held_on="2026-01-15")
    duty.refresh_from_db()
    assert status_of(duty, on("2026-01-16", 0)) == Status.met
    following = of(city, "county_bureau_drill_next", "county", first_on="2026-01-15")
    assert (following.pk != duty.pk, following.due_at) == (True, on("2028-01-16", 0))
    assert first.pk


def test_4_6_the_government_of_the_supervising_body_owes_the_commissioners(city):
    open_and_credit(on("2026-01-05"))
    owners = {
        duty.mine_id: duty.unit.kind
        for duty in Duty.objects.filter(obligation="commissioners_at_every_mine").select_related("unit")
    }
    for mine in city.mines.values():
        wanted = "city_government" if mine.supervisor.kind == "city_bureau" else "county_government"
        assert owners.get(mine.pk, wanted) == wanted


def test_4_8_a_warning_about_one_mine_is_none_about_another(city):
    staff(city, on("2026-01-01"))
    since(city, "status", "producing", "2020-01-01")
    since(city, "status", "producing", "2020-01-01", "second")
    open_and_credit(on("2026-01-05"))
    add(city, "risk_warning", "city", on("2026-03-02"), warned_on="2026-03-02", display_until="2027-03-02")
    duties = Duty.objects.filter(obligation="half_year_risk_warning", period="2026-H1")
    states = {duty.mine_id: status_of(duty, on("2026-03-03")) for duty in duties}
    assert states.pop(city.mine.pk) == Status.met
    assert set(states.values()) <= {Status.due}


def test_4_8_a_warning_is_shown_for_a_year(city):
    with pytest.raises(Refused, match="公示不得少于一年"):
        add(city, "risk_warning", "city", on("2026-03-02"), warned_on="2026-03-02", display_until="2027-03-01")


def test_4_10_a_plan_of_this_year_is_none_of_the_next(city):
    since(city, "status", "producing", "2020-01-01")
    open_and_credit(on("2026-01-05"))
    duty = of(city, "production_plan_year", "mine", period="2026")
    add(city, "production_plan_year", "mine", on("2026-05-10"), adopted_on="2026-05-10", for_year=2026)
    duty.refresh_from_db()
    assert status_of(duty, on("2026-05-11")) == Status.due
    add(city, "production_plan_year", "mine", on("2026-12-10"), adopted_on="2026-12-10", for_year=2027)
    duty.refresh_from_db()
    assert status_of(duty, on("2026-12-11")) == Status.met


def test_4_13_both_circuits_are_checked(city):
    since(city, "status", "producing", "2020-01-01")
    open_and_credit(on("2026-03-02"))
    for hour in (10, 12):
        add(city, "dual_power", "mine", on("2026-03-10", hour), circuit="first", changed_at=f"2026-03-10 {hour}:00")
    first, second = (
        of(city, name, "mine", period="2026-03")
        for name in ("dual_power_monthly_check", "dual_power_second_monthly_check")
    )
    assert [status_of(duty, on("2026-03-11")) for duty in (first, second)] == [Status.met, Status.due]


def test_a_rule_goes_on_to_its_next_group(city):
    """One group a round: a failing number no longer keeps a rule at its first group for ever."""
    add(city, "training_record", "mine", on("2026-03-10"), role="safety_manager", started_on="2010-01-01", exam_on=None)
    for _ in range(400):
        if judge_daily(on("2026-03-10")) == 0 and RuleState.objects.filter(rule="manager_exam_overdue").count() == 2:
            break
    assert RuleState.objects.filter(rule="manager_exam_overdue").count() == 2


def test_4_6_the_same_person_again_is_no_rotation(city):
    since(city, "status", "producing", "2020-01-01")
    add(city, "commissioner_assignment", "county", on("2025-01-02"), from_on="2025-01-01", to_on="2025-12-31")
    open_and_credit(on("2026-01-05"))
    duty = Duty.objects.get(obligation="commissioner_rotation", mine=city.mine, period="2026")
    add(city, "commissioner_assignment", "county", on("2026-01-06"), from_on="2026-01-01", to_on="2026-12-31")
    duty.refresh_from_db()
    assert status_of(duty, on("2026-01-07")) == Status.due
    add(city, "commissioner_assignment", "county", on("2026-01-06"), 1, from_on="2026-01-01", to_on="2026-12-31")
    duty.refresh_from_db()
    assert status_of(duty, on("2026-01-07")) == Status.met
