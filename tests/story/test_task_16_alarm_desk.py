"""Task 16: an alarm is signed for, reported, verified, handled and closed within its clocks, or the next level is called."""

from datetime import timedelta
from functools import partial

import pytest

from kuangan.base.numerals import moment_text
from kuangan.casework.models import Case, CaseCall, CaseCheck, Finding
from kuangan.core.actions import answer_call
from kuangan.core.errors import Refused
from kuangan.core.models import CallAttempt, Notice
from kuangan.core.notify import advance_calls
from kuangan.flow.alarms.queries import likely_same
from kuangan.flow.alarms.regroup import confirm_regrouping, propose_regrouping
from kuangan.flow.sweep import sweep_once
from kuangan.mine.models import Placement, Point
from tests.city import on_duty
from tests.story.script import FOUND_REAL, Script

POWER_OFF = {"people": 32, "scope": "1301工作面及回风巷"}


def test_an_over_limit_becomes_a_case_with_a_notice_and_four_clocks(script: Script) -> None:
    case = script.alarm(peak="1.12")
    assert (case.state, case.level, case.title) == ("notified", "yellow", "云岭一号煤矿1301工作面上隅角T0瓦斯超限报警")
    assert {clock.clock: clock.due_at - script.at for clock in case.clocks.all()} == {
        "sign_for": timedelta(minutes=30),
        "first_report": timedelta(hours=2),
        "power_off": timedelta(hours=24),
        "verify": timedelta(hours=24),
        "close": timedelta(hours=72),
    }
    told = Notice.objects.filter(kind="alarm").values_list("unit__code", flat=True)
    assert sorted(told) == ["140423-bureau", "140423900001"]
    assert case.papers.get().paper.template == "alarm_notice"


def test_where_the_table_cuts_no_power_the_notice_orders_what_law_does(script: Script) -> None:
    """At a main return the cause is looked into at once (规程 arts. 191, 536); elsewhere, and where the place is not known, power is cut."""
    nothing_cut = {"limit_alarm": "0.75", "limit_power_off": None, "limit_re_power": "0.75"}
    main_return = script.alarm(peak="0.80", limit_place="main_return", **nothing_cut)
    assert _first_requirement(main_return) == "立即查明原因，进行处理；需要停电撤人的立即停电撤人"
    unplaced = script.alarm("second-1301-T0", limit_place="", **nothing_cut)
    assert _first_requirement(unplaced).startswith("立即切断超限区域内全部")


def _first_requirement(case: Case) -> str:
    return str(case.papers.get().paper.data["requirements"][0])


def test_nobody_answers_so_the_county_is_called_and_then_the_city(script: Script) -> None:
    on_duty(script.city, script.at.date())
    case = script.alarm(peak="3.20")
    assert case.level == "red"
    script.wait(minutes=10)
    call = CaseCall.objects.get(case=case, clock__clock="sign_for", relation="supervisor").call
    assert [attempt.person.name for attempt in call.attempts.order_by("seq") if attempt.at] == ["乙一"]
    script.wait(minutes=3)
    advance_calls(script.at)
    assert [attempt.person.name for attempt in call.attempts.order_by("seq") if attempt.at] == ["乙一", "丙一"]
    person = script.city["city_duty"].person
    answer_call(actor=script.city["city_duty"], call=call, person=person, at=script.at)
    script.wait(minutes=10)
    assert CallAttempt.objects.filter(call=call).count() == 2


def test_the_mine_signs_reports_and_the_case_closes_only_with_power_off_on_record(script: Script) -> None:
    case = script.alarm()
    script.do("mine_dispatcher", case, "sign_for")
    told = Notice.objects.get(case_link__case=case, unit__code="140423900001")
    assert told.received_by == script.city["mine_dispatcher"]
    script.do("mine_dispatcher", case, "report_first", cause_guess="顶板冒落涌出", people_withdrawn=32)
    script.do("county_officer", case, "find_real", **FOUND_REAL)
    script.do("county_officer_b", case, "confirm_real", opinion="同意")
    assert "停电撤人" in script.refused("county_officer", case, "close_real", summary="已处置")
    at = {"power_off_at": script.at, "withdrawn_at": script.at, "files": script.city.evidence("mine_dispatcher")}
    script.do("mine_dispatcher", case, "report_power_off", **POWER_OFF, **at)
    assert "尚未验收" in script.refused("county_officer", case, "close_real", summary="已处置")
    script.do("county_officer", case, "return_power_off", reason="撤出人数与入井人数不符")
    assert "重新报送" in script.refused("county_officer", case, "accept_power_off", opinion="同意")
    script.cut_power(case)
    script.do("county_officer", case, "close_real", summary="已处置")
    assert (case.state, case.closed_at) == ("closed", script.at)
    told = Notice.objects.filter(case_link__case=case, unit__code="140423-bureau")
    assert set(told.values_list("ended_at", flat=True)) == {script.at}


