"""Task 3: what a mine owes month by month, and a fact that calls for a stop."""

from kuangan.casework.models import Case, Finding
from kuangan.duty.models import Duty
from kuangan.mine.actions import set_attribute
from tests.story.year import moment

PRODUCTION = ("production_over_month",)


def test_a_year_of_production_reports(year):
    set_attribute(
        actor=None, mine=year.city.mine, name="approved_capacity", value="120",
        valid_from=moment("2025-12-01").date(), at=year.at,
    )  # fmt: skip
    year.walk("2026-02-02", "2026-02-28")
    month = {"plan_t": "100000.00", "belt_scale_t": None}
    year.to("2026-03-05T23:59:59")
    year.write("mine_clerk", "production_month", "mine", month_end="2026-02-28", output_t="100000.00", **month)
    report = {"2026-02": "met", "2026-03": "due"}
    assert year.statuses("production_month_report", "mine") == report
    year.to("2026-03-05T23:59:59")
    assert year.judged(*PRODUCTION) == {"production_over_month": "clear"}
    year.to("2026-04-04")
    over = year.write("mine_clerk", "production_month", "mine", month_end="2026-03-31", output_t="120000.01", **month)
    year.to("2026-04-04T11:00")
    assert year.said(PRODUCTION) == {"production_over_month": "found"}
    year.correct("mine_clerk", over, "计量数录错，已核对皮带秤", output_t="120000.00")
    year.to("2026-04-04T12:00")
    assert year.said(PRODUCTION) == {"production_over_month": "clear"}
    assert [row.revoked_at for row in Finding.objects.filter(rule="production_over_month")] == [year.at]
    assert year.statuses("production_month_report", "mine") == report | {"2026-03": "met", "2026-04": "due"}
    year.to("2026-06-12")
    assert year.statuses("production_month_report", "mine") == {
        "2026-02": "met", "2026-03": "met", "2026-04": "overdue", "2026-05": "overdue", "2026-06": "due",
    }  # fmt: skip


def test_a_stop_fact_drafts_one_suspension_and_a_duty_to_order(year):
    year.to("2026-03-13")
    fact = year.write("county_officer", "special_stop_fact", "county")
    year.to("2026-03-13T11:00")
    assert year.said(["special_stop_facts"]) == {"special_stop_facts": "found"}
    case = Case.objects.get(procedure="suspension")
    assert (case.mine, case.closed_at, case.level) == (year.city.mine, None, "red")
    assert "3111掘进工作面" in case.facts["reason"]
    finding = Finding.objects.get(rule="special_stop_facts")
    assert (finding.case, finding.revoked_at) == (case, None)
    assert Duty.objects.filter(obligation="special_stop_order").values_list("unit", "mine").get() == (
        year.city.units["county"].pk, year.city.mine.pk,
    )  # fmt: skip
    year.write("county_officer", "special_stop_fact", "county", item="item_6", place="中央变电所")
    year.to("2026-03-13T12:00")
    assert Case.objects.filter(procedure="suspension").count() == 1
    assert Finding.objects.filter(rule="special_stop_facts", revoked_at=None, case=case).count() == 1
    year.void("county_officer", fact, "现场复核情形不存在")
    year.to("2026-03-13T13:00")
    assert year.said(["special_stop_facts"]) == {"special_stop_facts": "found"}


def test_the_principal_owes_a_drill_in_each_half(year):
    year.walk("2026-01-05", "2026-05-21")
    drill = year.write("mine_clerk", "rescue_drill", "mine", organised_by_principal=None)
    assert year.statuses("drill_by_principal", "mine") == {"2026-H1": "due"}
    files = year.city.evidence("mine_clerk")
    year.correct("mine_clerk", drill, "演练由矿长组织", organised_by_principal=True, attendance=files)
    assert year.statuses("drill_by_principal", "mine") == {"2026-H1": "met"}
    year.to("2026-07-01T00:00")
    assert year.judged("principal_drill_missing") == {"principal_drill_missing": "clear"}
    year.to("2027-01-01T00:00")
    assert year.judged("principal_drill_missing") == {"principal_drill_missing": "found"}
    assert year.statuses("drill_by_principal", "mine") == {
        "2026-H1": "met", "2026-H2": "overdue", "2027-H1": "due",
    }  # fmt: skip
