"""The demonstration's history: four days in which seven mines of one county go over the limit and people deal with it.

Nothing here writes a row: mines send files, the platform reacts, people make moves. Times are before the end of the story.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import numpy as np

from kuangan.base import clock
from kuangan.emulate.plan.city import STORY_MINES
from kuangan.emulate.plan.plan import CityPlan
from kuangan.emulate.plan.remembered import Demonstration
from kuangan.emulate.sensors.chance import rise_with_neighbours
from kuangan.emulate.sensors.incidents import Calibration, Incident, Rise
from kuangan.emulate.story.handling import (
    StoryAlarm,
    answered,
    confirmed,
    followed_up,
    found_real,
    hours,
    minutes,
    not_real,
    ordered,
)
from kuangan.emulate.story.signing import Phones
from kuangan.emulate.story.stage import TICK, Stage, StoryMine
from kuangan.flow.replay.intake import ReplayIntake
from kuangan.law.role import Role
from kuangan.mine.models import Point
from kuangan.monitor.actions import file_calibration

LENGTH: Final = timedelta(hours=78)
"""How long before its end the story begins."""
BEFORE: Final = timedelta(minutes=10)
AFTER: Final = timedelta(minutes=35)
BUSY: Final = timedelta(minutes=9)


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
        confirmed(first)
        followed_up(first, hours(26))
        first.then(hours(30), "county_officer", "close_real", summary="停电撤人及时，原因已查明，四项措施全部验收")
        second = self._over(self.key, self.end - hours(9), "heading_return", 1.21, "mine_dispatcher", "mine_director")
        confirmed(second)
        ordered(second, hours(3), until="pass_legal_review")

    def _stopped(self) -> None:
        """A mine whose order is served and published; its floor still runs."""
        names = self._accounts(self.stopped, "mine2")
        first = self._over(self.stopped, self.end - hours(76), "heading_face", 1.18, *names)
        confirmed(first)
        followed_up(first, hours(26))
        first.then(hours(30), "county_officer", "close_real", summary="掘进工作面通风系统已整改，四项措施全部验收")
        second = self._over(self.stopped, self.end - hours(62), "coal_face_return", 1.47, *names)
        confirmed(second)
        ordered(second, hours(3), until="publish_order")
        followed_up(second, hours(26))

    def _calibrations(self) -> None:
        """One calibration filed in time, which goes on record by itself, and one nobody filed, judged by two officers."""
        names = self._accounts(self.quiet, "mine3")
        start = self.end - hours(30)
        self._calibrated(self.quiet, start, names, filed=True)
        unfiled = self._calibrated(self.quiet, self.end - hours(21), names, filed=False)
        not_real(unfiled, "现场调校记录与读数阶跃一致，便携仪读数0.24%，已责令按规定报备")

    def _closed_without_declaration(self) -> None:
        """A mine that did not declare its over-limit itself: a finding of its own; the alarm is closed."""
        names = self._accounts(self.undeclared, "mine4")
        alarm = self._over(self.undeclared, self.end - hours(46), "heading_face", 1.12, *names)
        confirmed(alarm)
        followed_up(alarm, hours(26))
        alarm.then(hours(30), "county_officer", "close_real", summary="已督促煤矿完善异常上报，处置完毕")

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
        over = self._over(self.doubted, self.end - hours(4), "coal_face_return", 1.15, *doubted)
        answered(over)
        found_real(over)
        reported = self._over(
            self.undeclared, self.end - minutes(110), "return_corner", 1.24, "mine4_dispatcher", "mine4_director"
        )
        answered(reported)
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

    def _over(
        self, mine: StoryMine, start: datetime, place: str, peak: float, dispatcher: str, director: str
    ) -> StoryAlarm:
        """A real over-limit at a place, and what the mine sends around it."""
        rises = rise_with_neighbours(mine.plan, mine.plan.methane(place), start, peak, self._rng)
        self._feed(mine, start, rises)
        return StoryAlarm(self.stage, mine, start, dispatcher, director)

    def _feed(self, mine: StoryMine, start: datetime, incidents: tuple[Incident, ...] | tuple[Rise, ...]) -> None:
        end = min(start + AFTER, self.end)
        self.stage.feed(mine, start - BEFORE, end, incidents, BUSY)

    def _calibrated(self, mine: StoryMine, start: datetime, names: tuple[str, str], *, filed: bool) -> StoryAlarm:
        number = mine.plan.methane("return_corner" if filed else "coal_face_return")
        if filed:
            self.stage.at(start - minutes(20), lambda: self._file(mine, number, start, names[0]))
        self._feed(mine, start, (Calibration(number, start, minutes(14), 1.5, flagged=True),))
        return StoryAlarm(self.stage, mine, start, *names)

    def _file(self, mine: StoryMine, number: int, start: datetime, dispatcher: str) -> None:
        file_calibration(
            actor=self.stage.user(dispatcher),
            point=Point.objects.get(mine=mine.row, native_code=mine.plan.points[number].code),
            from_at=start - minutes(5),
            to_at=start + minutes(25),
            gas_value=Decimal("1.50"),
            person_name="监测工",
        )


def play(demonstration: Demonstration, end: datetime) -> None:
    """Play the story into the database and journal of this data folder, ending at ``end``; then every mine sends once.

    Leaves the clock standing; the caller releases it.
    """
    plan = demonstration.plan()
    clock.move(end - LENGTH, rate=0.0)
    intake = ReplayIntake(clock.data_folder())
    try:
        phones = Phones({account.username: account.totp_secret for account in demonstration.accounts})
        stage = Stage(intake, end, demonstration.password, phones)
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