def test_an_alarm_cannot_close_before_its_episodes_are_final(script: Script) -> None:
    case = script.alarm(open_=True)
    script.confirm(case)
    script.cut_power(case)
    assert "报警过程未终结" in script.refused("county_officer", case, "close_real", summary="已处置")


def test_episodes_of_one_face_ten_minutes_apart_are_one_case_and_later_ones_another(script: Script) -> None:
    case = script.alarm(minutes=5)
    script.wait(minutes=15)
    assert script.alarm(point="first-1301-T2", minutes=5) == case
    script.wait(minutes=15, seconds=1)
    assert script.alarm(point="first-1301-T0", minutes=5) != case
    assert script.alarm(point="second-1301-T0") != case


def test_a_rise_to_the_red_level_shortens_the_clocks(script: Script) -> None:
    case = script.alarm(peak="1.2", open_=True)
    started = script.at
    episode = case.episodes.get().episode
    script.at += timedelta(minutes=2)
    type(episode).objects.filter(pk=episode.pk).update(peak="3.1")
    sweep_once(script.at)
    case.refresh_from_db()
    assert (case.level, case.facts["peak"]) == ("red", "3.10")
    assert case.clocks.get(clock="sign_for").due_at == started + timedelta(minutes=10)


def test_a_graver_level_is_a_step_of_its_own_with_its_reason_and_a_new_notice(script: Script) -> None:
    case = script.alarm(peak="1.2", open_=True)
    episode = case.episodes.get().episode
    type(episode).objects.filter(pk=episode.pk).update(peak="3.1")
    sweep_once(script.at)
    case.refresh_from_db()
    assert case.moves.filter(move="upgrade").count() == 1
    assert case.facts["level_reason"] == "瓦斯浓度升至3.10%"
    newest = case.papers.order_by("pk").last().paper
    assert (newest.template, newest.data["level"]) == ("alarm_notice", "红色")
    assert newest.data["sign_for_due"] == moment_text(case.clocks.get(clock="sign_for").due_at)


def test_an_overdue_alarm_is_no_dead_end(script: Script) -> None:
    case = script.alarm()
    script.wait(hours=25)
    case.refresh_from_db()
    assert case.state == "presumed_real"
    script.do("county_duty", case, "urge_call", answered_by="调度员甲一", told="立即停电撤人并补报")
    script.do("county_duty", case, "urge_call", answered_by="矿长甲二", told="再次催办")
    late = {"cause_guess": "涌出", "people_withdrawn": 30, "late_because": "系统故障"}
    script.do("mine_dispatcher", case, "report_late", **late)
    assert not case.clocks.filter(clock__in=("sign_for", "first_report"), stopped_at=None).exists()
    assert "无需补报" in script.refused("mine_dispatcher", case, "report_late", **late)


@pytest.mark.parametrize(("reading", "accepted"), [("0", True), ("100", True), ("100.01", False), ("abc", False)])
def test_a_hand_reading_is_a_number(script: Script, reading: str, *, accepted: bool) -> None:
    case = script.alarm()
    given = {**FOUND_REAL, "hand_reading": reading}
    if accepted:
        script.do("county_officer", case, "find_real", **given)
    else:
        assert "便携仪" in script.refused("county_officer", case, "find_real", **given)


def test_power_is_not_cut_before_the_alarm(script: Script) -> None:
    case = script.alarm()
    files = script.city.evidence("mine_dispatcher")
    early = {"power_off_at": script.at - timedelta(days=1), "withdrawn_at": script.at, "files": files}
    assert "早于本次报警" in script.refused("mine_dispatcher", case, "report_power_off", **POWER_OFF, **early)
    grace = {**early, "power_off_at": script.at - timedelta(minutes=10), "withdrawn_at": script.at}
    just = {**grace, "power_off_at": grace["power_off_at"] - timedelta(seconds=1)}
    assert "早于本次报警" in script.refused("mine_dispatcher", case, "report_power_off", **POWER_OFF, **just)
    before = {**grace, "power_off_at": script.at, "withdrawn_at": script.at - timedelta(seconds=1)}
    assert "早于切断电源时间" in script.refused("mine_dispatcher", case, "report_power_off", **POWER_OFF, **before)
    script.do("mine_dispatcher", case, "report_power_off", **POWER_OFF, **grace)


def test_power_still_on_raises_the_level_and_is_shown(script: Script) -> None:
    case = script.alarm(peak="1.6", power_off_at=script.at, power_state="energised", power_state_at=script.at)
    assert case.level == "red"
    check = CaseCheck.objects.get(case=case, kind="power_off")
    assert (check.result, check.wakes_at) == ("energised", None)


def test_no_feed_reading_leaves_the_power_unknown(script: Script) -> None:
    case = script.alarm(peak="1.6", power_off_at=script.at)
    script.wait(minutes=2)
    check = CaseCheck.objects.get(case=case, kind="power_off")
    assert (check.result, check.remark) == ("unknown", "未收到馈电状态，断电情况不明")


