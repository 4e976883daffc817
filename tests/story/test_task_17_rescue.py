"""Task 17: next year's disaster plan before the year ends, drills by half-year, an order to leave, and a plan on file."""

import pytest

from kuangan.core.errors import Refused
from tests.story.year import moment

PLAN = ("disaster_plan_missing",)


def test_next_years_plan_is_made_before_the_year_ends(year):
    year.walk("2026-01-05", "2026-12-30")
    year.write("mine_engineer", "disaster_plan", "mine")  # made last December for this year
    year.to("2026-12-31T23:59:59")
    assert year.judged(*PLAN) == {"disaster_plan_missing": "clear"}
    assert year.statuses("disaster_plan_yearly", "mine") == {"2026": "due"}
    year.to("2027-01-01T00:00")
    assert year.judged(*PLAN) == {"disaster_plan_missing": "found"}
    assert year.statuses("disaster_plan_yearly", "mine") == {"2026": "overdue", "2027": "due"}
    year.to("2027-01-05")  # made in time, recorded within the grace after the holidays
    plan = {"approved_on": "2026-12-28", "year": 2027, "valid_until": "2027-12-31"}
    made = year.write("mine_engineer", "disaster_plan", "mine", **plan)
    year.to("2027-01-05T11:00")
    assert year.said(PLAN) == {"disaster_plan_missing": "clear"}
    assert year.statuses("disaster_plan_yearly", "mine") == {"2026": "met", "2027": "due"}
    revised = {"revised_on": "2027-01-05", "revision_reason": "补充水害部分", "kind": "revision"}
    year.correct("mine_engineer", made, "此为修订而非年度计划", **revised)
    assert year.statuses("disaster_plan_yearly", "mine") == {"2026": "overdue", "2027": "due"}


def test_an_order_to_leave_and_a_plan_are_recorded_and_filed(year):
    year.to("2026-03-12")
    ordered = year.write("mine_dispatcher", "withdrawal_order", "mine")
    assert list(year.statuses("withdrawal_order_record", "mine").values()) == ["met"]
    year.correct("mine_dispatcher", ordered, "实为演习", drill=True)
    # a drill asks for no record
    assert list(year.statuses("withdrawal_order_record", "mine").values()) == ["cancelled"]
    days = {"published_on": "2026-03-12", "evaluate_until": "2029-03-11", "submitted_on": None}
    plan = year.write("mine_director", "emergency_plan", "mine", **days)
    filing = year.duty("emergency_plan_filing", "mine")
    assert filing.due_at == moment("2026-04-11T00:00")  # twenty working days, 清明 is off
    year.to("2026-04-10T23:59:59")
    assert year.judged("emergency_plan_lapsed") == {"emergency_plan_lapsed": "clear"}
    year.to("2026-04-11T00:00")
    assert year.judged("emergency_plan_lapsed") == {"emergency_plan_lapsed": "found"}
    with pytest.raises(Refused, match="备案编号：本栏由日常监管部门填写"):
        year.correct(
            "mine_director", plan, "补登备案情况", submitted_on="2026-04-10", filing_number="演示备〔2026〕9号"
        )
    plan = year.correct("mine_director", plan, "补登报送情况", submitted_on="2026-04-10")
    year.to("2026-04-11T11:00")
    assert year.statuses("emergency_plan_filing", "mine") == {
        "E2026-04": "met"
    }  # filed in time, written within the grace
    assert year.said(["emergency_plan_lapsed"]) == {"emergency_plan_lapsed": "clear"}
    # the bureau has filed nothing yet, and more than thirty days of the year have passed
    assert year.statuses("emergency_plan_standing", "mine") == {"2026": "overdue"}
    year.send_back("county_section", plan, "filing", "缺评审表，请一次补齐")
    plan = year.correct("mine_director", plan, "补齐评审表", version="2026-2")
    plan = year.confirm("county_section", plan, "filing", filing_number="演示备〔2026〕9号")
    assert (plan.values["filed_on"], plan.values["filing_organ"]) == ("2026-04-11", "示例县应急管理局")
    standing = year.duty("emergency_plan_standing", "mine")
    assert (year.statuses("emergency_plan_standing", "mine"), standing.grade) == ({"2026": "met"}, "accepted")
