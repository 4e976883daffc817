"""Task 9: checks by ten days and month, hazards until somebody accepts their end, and what a consultation concludes."""

import pytest

from kuangan.core.errors import Refused
from kuangan.duty.actions import fulfil
from kuangan.duty.models import Source
from tests.duties import accept_credits

TEN, MONTH = "ten_day_risk_and_hazard_check", "monthly_risk_and_hazard_check"


def test_a_hazard_and_the_checks_that_found_it(year):
    year.to("2026-03-05")
    year.write("mine_director", "hazard_check", "mine")
    assert (year.statuses(MONTH, "mine"), year.statuses(TEN, "mine")) == ({"2026-03": "met"}, {"2026-03-1": "due"})
    hazard = year.write("mine_engineer", "hazard_item", "mine", closed_on=None)
    year.to("2026-03-08T23:59")
    assert year.judged("hazard_item_overdue") == {"hazard_item_overdue": "clear"}
    assert year.statuses("hazard_item_closure", "mine") == {"E2026-03": "due"}
    year.to("2026-03-09T00:00")
    assert year.judged("hazard_item_overdue") == {"hazard_item_overdue": "found"}
    assert year.statuses("hazard_item_closure", "mine") == {"E2026-03": "overdue"}
    hazard = year.correct("mine_engineer", hazard, "整改完成", closed_on="2026-03-09")
    assert year.statuses("hazard_item_closure", "mine") == {"E2026-03": "overdue"}  # done, but nobody accepted it
    with pytest.raises(Refused, match="验收人：本栏由本单位另一人填写"):
        year.correct("mine_engineer", hazard, "验收合格", accepted_by="甲三")
    with pytest.raises(Refused, match="本条目由您登记"):
        year.confirm("mine_engineer", hazard, "acceptance")
    year.confirm("mine_director", hazard, "acceptance")
    year.to("2026-03-10T23:59:59")
    assert year.statuses("hazard_item_closure", "mine") == {"E2026-03": "late"}
    assert year.said(["hazard_item_overdue"]) == {"hazard_item_overdue": "clear"}
    year.write("mine_engineer", "hazard_check", "mine", 1)
    year.walk("2026-03-11T00:00", "2026-03-21T00:00")
    assert year.statuses(TEN, "mine") == {"2026-03-1": "met", "2026-03-2": "overdue", "2026-03-3": "due"}


def test_a_conclusion_is_followed_by_the_office_that_it_names(year):
    year.to("2026-03-26")
    year.write("county_section", "risk_consultation", "county")
    year.write("county_section", "risk_conclusion", "county")
    assert year.statuses("county_monthly_consultation", "county") == {"2026-03": "met"}
    follow = year.duty("risk_conclusion_followup", "county")
    year.to("2026-04-06T00:00")
    assert year.statuses("risk_conclusion_followup", "county") == {"E2026-04": "overdue"}
    fulfil(
        actor=year.city["county_section"], duty=follow, source=Source.file, key="1", done_at=year.at,
        note="已现场核查", at=year.at,
    )  # fmt: skip
    assert year.statuses("risk_conclusion_followup", "county") == {"E2026-04": "overdue"}  # nobody has looked at it
    accept_credits(year.city, follow, year.at)
    assert year.statuses("risk_conclusion_followup", "county") == {"E2026-04": "late"}
    assert year.statuses("county_monthly_risk_report", "county") == {"2026-03": "overdue", "2026-04": "due"}
