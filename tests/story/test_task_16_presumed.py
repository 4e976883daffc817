"""Task 16: an over-limit that nobody verifies rings people, is presumed real, and comes to its served stop all the same."""

from datetime import timedelta

from kuangan.casework.models import Case, CaseCall
from kuangan.core.models import Notice, Person
from kuangan.flow.cases.calling import answer, calls_for
from tests.city import on_duty
from tests.story.script import FOUND_CALIBRATION, FOUND_REAL, Script


def rung(case: Case, clock: str) -> list[tuple[str, list[str]]]:
    """Whom the calls about a clock reach, in turn, by relation."""
    calls = CaseCall.objects.filter(case=case, clock__clock=clock).order_by("pk")
    return [(link.relation, [Person.objects.get(pk=key).name for key in link.call.line]) for link in calls]


def followup(alarm: Case) -> Case:
    return Case.objects.get(procedure="overlimit_followup", parent=alarm)


def test_a_red_alarm_rings_the_mine_at_once_until_it_signs(script: Script) -> None:
    alarm = script.alarm(peak="3.20")
    assert rung(alarm, "sign_for") == [("mine", ["甲一", "甲二"])]
    call = CaseCall.objects.get(case=alarm).call
    assert call.attempts.count() == 1
    script.do("mine_dispatcher", alarm, "sign_for")
    call.refresh_from_db()
    assert call.state == "stopped"


def test_the_mine_answers_its_own_call(script: Script) -> None:
    script.alarm(peak="3.20")
    dispatcher = script.city["mine_dispatcher"]
    (link,) = calls_for(dispatcher)
    assert answer(actor=dispatcher, call=link.call, at=script.at).state == "answered"


def test_a_yellow_one_rings_the_mine_when_it_has_not_signed_in_time(script: Script) -> None:
    alarm = script.alarm()
    assert rung(alarm, "sign_for") == []
    script.wait(minutes=30)
    assert [relation for relation, _ in rung(alarm, "sign_for")] == ["supervisor", "mine"]


def test_a_red_one_that_nobody_verifies_rings_the_county_and_the_city(script: Script) -> None:
    on_duty(script.city, script.at.date())
    alarm = script.alarm(peak="3.20")
    script.wait(hours=2)
    alarm.refresh_from_db()
    assert alarm.state == "presumed_real"
    assert rung(alarm, "verify") == [("supervisor", ["乙一", "丙一"])]


def test_a_yellow_one_that_nobody_verifies_is_written_about_only(script: Script) -> None:
    alarm = script.alarm()
    script.wait(hours=24)
    assert rung(alarm, "verify") == []


def test_the_other_measures_begin_with_the_presumption_and_are_not_opened_twice(script: Script) -> None:
    alarm = script.alarm()
    script.wait(hours=24)
    alarm.refresh_from_db()
    opened = followup(alarm)
    script.confirm(alarm)
    assert followup(alarm) == opened
    assert opened.closed_at is None


def test_a_presumption_that_was_wrong_ends_the_other_measures(script: Script) -> None:
    alarm = script.alarm()
    script.wait(hours=24)
    script.confirm(alarm, real=False)
    assert followup(alarm).state == "revoked"


def test_the_city_takes_over_by_one_recorded_move_and_the_stop_is_served(script: Script) -> None:
    on_duty(script.city, script.at.date())
    script.real_alarm()
    script.wait(hours=2)
    alarm = script.alarm(point="first-1302-T0")
    assert "期限未届满" in script.refused("city_officer", alarm, "take_over_verification", reason="核实不力")
    script.wait(hours=25)
    alarm.refresh_from_db()
    stop = script.suspension()
    assert [row["presumed"] for row in stop.facts["overlimits"]] == [False, True]
    script.wait(hours=24)
    assert [relation for relation, _ in rung(alarm, "verify_presumed")] == ["city"]

    script.do("city_officer", alarm, "take_over_verification", reason="逾期48小时未核实")
    assert (alarm.state, alarm.taken_over_by) == ("taken_over", script.city.units["city"])
    told = Notice.objects.get(title__startswith="市局已接办核实")
    assert (told.unit, told.role) == (script.city.units["county"], "section_head")
    assert "岗位职责" in script.refused("county_officer", alarm, "find_real", **FOUND_REAL)
    script.do("city_officer", alarm, "find_real", **FOUND_REAL)
    assert "岗位职责" in script.refused("county_officer", alarm, "confirm_real", opinion="同意")
    script.do("city_officer_b", alarm, "confirm_real", opinion="同意")

    stop.refresh_from_db()
    assert [row["presumed"] for row in stop.facts["overlimits"]] == [False, False]
    script.serve(script.order(stop))
    assert stop.state == "served"
    script.cut_power(alarm)
    script.do("county_officer", alarm, "close_real", summary="已处置")
    assert alarm.state == "closed"


