"""What people do about an alarm of the demonstration's history: the mine, two officers, the heads, the follow-up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.casework.queries import of_matter
from kuangan.emulate.story.stage import Stage, StoryMine
from kuangan.law.procedure import Matter


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@dataclass
class StoryAlarm:
    """One over-limit of the story: where, since when; who acts for the mine. ``case`` exists once the platform reacted."""

    stage: Stage
    mine: StoryMine
    start: datetime
    dispatcher: str
    director: str

    @property
    def case(self) -> Case:
        """The alarm case that the platform opened."""
        cases = Case.objects.filter(of_matter(Matter.alarm), mine=self.mine.row, opened_at__gte=self.start)
        return cases.select_related("mine__unit").earliest("opened_at")

    def then(self, after: timedelta, who: str, move: str, **inputs: Any) -> None:
        """Let somebody make a move so long after the start; inputs may be callables, asked at that moment."""
        self._plan(after, who, lambda: self.case, move, inputs)

    def then_follow(self, after: timedelta, who: str, move: str, **inputs: Any) -> None:
        """As :meth:`then`, in the case of the four measures that follows the alarm."""
        measures = of_matter(Matter.measures)
        self._plan(after, who, lambda: self.case.children.select_related("mine__unit").get(measures), move, inputs)

    def _plan(self, after: timedelta, who: str, case: Callable[[], Case], move: str, inputs: Mapping[str, Any]) -> None:
        def do() -> None:
            asked = {name: value() if callable(value) else value for name, value in inputs.items()}
            self.stage.do(who, case(), move, **asked)

        self.stage.at(self.start + after, do)


def answered(alarm: StoryAlarm) -> None:
    """The mine signs for the notice, reports, and tells when power was off and people out."""
    alarm.then(minutes(11), alarm.dispatcher, "sign_for")
    alarm.then(
        minutes(24),
        alarm.dispatcher,
        "report_first",
        cause_guess="采空区瓦斯涌出异常，正在检查风量和抽采系统",
        people_withdrawn=26,
        situation="工作面及回风流已停电，人员撤至进风侧",
    )
    alarm.then(
        minutes(38),
        alarm.dispatcher,
        "report_power_off",
        power_off_at=lambda: alarm.start + minutes(8),
        withdrawn_at=lambda: alarm.start + minutes(19),
        people=26,
        scope="工作面及其回风巷内全部非本质安全型电气设备",
        feed_reason=lambda: "断电器远方断电拒动，已现场手动切断" if alarm.case.facts.get("feed_on") else "",
        files=lambda: alarm.stage.paper(alarm.dispatcher, "调度记录", "接报后下达停电撤人指令，回风流人员全部撤出。"),
    )


def found_real(alarm: StoryAlarm) -> None:
    """An officer finds the over-limit real."""
    alarm.then(
        minutes(95),
        "county_officer",
        "find_real",
        method="video",
        findings="调取监控曲线和视频，邻近测点同步上升，瓦斯检查员便携仪读数一致",
        hand_reading="1.12",
    )


def confirmed(alarm: StoryAlarm) -> None:
    """Answered by the mine, found real by one officer, confirmed by another."""
    answered(alarm)
    found_real(alarm)
    alarm.then(minutes(130), "county_officer_b", "confirm_real", opinion="同意核实结论，按真实超限处置")
    alarm.then(minutes(140), "county_officer", "accept_power_off", opinion="与馈电状态、调度记录核对一致，验收合格")


def not_real(alarm: StoryAlarm, findings: str) -> None:
    """Two officers judge the alarm a calibration and close it."""
    alarm.then(minutes(9), alarm.dispatcher, "sign_for")
    alarm.then(
        minutes(20),
        alarm.dispatcher,
        "report_first",
        cause_guess="甲烷传感器调校",
        people_withdrawn=0,
        hand_reading="0.24",
        situation="",
    )
    alarm.then(
        minutes(60),
        "county_officer",
        "find_not_real",
        kind="calibration",
        method="phone",
        findings=findings,
        hand_reading="0.24",
        neighbours="同一工作面其他测点读数平稳，没有同步变化",
    )
    alarm.then(minutes(90), "county_officer_b", "confirm_not_real", opinion="同意核实结论")
    alarm.stage.at(alarm.start + hours(3), lambda: _close_not_real(alarm))


def _close_not_real(alarm: StoryAlarm) -> None:
    """Closed; where the case was drawn for the city's re-check, the city agrees first."""
    case = alarm.case
    if case.facts.get("recheck"):
        alarm.stage.do("city_officer", case, "agree_not_real", opinion="调取读数曲线复核，同意")
    alarm.stage.do("county_officer", case, "close_not_real", summary="属标校，不计入超限次数")


