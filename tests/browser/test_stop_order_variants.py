"""The same story where it turns out otherwise, each by the pages that people use."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from kuangan.casework.models import Case
from kuangan.monitor.actions import file_calibration
from tests.browser.conftest import Site
from tests.browser.walk import Walk

pytestmark = pytest.mark.browser

REAL = {"method": "on_site", "findings": "瓦斯检查员读数一致", "hand_reading": "1.10"}
CALIBRATION = {"kind": "calibration", "method": "phone", "findings": "调校记录相符"}
FLAGGED = {"proposed": "calibration", "excluded": True}


@pytest.fixture
def walk(site: Site, logged_in, tmp_path) -> Walk:
    return Walk(site, logged_in, tmp_path)


def judged_real(walk: Walk, alarm: Case) -> None:
    """Two officers, each in his own browser."""
    walk.do("county_officer", alarm, "find_real", **REAL)
    walk.do("county_officer_b", alarm, "confirm_real", opinion="同意")


def stops(walk: Walk) -> int:
    """How many stops the head's list of cases shows."""
    page = walk.open("county_head", reverse("cases") + "?procedure=suspension")
    return page.locator("table.list tbody tr").count()


def test_a_filed_calibration_is_a_record_and_an_officer_may_doubt_it(site: Site, walk: Walk) -> None:
    script = site.script
    script.real_alarm()
    walk.wait(hours=5)
    file_calibration(
        actor=site.city["mine_dispatcher"],
        point=site.city.points["first-1302-T0"],
        from_at=script.at,
        to_at=script.at + timedelta(minutes=30),
        gas_value=Decimal("2.00"),
        person_name="标校工",
        at=script.at,
    )
    record = script.alarm(point="first-1302-T0", peak="2.00", open_=True, **FLAGGED)
    page = walk.open("county_officer", reverse("case", args=[record.pk]))
    expect(page.get_by_text("标校中，系统比对报备").first).to_be_visible()
    assert stops(walk) == 0
    walk.do("county_officer", record, "doubt", reason="视频显示当时无人标校")
    page = walk.open("county_officer", reverse("desk"))
    expect(page.get_by_text("不予采信").or_(page.get_by_text("与标校报备不符")).first).to_be_visible()


def test_an_unfiled_calibration_is_proposed_as_such_and_unverified_presumed_real(site: Site, walk: Walk) -> None:
    script = site.script
    script.real_alarm()
    walk.wait(hours=5)
    alarm = script.alarm(point="first-1302-T0", peak="2.00", **FLAGGED)
    page = walk.open("county_officer", reverse("move", args=[alarm.pk, "find_not_real"]))
    expect(page.get_by_text("处于标校状态，未报备").first).to_be_visible()
    for name, value in CALIBRATION.items():
        walk.fill(page, name, value)
    page.fill("[name=neighbours]", "邻近测点平稳")
    page.locator("form[data-keep] button.btn-primary").click()
    expect(page.get_by_text("该时段无标校备案").first).to_be_visible()
    walk.wait(hours=73)
    page = walk.open("county_officer", reverse("case", args=[alarm.pk]))
    expect(page.locator("ol.flow li.now")).to_have_text("逾期未核实，推定真实")
    assert stops(walk) == 1
    page = walk.open("county_head", reverse("case", args=[script.suspension().pk]))
    expect(page.get_by_text("逾期未核实，推定真实").first).to_be_visible()


def test_the_older_one_confirmed_last_finds_the_pair_and_a_third_joins(site: Site, walk: Walk) -> None:
    script = site.script
    older = script.alarm()
    walk.wait(hours=1)
    judged_real(walk, script.alarm(point="first-1302-T0"))
    assert stops(walk) == 0
    judged_real(walk, older)
    assert stops(walk) == 1
    walk.wait(hours=1)
    judged_real(walk, script.alarm(point="first-1301-T2"))
    assert stops(walk) == 1
    page = walk.open("county_head", reverse("case", args=[script.suspension().pk]))
    table = page.locator("table", has=page.locator("th", has_text="所依据的超限"))
    expect(table.locator("tbody tr")).to_have_count(3)


@pytest.mark.parametrize(("gap", "found"), [(timedelta(hours=168), 1), (timedelta(hours=168, seconds=1), 0)])
def test_exactly_a_week_counts_and_a_second_more_does_not(site: Site, walk: Walk, gap: timedelta, found: int) -> None:
    script = site.script
    start = script.at
    script.real_alarm()
    walk.wait(seconds=(start + gap - script.at).total_seconds())
    judged_real(walk, script.alarm(point="first-1302-T0"))
    assert stops(walk) == found


def test_served_before_a_national_holiday_the_stop_lasts_three_days_all_the_same(site: Site, walk: Walk) -> None:
    script = site.script
    walk.wait(seconds=(datetime(2026, 9, 29, 1, 0, tzinfo=UTC) - script.at).total_seconds())
    script.real_alarm()
    walk.wait(hours=1)
    script.real_alarm(point="first-1302-T0")
    stop = script.order(script.suspension())
    walk.wait(seconds=(datetime(2026, 9, 30, 6, 0, tzinfo=UTC) - script.at).total_seconds())
    served = {"method": "direct", "receiver": "甲二", "receiver_post": "矿长", "place": "矿调度室"}
    walk.do(
        "county_officer", stop, "serve", **served, served_at="2026-09-30T14:00:00", received_on="2026-09-30", files="x"
    )
    page = walk.open("mine_director", reverse("case", args=[stop.pk]))
    expect(page.get_by_text("10-03 24时").first).to_be_visible()