def test_an_alarm_the_mine_never_declared_is_a_finding(script: Script) -> None:
    case = script.alarm()
    script.wait(minutes=4, seconds=59)
    assert not Finding.objects.filter(rule="overlimit_not_declared").exists()
    script.wait(seconds=1)
    finding = Finding.objects.get(rule="overlimit_not_declared")
    assert finding.mine == case.mine


def test_a_calibration_is_no_alarm_to_declare(script: Script) -> None:
    case = script.alarm(peak="2.00", proposed="calibration", excluded=True)
    script.wait(minutes=5)
    assert CaseCheck.objects.get(case=case, kind="declared").result == "calibrating"
    assert not Finding.objects.filter(rule="overlimit_not_declared").exists()


def test_a_real_alarm_opens_the_three_other_measures_and_none_can_be_skipped(script: Script) -> None:
    case = script.real_alarm(peak="2.10")
    followup = Case.objects.get(procedure="overlimit_followup", parent=case)
    files = script.city.evidence("mine_director")
    assert "分析原因、停产整改、追究责任" in script.refused("county_officer", followup, "close", summary="完")
    report = {"cause": "涌出异常", "prevention": "加强抽采", "files": files}
    assert "主要负责人" in script.refused("mine_director", followup, "report_cause_analysis", led_by="deputy", **report)
    script.do("mine_director", followup, "report_cause_analysis", led_by="principal", **report)
    script.do("county_officer", followup, "accept_cause_analysis", opinion="同意")
    assert "停产整改、追究责任" in script.refused("county_officer", followup, "close", summary="完")
    halt = {
        "started_at": script.at,
        "scope": "1301工作面",
        "responsible": "甲二",
        "measures": "整改",
        "funds": 20,
        "until": "2026-03-12",
        "precautions": "专人监护",
    }
    script.do("mine_director", followup, "start_halt", **halt)
    script.wait(hours=24)
    script.do("mine_director", followup, "report_halt_done", ended_at=script.at, result="完成", files=files)
    script.do("county_officer", followup, "return_halt", reason="佐证不足")
    assert "重新报送" in script.refused("county_officer", followup, "accept_halt", opinion="同意")
    script.do("mine_director", followup, "report_halt_done", ended_at=script.at, result="完成", files=files)
    script.do("county_officer", followup, "accept_halt", opinion="同意")
    script.do("mine_director", followup, "report_accountability", persons="通风区长记过", files=files)
    script.do("county_officer", followup, "accept_accountability", opinion="同意")
    script.do("county_officer", followup, "close", summary="四项措施落实")
    assert followup.state == "closed"


def test_joining_and_splitting_need_two_persons_and_the_city_hears_of_it(script: Script) -> None:
    first = script.alarm(minutes=5)
    script.wait(minutes=15)
    second = script.alarm(point="first-1302-T0", minutes=5)
    officer, other = script.city["county_officer"], script.city["county_officer_b"]
    proposal = propose_regrouping(
        actor=officer, kind="join", case=second, target=first, reason="同一瓦斯来源", at=script.at
    )
    with pytest.raises(Refused, match="另一名执法人员"):
        confirm_regrouping(actor=officer, regrouping=proposal, at=script.at)
    joined = confirm_regrouping(actor=other, regrouping=proposal, at=script.at)
    second.refresh_from_db()
    assert (joined, second.state, joined.episodes.count()) == (first, "merged", 2)
    told = Notice.objects.get(unit=script.city.units["city"], title__startswith="并案")
    assert "不同工作面或地点" in told.body
    episode = joined.episodes.order_by("pk").last().episode
    back = propose_regrouping(
        actor=officer, kind="split", case=joined, episode=episode, reason="来源不同", at=script.at
    )
    split = confirm_regrouping(actor=other, regrouping=back, at=script.at)
    assert split != first
    assert [case.episodes.count() for case in (first, split)] == [1, 1]


@pytest.mark.parametrize(("gap", "possible"), [({"minutes": 10}, True), ({"minutes": 10, "seconds": 1}, False)])
def test_over_limits_beyond_the_local_gap_are_two(script: Script, gap: dict[str, int], *, possible: bool) -> None:
    first = script.alarm(minutes=5)
    script.wait(minutes=5)
    script.wait(**gap)
    second = script.alarm(point="first-1302-T0", minutes=5)
    officer = script.city["county_officer"]
    ask = partial(
        propose_regrouping, actor=officer, kind="join", case=second, target=first, reason="同源", at=script.at
    )
    if possible:
        assert ask().target == first
    else:
        with pytest.raises(Refused, match="属于两次超限"):
            ask()


def test_points_of_a_face_that_is_not_registered_are_proposed_as_one(script: Script) -> None:
    Placement.objects.filter(point__mine=script.city.mine).delete()
    Point.objects.filter(mine=script.city.mine).update(face=None)
    for point in script.city.points.values():
        point.refresh_from_db()
    first = script.alarm(minutes=5)
    script.wait(minutes=2)
    second = script.alarm(point="first-1301-T2", minutes=5)
    other = script.alarm(point="first-1302-T0", minutes=5)
    assert len({first, second, other}) == 3
    assert likely_same(script.city["county_officer"], second) == [first]