def followed_up(alarm: StoryAlarm, after: timedelta) -> None:
    """Cause analysis, the mine's own halt and accountability: reported, accepted, closed."""
    alarm.then_follow(
        hours(3),
        alarm.director,
        "start_halt",
        started_at=alarm.start + hours(1),
        scope="超限工作面",
        responsible="总工程师",
        measures="调整风量，清理回风侧，增加抽采钻孔",
        funds=18,
        until=clock.civil_date(alarm.start + hours(24)),
        precautions="专人检查瓦斯，超过规定立即撤人",
    )
    _measures_reported(alarm, after)
    for number, track in enumerate(("cause_analysis", "halt", "accountability")):
        later = after + minutes(60 + 5 * number)
        alarm.then_follow(later, "county_officer", f"accept_{track}", opinion="材料齐全，验收合格")
    alarm.then_follow(after + minutes(90), "county_officer", "close", summary="四项措施全部落实")


def _measures_reported(alarm: StoryAlarm, after: timedelta) -> None:
    upload, director = alarm.stage.paper, alarm.director
    alarm.then_follow(
        after,
        director,
        "report_cause_analysis",
        led_by="deputy",
        cause="采空区漏风、回风隅角瓦斯积聚",
        prevention="调整抽采参数，加密挡风帘",
        files=lambda: upload(director, "原因分析报告", "经分析，系采空区漏风通道变化所致。"),
    )
    alarm.then_follow(
        after + minutes(10),
        director,
        "report_halt_done",
        ended_at=alarm.start + after,
        result="风量、浓度恢复正常",
        files=lambda: upload(director, "整改报告", "整改措施已全部落实。"),
    )
    alarm.then_follow(
        after + minutes(20),
        director,
        "report_accountability",
        persons="通风队队长记过，值班调度员通报批评",
        files=lambda: upload(director, "处理决定", "对有关责任人员作出处理。"),
    )


def ordered(alarm: StoryAlarm, after: timedelta, until: str) -> None:
    """The stop order from its proposal to ``until``."""
    served_at = alarm.start + after + hours(3) + minutes(50)
    steps: list[tuple[timedelta, str, str, dict[str, Any]]] = [
        (minutes(0), "county_officer", "propose", {
            "days": 3, "scope": "mine",
            "requirements": "查明瓦斯来源，制定并落实治理方案\n检修抽采和通风系统\n组织全员培训考试",
            "opinion": "一周内两次瓦斯超限，事实清楚，建议责令停产整顿3天",
        }),
        (minutes(20), "county_officer_b", "countersign", {"opinion": "同意"}),
        (minutes(50), "county_section", "review", {"opinion": "同意，报法制审核"}),
        (minutes(120), "county_legal", "pass_legal_review", {"opinion": "事实清楚，适用依据正确，程序合法"}),
        (minutes(180), "county_head", "order", {"opinion": "同意"}),
        (minutes(240), "county_officer", "serve", {
            "method": "direct", "receiver": "矿长", "receiver_post": "矿长", "place": "矿调度室", "served_at": served_at,
            "received_on": clock.civil_date(served_at),
            "files": lambda: alarm.stage.paper("county_officer", "送达回证", "现场处理决定书已由矿长签收。"),
        }),
        (minutes(260), "county_officer", "publish_order", {}),
    ]  # fmt: skip
    for later, who, move, inputs in steps:
        alarm.stage.at(alarm.start + after + later, _on_stop(alarm, who, move, inputs))
        if move == until:
            return


def _on_stop(alarm: StoryAlarm, who: str, move: str, inputs: dict[str, Any]) -> Callable[[], None]:
    def do() -> None:
        cases = Case.objects.select_related("mine__unit")
        asked = {name: value() if callable(value) else value for name, value in inputs.items()}
        alarm.stage.do(who, cases.get(of_matter(Matter.halt), mine=alarm.mine.row), move, **asked)

    return do