def test_the_city_may_send_its_own_finding_back_to_itself(script: Script) -> None:
    alarm = script.alarm()
    script.wait(hours=24)
    script.do("city_officer", alarm, "take_over_verification", reason="逾期未核实")
    script.do("city_officer", alarm, "find_not_real", **FOUND_CALIBRATION)
    assert "岗位职责" in script.refused("county_officer", alarm, "return_finding", reason="不认可")
    script.do("city_officer_b", alarm, "return_finding", reason="佐证不足")
    assert (alarm.state, alarm.taken_over_by) == ("reported", script.city.units["city"])
    assert alarm.clocks.get(clock="verify", stopped_at=None).due_at > script.at
    script.wait(days=2)
    alarm.refresh_from_db()
    assert alarm.state == "reported", "what the city has taken over is not presumed real again"
    assert "无须接办" in script.refused("city_officer", alarm, "take_over_verification", reason="再次接办")


def test_a_feed_that_stays_on_blocks_closing_until_it_is_answered_for(script: Script) -> None:
    """findings/law.md 2: close_real with the feed still energised was allowed."""
    alarm = script.alarm(peak="1.60", power_off_at=script.at, power_state="energised", power_state_at=script.at)
    assert alarm.facts["feed_on"] == ["1301工作面上隅角T0"]
    script.confirm(alarm)
    files = script.city.evidence("mine_dispatcher")
    given = {"power_off_at": script.at, "withdrawn_at": script.at, "people": 32, "scope": "1301工作面", "files": files}
    assert "馈电仍带电的原因" in script.refused("mine_dispatcher", alarm, "report_power_off", **given)
    script.do("mine_dispatcher", alarm, "report_power_off", **given, feed_reason="断电器拒动，已现场手动切断")
    assert "尚未验收" in script.refused("county_officer", alarm, "close_real", summary="已处置")
    script.do("county_officer", alarm, "accept_power_off", opinion="已现场核实断电")
    script.do("county_officer", alarm, "close_real", summary="已处置")
    assert alarm.state == "closed"


def test_a_feed_seen_on_after_the_report_asks_for_another(script: Script) -> None:
    alarm = script.alarm(peak="1.60", power_off_at=script.at)
    script.confirm(alarm)
    script.cut_power(alarm)
    episode = alarm.episodes.get().episode
    type(episode).objects.filter(pk=episode.pk).update(
        power_state="energised", power_state_at=script.at, reacted_at=None, revision=2
    )
    script.wait(seconds=1)
    assert "馈电仍显示带电" in script.refused("county_officer", alarm, "close_real", summary="已处置")
    script.do("county_officer", alarm, "return_power_off", reason="馈电仍带电")
    script.cut_power(alarm, feed_reason="馈电传感器接线错误，已更正")
    script.do("county_officer", alarm, "close_real", summary="已处置")


def test_a_plan_is_filed_before_the_alarm_or_it_is_none(script: Script) -> None:
    alarm = script.alarm()
    files = script.city.evidence("county_officer")
    planned = {**FOUND_REAL, "planned": True}
    assert "计划备案时间" in script.refused("county_officer", alarm, "find_real", **planned)
    late = {**planned, "plan_filed_at": script.at, "files": files}
    assert "不属事先备案" in script.refused("county_officer", alarm, "find_real", **late)
    script.do("county_officer", alarm, "find_real", **{**late, "plan_filed_at": script.at - timedelta(seconds=60)})
    assert alarm.facts["planned"] is True
