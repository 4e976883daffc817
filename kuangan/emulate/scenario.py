"""The demonstration's history: four days in which seven mines of one county go over the limit and people deal with it.

Nothing here writes a row: mines send files, the platform reacts, people make moves. Times are before the end of the story.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.emulate.chance import rise_with_neighbours
from kuangan.emulate.city import STORY_MINES
from kuangan.emulate.incidents import Calibration, Incident, Rise
from kuangan.emulate.plan import CityPlan
from kuangan.emulate.remembered import Demonstration
from kuangan.emulate.stage import TICK, Stage, StoryMine
from kuangan.flow.intake import Intake
from kuangan.law.role import Role
from kuangan.mine.models import Point
from kuangan.monitor.actions import file_calibration

LENGTH: Final = timedelta(hours=78)
"""How long before its end the story begins."""
BEFORE: Final = timedelta(minutes=10)
AFTER: Final = timedelta(minutes=35)
BUSY: Final = timedelta(minutes=9)


def hours(count: float) -> timedelta:
    """So many hours."""
    return timedelta(hours=count)


def minutes(count: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)


@dataclass
class Alarm:
    """One over-limit of the story: where, since when; who acts for the mine. ``case`` exists once the platform reacted."""

    stage: Stage
    mine: StoryMine
    start: datetime
    dispatcher: str
    director: str

    @property
    def case(self) -> Case:
        """The alarm case that the platform opened."""
        cases = Case.objects.filter(mine=self.mine.row, procedure="alarm_handling", opened_at__gte=self.start)
        return cases.select_related("mine__unit").earliest("opened_at")

    def then(self, after: timedelta, who: str, move: str, **inputs: Any) -> None:
        """Let somebody make a move so long after the start; inputs may be callables, asked at that moment."""

        def do() -> None:
            asked = {name: value() if callable(value) else value for name, value in inputs.items()}
            self.stage.do(who, self.case, move, **asked)

        self.stage.at(self.start + after, do)


class Story:
    """The mines of the story and what happens at them."""

    def __init__(self, stage: Stage, plan: CityPlan) -> None:
        self.stage = stage
        self.end = stage.end
        self._plan = plan
        self._rng = np.random.default_rng([plan.seed, 67])
        begin = stage.end - LENGTH

        def mine(index: int, **how: bool) -> StoryMine:
            return StoryMine(plan.mines[index], begin, plan.seed, **how)

        self.key, self.stopped, self.quiet = mine(0), mine(1), mine(2)
        self.undeclared, self.power_on, self.fresh, self.doubted = (
            mine(3, silent=True),
            mine(4, failing=True),
            mine(5),
            mine(6),
        )

    @property
    def mines(self) -> tuple[StoryMine, ...]:
        """All mines that have a part."""
        return (
            self.key, self.stopped, self.quiet, self.undeclared, self.power_on, self.fresh, self.doubted,
        )  # fmt: skip

    def write(self) -> None:
        """Plan everything that happens."""
        self._repeated_and_at_the_heads_desk()
        self._stopped()
        self._calibrations()
        self._closed_without_declaration()
        self._presumed()
        self._today()

    def _repeated_and_at_the_heads_desk(self) -> None:
        """The key mine: twice within the week; the order waits for the head's signature."""
        first = self._over(self.key, self.end - hours(70), "return_corner", 1.32, "mine_dispatcher", "mine_director")
        self._confirmed(first)
        self._followed_up(first, hours(20))
        first.then(hours(30), "county_officer", "close_real", summary="停电撤人及时，原因已查明，四项措施全部验收")
        second = self._over(self.key, self.end - hours(9), "heading_return", 1.21, "mine_dispatcher", "mine_director")
        self._confirmed(second)
        self._ordered(second, hours(3), until="pass_legal_review")

    def _stopped(self) -> None:
        """A mine whose order is served and published; its floor still runs."""
        names = self._accounts(self.stopped, "mine2")
        first = self._over(self.stopped, self.end - hours(76), "heading_face", 1.18, *names)
        self._confirmed(first)
        self._followed_up(first, hours(12))
        first.then(hours(20), "county_officer", "close_real", summary="掘进工作面通风系统已整改，四项措施全部验收")
        second = self._over(self.stopped, self.end - hours(62), "coal_face_return", 1.47, *names)
        self._confirmed(second)
        self._ordered(second, hours(3), until="publish_order")
        self._followed_up(second, hours(16))

    def _calibrations(self) -> None:
        """One calibration filed in time and one nobody filed; both judged by two officers."""
        names = self._accounts(self.quiet, "mine3")
        start = self.end - hours(30)
        filed = self._calibrated(self.quiet, start, names, filed=True)
        self._not_real(filed, "值班员电话核对，报备时段与读数变化一致")
        unfiled = self._calibrated(self.quiet, self.end - hours(21), names, filed=False)
        self._not_real(unfiled, "现场调校记录与读数阶跃一致，便携仪读数0.24%，已责令按规定报备")

    def _closed_without_declaration(self) -> None:
        """A mine that did not declare its over-limit itself: a finding of its own; the alarm is closed."""
        names = self._accounts(self.undeclared, "mine4")
        alarm = self._over(self.undeclared, self.end - hours(46), "heading_face", 1.12, *names)
        self._confirmed(alarm)
        self._followed_up(alarm, hours(18))
        alarm.then(hours(26), "county_officer", "close_real", summary="已督促煤矿完善异常上报，处置完毕")

    def _presumed(self) -> None:
        """Power stays on, the mine is silent, nobody verifies: the county is rung up, then the city; presumed real."""
        names = self._accounts(self.power_on, "mine5")
        start = self.end - hours(7)
        self._over(self.power_on, start, "return_corner", 1.62, *names)
        for after in (11, 14, 17, 20, 31, 61, 121, 126, 140, 200):
            self.stage.at(start + minutes(after), lambda: None)

    def _today(self) -> None:
        """Alarms in the states of a working morning."""
        doubted = self._accounts(self.doubted, "mine7")
        found = self._over(self.doubted, self.end - hours(4), "coal_face_return", 1.15, *doubted)
        self._answered(found)
        self._found_real(found)
        reported = self._over(
            self.undeclared, self.end - minutes(110), "return_corner", 1.24, "mine4_dispatcher", "mine4_director"
        )
        self._answered(reported)
        received = self._over(
            self.quiet, self.end - minutes(25), "heading_face", 1.16, "mine3_dispatcher", "mine3_director"
        )
        received.then(minutes(8), received.dispatcher, "sign_for")
        self._over(self.fresh, self.end - minutes(9), "return_corner", 1.38, *self._accounts(self.fresh, "mine6"))

    def _accounts(self, mine: StoryMine, prefix: str) -> tuple[str, str]:
        """Accounts of a mine's dispatcher and director."""
        return (
            self.stage.account(mine, Role.mine_dispatcher, f"{prefix}_dispatcher"),
            self.stage.account(mine, Role.mine_director, f"{prefix}_director"),
        )

    def _over(self, mine: StoryMine, start: datetime, place: str, peak: float, dispatcher: str, director: str) -> Alarm:
        """A real over-limit at a place, and what the mine sends around it."""
        rises = rise_with_neighbours(mine.plan, mine.plan.methane(place), start, peak, self._rng)
        self._feed(mine, start, rises)
        return Alarm(self.stage, mine, start, dispatcher, director)

    def _feed(self, mine: StoryMine, start: datetime, incidents: tuple[Incident, ...] | tuple[Rise, ...]) -> None:
        end = min(start + AFTER, self.end)
        self.stage.feed(mine, start - BEFORE, end, incidents, BUSY)

    def _calibrated(self, mine: StoryMine, start: datetime, names: tuple[str, str], *, filed: bool) -> Alarm:
        number = mine.plan.methane("return_corner" if filed else "coal_face_return")
        if filed:
            self.stage.at(start - minutes(20), lambda: self._file(mine, number, start, names[0]))
        self._feed(mine, start, (Calibration(number, start, minutes(14), 1.5, flagged=True),))
        return Alarm(self.stage, mine, start, *names)

    def _file(self, mine: StoryMine, number: int, start: datetime, dispatcher: str) -> None:
        file_calibration(
            actor=self.stage.user(dispatcher),
            point=Point.objects.get(mine=mine.row, native_code=mine.plan.points[number].code),
            from_at=start - minutes(5),
            to_at=start + minutes(25),
            gas_value=Decimal("1.50"),
            person_name="监测工",
        )

    def _answered(self, alarm: Alarm) -> None:
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
            files=lambda: self.stage.paper(
                alarm.dispatcher, "调度记录", "接报后下达停电撤人指令，回风流人员全部撤出。"
            ),
        )

    def _found_real(self, alarm: Alarm) -> None:
        alarm.then(
            minutes(95),
            "county_officer",
            "find_real",
            method="video",
            findings="调取监控曲线和视频，邻近测点同步上升，瓦斯检查员便携仪读数一致",
            hand_reading="1.12",
        )

    def _confirmed(self, alarm: Alarm) -> None:
        """Answered by the mine, found real by one officer, confirmed by another."""
        self._answered(alarm)
        self._found_real(alarm)
        alarm.then(minutes(130), "county_officer_b", "confirm_real", opinion="同意核实结论，按真实超限处置")

    def _not_real(self, alarm: Alarm, findings: str) -> None:
        alarm.then(minutes(9), alarm.dispatcher, "sign_for")
        alarm.then(
            minutes(20),
            alarm.dispatcher,
            "report_first",
            cause_guess="甲烷传感器调校",
            people_withdrawn=0,
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
        )
        alarm.then(minutes(90), "county_officer_b", "confirm_not_real", opinion="同意核实结论")
        self.stage.at(alarm.start + hours(3), lambda: self._closed_not_real(alarm))

    def _closed_not_real(self, alarm: Alarm) -> None:
        """Closed; where the case was drawn for the city's re-check, the city agrees first."""
        case = alarm.case
        if case.facts.get("recheck"):
            self.stage.do("city_officer", case, "agree_not_real", opinion="调取读数曲线复核，同意")
        self.stage.do("county_officer", case, "close_not_real", summary="属标校，不计入超限次数")

    def _followed_up(self, alarm: Alarm, after: timedelta) -> None:
        """Cause analysis, the mine's own halt and accountability: reported, accepted, closed."""
        upload, director = self.stage.paper, alarm.director

        def step(later: timedelta, who: str, move: str, **inputs: Any) -> None:
            def do() -> None:
                asked = {name: value() if callable(value) else value for name, value in inputs.items()}
                followup = alarm.case.children.select_related("mine__unit").get(procedure="overlimit_followup")
                self.stage.do(who, followup, move, **asked)

            self.stage.at(alarm.start + later, do)

        started = alarm.start + hours(2.5)
        step(
            hours(3),
            director,
            "start_halt",
            started_at=started,
            scope="超限工作面",
            responsible="总工程师",
            measures="调整风量，清理回风侧，增加抽采钻孔",
            funds=18,
            until=clock.civil_date(alarm.start + hours(24)),
            precautions="专人检查瓦斯，超过规定立即撤人",
        )
        step(
            after,
            director,
            "report_cause_analysis",
            led_by="deputy",
            cause="采空区漏风、回风隅角瓦斯积聚",
            prevention="调整抽采参数，加密挡风帘",
            files=lambda: upload(director, "原因分析报告", "经分析，系采空区漏风通道变化所致。"),
        )
        step(
            after + minutes(10),
            director,
            "report_halt_done",
            ended_at=alarm.start + after,
            result="风量、浓度恢复正常",
            files=lambda: upload(director, "整改报告", "整改措施已全部落实。"),
        )
        step(
            after + minutes(20),
            director,
            "report_accountability",
            persons="通风队队长记过，值班调度员通报批评",
            files=lambda: upload(director, "处理决定", "对有关责任人员作出处理。"),
        )
        for number, track in enumerate(("cause_analysis", "halt", "accountability")):
            step(after + minutes(60 + 5 * number), "county_officer", f"accept_{track}", opinion="材料齐全，验收合格")
        step(after + minutes(90), "county_officer", "close", summary="四项措施全部落实")

    def _ordered(self, alarm: Alarm, after: timedelta, until: str) -> None:
        """The stop order from its proposal to ``until``."""
        served_at = alarm.start + after + hours(3) + minutes(50)
        steps: list[tuple[timedelta, str, str, dict[str, Any]]] = [
            (minutes(0), "county_officer", "propose", {
                "days": 3, "scope": "全矿井",
                "requirements": "查明瓦斯来源，制定并落实治理方案\n检修抽采和通风系统\n组织全员培训考试",
                "opinion": "一周内两次瓦斯超限，事实清楚，建议责令停产整顿3天",
            }),
            (minutes(20), "county_officer_b", "countersign", {"opinion": "同意"}),
            (minutes(50), "county_section", "review", {"opinion": "同意，报法制审核"}),
            (minutes(120), "county_legal", "pass_legal_review", {"opinion": "事实清楚，适用依据正确，程序合法"}),
            (minutes(180), "county_head", "order", {"opinion": "同意"}),
            (minutes(240), "county_officer", "serve", {
                "method": "direct", "receiver": "矿长", "served_at": served_at,
            }),
            (minutes(260), "county_officer", "publish_order", {}),
        ]  # fmt: skip
        for later, who, move, inputs in steps:
            self.stage.at(alarm.start + after + later, self._on_suspension(alarm, who, move, inputs))
            if move == until:
                return

    def _on_suspension(self, alarm: Alarm, who: str, move: str, inputs: dict[str, Any]) -> Callable[[], None]:
        def do() -> None:
            cases = Case.objects.select_related("mine__unit")
            self.stage.do(who, cases.get(mine=alarm.mine.row, procedure="suspension"), move, **inputs)

        return do


def play(demonstration: Demonstration, end: datetime) -> None:
    """Play the story into the database and journal of this data folder, ending at ``end``; then every mine sends once.

    Leaves the clock standing; the caller releases it.
    """
    plan = demonstration.plan()
    clock.move(end - LENGTH, rate=0.0)
    intake = Intake(clock.data_folder())
    try:
        stage = Stage(intake, end, demonstration.password)
        story = Story(stage, plan)
        story.write()
        stage.play()
        clock.move(end, rate=0.0)
        _everybody_sends(stage, story, plan)
    finally:
        intake.close()


def _everybody_sends(stage: Stage, story: Story, plan: CityPlan) -> None:
    """The newest values of every mine, so that no page begins empty and nobody looks as if the line were down."""
    last = stage.end - timedelta(seconds=5)
    others = [StoryMine(mine_plan, last - TICK, plan.seed) for mine_plan in plan.mines[STORY_MINES:]]
    for mine in (*story.mines, *others):
        if mine.newest < last:
            stage.take(mine, (last,))
