"""Task 16: data that do not come are a case with owner, signature, cause and close, graded by how long; nobody is flooded."""

from datetime import datetime, timedelta
from typing import Any

from kuangan.casework.models import Case, Finding
from kuangan.core.models import Notice
from kuangan.flow.sweep import sweep_once
from kuangan.mine.models import Point
from kuangan.monitor.models import Silence
from tests.story.script import Script

CAUSE = {"kind": "network", "cause": "光缆被挖断", "measures": "瓦斯检查员每小时巡检", "underground": 46}


def silent(
    script: Script, level: int = 1, point: Point | None = None, since: datetime | None = None, kind: str = ""
) -> Silence:
    mine = point.mine if point else script.city.mine
    started = since or script.at
    made = Silence.objects.create(
        mine=mine, point=point, started_at=started, level=level, noticed_at=script.at, kind=kind
    )
    sweep_once(script.at)
    return made


def change(script: Script, silence: Silence, **values: Any) -> None:
    revision = Silence.objects.get(pk=silence.pk).revision + 1
    Silence.objects.filter(pk=silence.pk).update(reacted_at=None, revision=revision, **values)
    sweep_once(script.at)


def the_case() -> Case:
    return Case.objects.get(procedure="feed_silence")


def desk_notices() -> list[str]:
    return list(
        Notice.objects.filter(kind="silence", role="duty_officer").order_by("pk").values_list("title", flat=True)
    )


def test_a_short_silence_is_told_to_the_mine_and_ends_by_itself(script: Script) -> None:
    silence = silent(script)
    case = the_case()
    assert (case.level, case.state, desk_notices()) == ("blue", "notified", [])
    script.at += timedelta(minutes=10)
    change(script, silence, ended_at=script.at)
    case.refresh_from_db()
    assert case.state == "restored"
    assert not Finding.objects.filter(rule="feed_silent_long").exists()


def test_a_longer_one_is_signed_for_explained_and_closed_by_the_desk(script: Script) -> None:
    silence = silent(script)
    change(script, silence, level=2)
    case = the_case()
    assert (case.level, desk_notices()) == ("yellow", ["云岭一号煤矿数据中断"])
    script.do("mine_dispatcher", case, "sign_for")
    script.do("mine_dispatcher", case, "report_cause", **CAUSE)
    assert "尚未恢复" in script.refused("county_duty", case, "close", summary="核销")
    script.do("county_duty", case, "return_cause", reason="未写明抢修进度")
    script.do("mine_dispatcher", case, "report_cause", **CAUSE)
    change(script, silence, ended_at=script.at)
    script.do("county_duty", case, "close", summary="已恢复，原因清楚")
    assert case.state == "closed"


def test_the_level_rises_with_time_and_shortens_the_clocks(script: Script) -> None:
    silence = silent(script)
    for level, colour in ((2, "yellow"), (3, "orange"), (4, "red")):
        change(script, silence, level=level)
        assert the_case().level == colour
    assert the_case().moves.filter(move="graver").count() == 3
    assert the_case().clocks.get(clock="report_cause").due_at == script.at + timedelta(hours=1)


def test_a_day_is_a_finding_of_our_own_and_only_a_person_says_that_the_system_does_not_work(script: Script) -> None:
    silence = silent(script, level=3, since=script.at - timedelta(hours=23))
    assert not Finding.objects.exists()
    script.at += timedelta(hours=1)
    change(script, silence, level=4)
    assert list(Finding.objects.values_list("rule", flat=True)) == ["feed_silent_long"]
    case = the_case()
    script.do("mine_dispatcher", case, "sign_for")
    script.do("mine_dispatcher", case, "report_cause", **CAUSE)
    change(script, silence, ended_at=script.at)
    assert "先由执法人员认定" in script.refused("county_duty", case, "close", summary="已恢复")
    files = script.city.evidence("county_officer")
    script.do("county_officer", case, "assess", verdict="not_working", grounds="井下主机停机，现场核实", files=files)
    assert set(Finding.objects.values_list("rule", flat=True)) == {"feed_silent_long", "monitoring_not_working"}
    script.do("county_duty", case, "close", summary="已恢复")


def test_a_system_that_works_underground_is_no_finding_beyond_the_silence(script: Script) -> None:
    silent(script, level=4, since=script.at - timedelta(hours=24))
    files = script.city.evidence("county_officer")
    script.do("county_officer", the_case(), "assess", verdict="working", grounds="井下显示正常", files=files)
    assert list(Finding.objects.values_list("rule", flat=True)) == ["feed_silent_long"]


def test_a_paused_sensor_is_a_silence_of_its_own_kind_in_the_same_case(script: Script) -> None:
    silent(script, level=2)
    silent(script, level=2, point=script.city.points["first-1301-T0"], kind="paused")
    case = the_case()
    assert len(case.facts["silent"]) == 2
    assert any("标记为暂停" in line for line in case.facts["silent"])


def test_a_further_silence_after_the_cause_was_told_asks_again(script: Script) -> None:
    silent(script, level=2)
    case = the_case()
    script.do("mine_dispatcher", case, "report_cause", **CAUSE)
    silent(script, level=2, point=script.city.points["first-1301-T0"], kind="fault")
    case.refresh_from_db()
    assert case.state == "received"


def test_single_points_may_stay_away_for_a_reason_that_is_written_down(script: Script) -> None:
    silent(script, level=3, point=script.city.points["first-1301-T2"])
    case = the_case()
    assert case.level == "yellow"
    script.do("mine_dispatcher", case, "report_cause", **{**CAUSE, "kind": "removed"})
    assert "写明未恢复的理由" in script.refused("county_duty", case, "close", summary="核销")
    script.do("county_duty", case, "close", summary="核销", remaining="工作面回采结束，测点已拆除，见拆除记录")
    assert case.state == "closed"


def test_mines_that_fall_silent_together_are_a_case_each_and_one_notice_to_the_desk(script: Script) -> None:
    for mine in script.city.mines.values():
        Silence.objects.create(mine=mine, started_at=script.at, level=2, noticed_at=script.at)
    sweep_once(script.at)
    assert Case.objects.filter(procedure="feed_silence").count() == 2
    assert desk_notices() == ["数据中断：2座煤矿"]
    notice = Notice.objects.get(role="duty_officer")
    assert notice.case_link.count() == 2


def test_points_that_are_gone_are_found_dismantled_by_the_desk_and_expected_no_more(script: Script) -> None:
    point = script.city.points["first-1301-T0"]
    silent(script, level=2, point=point)
    case = the_case()
    script.do("mine_dispatcher", case, "report_cause", **CAUSE)
    close = {"summary": "核销", "remaining": "1301工作面已封闭", "dismantled": True}
    files = script.city.evidence("county_duty")
    assert "原因不是测点拆除" in script.refused("county_duty", case, "close", **close, files=files)
    script.do("county_duty", case, "return_cause", reason="测点已拆除的，请按拆除报送")
    script.do("mine_dispatcher", case, "report_cause", **{**CAUSE, "kind": "removed", "cause": "工作面封闭，测点拆除"})
    assert "请上传拆除记录" in script.refused("county_duty", case, "close", **close)
    script.do("county_duty", case, "close", **close, files=files)
    point.refresh_from_db()
    assert (case.state, point.dismantled_at) == ("closed", script.at)
