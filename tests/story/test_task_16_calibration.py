"""Task 16: a calibration of each kind. Filed, it goes on record and nobody is sent out; unfiled, a hand reading is asked for."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kuangan.casework.models import Case
from kuangan.core.models import Notice
from kuangan.monitor.actions import file_calibration
from kuangan.monitor.models import Episode
from tests.story.curves import write_curve
from tests.story.script import Script

FLAGGED = {"proposed": "calibration", "excluded": True}
PLATEAU = ["2.00"] * 10
SURGE = ["1.10", "1.30", "1.60", "1.90", "1.70", "1.50", "1.30", "1.20", "1.10", "1.05"]


def filed(script: Script, gas: str = "2.00", minutes: int = 20) -> None:
    file_calibration(
        actor=script.city["mine_dispatcher"],
        point=script.city.points["first-1301-T0"],
        from_at=script.at - timedelta(minutes=5),
        to_at=script.at + timedelta(minutes=minutes),
        gas_value=Decimal(gas),
        person_name="标校工",
        at=script.at - timedelta(minutes=10),
    )


def calibrated(script: Script, peak: str = "2.00", curve: list[str] = PLATEAU, **more: object) -> Case:
    write_curve(script.city.points["first-1301-T0"], script.at, curve)
    return script.alarm(peak=peak, minutes=5, **FLAGGED, **more)


def alarms() -> list[Case]:
    return list(Case.objects.filter(procedure="alarm_handling").order_by("pk"))


def evacuations(script: Script) -> int:
    return Notice.objects.filter(unit=script.city.mine.unit, body__contains="停电撤人").count()


def test_a_filed_calibration_that_fits_closes_by_itself_and_orders_nobody_out(script: Script) -> None:
    filed(script)
    record = calibrated(script)
    assert (record.procedure, record.state, alarms(), evacuations(script)) == ("sensor_calibration", "fitted", [], 0)
    assert record.closed_at == script.at
    script.wait(hours=80)
    assert alarms() == []


@pytest.mark.parametrize(
    ("peak", "why"),
    [("2.20", ""), ("2.21", "高于报备的标准气样"), ("1.80", ""), ("1.79", "与报备的标准气样2.00%不符")],
)
def test_the_gas_must_be_the_filed_one_within_the_local_tolerance(script: Script, peak: str, why: str) -> None:
    filed(script)
    record = calibrated(script, peak, [peak] * 10)
    if why:
        assert record.state == "notified"
        assert why in record.facts["misfit_reason"]
    else:
        assert record.state == "fitted"


def test_gas_higher_than_filed_is_an_alarm_while_it_still_goes_on(script: Script) -> None:
    filed(script)
    record = script.alarm(peak="2.00", open_=True, **FLAGGED)
    assert record.state == "running"
    Episode.objects.update(peak="3.20")
    script.wait(minutes=1)
    record.refresh_from_db()
    (alarm,) = alarms()
    assert (record.state, alarm.level, alarm.facts["calibration"], alarm.parent) == ("unfit", "red", "misfit", record)
    assert evacuations(script) == 1
    assert alarm.papers.get().paper.template == "alarm_notice"


def test_a_calibration_that_outlasts_its_filing_is_an_alarm(script: Script) -> None:
    filed(script, minutes=20)
    script.alarm(peak="2.00", open_=True, **FLAGGED)
    script.wait(minutes=25)
    assert alarms() == []
    script.wait(seconds=1)
    assert "超过报备的结束时间" in alarms()[0].facts["misfit_reason"]


def test_standard_gas_reaches_one_sensor_so_a_neighbour_over_the_limit_makes_it_an_alarm(script: Script) -> None:
    filed(script)
    record = script.alarm(peak="2.00", open_=True, **FLAGGED)
    beside = script.alarm(point="first-1301-T2", peak="1.30", open_=True)
    assert beside.procedure == "alarm_handling"
    Episode.objects.filter(excluded=True).update(reacted_at=None, revision=2)
    script.wait(seconds=1)
    record.refresh_from_db()
    assert record.state == "unfit"
    assert "其他测点同时超限" in alarms()[-1].facts["misfit_reason"]


def test_a_curve_that_surges_is_no_standard_gas(script: Script) -> None:
    filed(script)
    record = calibrated(script, "1.90", SURGE)
    assert record.state == "running"
    script.until(Episode.objects.get().final_at + timedelta(minutes=10))
    record.refresh_from_db()
    assert record.state == "unfit"
    assert "曲线" in alarms()[0].facts["misfit_reason"]


def test_without_its_curve_a_filed_calibration_is_not_believed(script: Script) -> None:
    filed(script)
    record = script.alarm(peak="2.00", minutes=5, **FLAGGED)
    script.until(Episode.objects.get().final_at + timedelta(minutes=10))
    record.refresh_from_db()
    assert record.state == "unfit"


def test_an_officer_may_doubt_a_calibration_that_fitted(script: Script) -> None:
    filed(script)
    record = calibrated(script)
    script.do("county_officer", record, "doubt", reason="视频显示当时无人标校")
    (alarm,) = alarms()
    assert (record.state, alarm.level, alarm.episodes.count()) == ("unfit", "orange", 1)
    assert alarm.facts["misfit_reason"] == "视频显示当时无人标校"


def test_an_unfiled_one_asks_for_a_hand_reading_in_its_own_words(script: Script) -> None:
    alarm = script.alarm(peak="2.00", **FLAGGED)
    assert (alarm.level, alarm.facts["calibration"], evacuations(script)) == ("blue", "unfiled", 0)
    assert alarm.papers.get().paper.template == "calibration_notice"
    assert "便携仪" in Notice.objects.get(unit=script.city.mine.unit, kind="alarm").body
    report = {"cause_guess": "调校", "people_withdrawn": 0}
    assert "便携式" in script.refused("mine_dispatcher", alarm, "report_first", **report)
    script.do("mine_dispatcher", alarm, "report_first", **report, hand_reading="0.99")
    assert (alarm.level, alarm.facts["calibration"]) == ("blue", "unfiled")
    assert not alarm.clocks.filter(clock="power_off").exists()


def test_an_unfiled_one_whose_hand_reading_reaches_the_limit_is_an_over_limit(script: Script) -> None:
    alarm = script.alarm(peak="2.00", **FLAGGED)
    report = {"cause_guess": "调校", "people_withdrawn": 0, "hand_reading": "1.00"}
    script.do("mine_dispatcher", alarm, "report_first", **report)
    assert (alarm.level, alarm.facts["calibration"], alarm.facts["peak"]) == ("yellow", "read_high", "1.00")
    assert alarm.papers.order_by("pk").last().paper.template == "alarm_notice"
    assert alarm.clocks.get(clock="power_off").stopped_at is None
    not_real = {
        "kind": "calibration",
        "method": "phone",
        "findings": "标校",
        "neighbours": "平稳",
        "hand_reading": "0.30",
    }
    assert "煤矿填报的便携仪读数" in script.refused("county_officer", alarm, "find_not_real", **not_real)


@pytest.mark.parametrize(("reading", "refused"), [("0.99", False), ("1.00", True), ("9.99", True)])
def test_a_hand_reading_at_or_above_the_set_point_refuses_not_real(
    script: Script, reading: str, *, refused: bool
) -> None:
    """findings/law.md 2: interference with hand_reading=9.99 was allowed."""
    alarm = script.alarm()
    given = {
        "kind": "interference",
        "method": "phone",
        "findings": "干扰",
        "neighbours": "平稳",
        "hand_reading": reading,
    }
    if refused:
        assert "已达到报警值1.00%" in script.refused("county_officer", alarm, "find_not_real", **given)
    else:
        script.do("county_officer", alarm, "find_not_real", **given)


def test_one_word_about_neighbours_proves_nothing(script: Script) -> None:
    """findings/law.md 2: sensor_fault with only neighbours="正常" was allowed."""
    alarm = script.alarm()
    given = {"kind": "sensor_fault", "method": "phone", "findings": "故障", "neighbours": "正常"}
    assert "至少两项佐证" in script.refused("county_officer", alarm, "find_not_real", **given)


def test_a_filed_value_that_fits_is_never_presumed_real_although_the_sensor_did_not_say_so(script: Script) -> None:
    filed(script)
    alarm = script.alarm(peak="2.00")
    assert (alarm.level, alarm.facts["calibration_filed"]) == ("orange", True)
    script.wait(hours=5)
    alarm.refresh_from_db()
    assert alarm.state == "notified"
    assert alarm.clocks.get(clock="verify").lapsed_at is not None
