"""Task 16: a day of 110 mines with calibrations, flapping, failures and two true surges, as those on duty live through it.

What is measured against are the figures of alarm management (ISA-18.2, EEMUA 191) that stand among the local values: about six
alarms an hour for one person, no more than ten in ten minutes in a flood. Nothing that happened may be missing afterwards.
"""

import random
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kuangan.casework.models import Case, CaseEpisode, CaseNotice
from kuangan.core.actions import appoint, create_person, create_post, create_unit, create_user
from kuangan.core.models import Notice, Person, Unit, User
from kuangan.flow.models import Untold
from kuangan.flow.sweep import STAGES
from kuangan.law.role import Role
from kuangan.mine.actions import create_mine, set_attribute
from kuangan.mine.models import Mine, Point
from kuangan.monitor.actions import file_calibration
from kuangan.monitor.models import Episode, Silence
from kuangan.overview.queries.load import desk_hours, most_within
from tests.city import PASSWORD, START, SmallCity, over
from tests.story.curves import write_curve
from tests.story.script import Script

COUNTIES, MINES = 5, 110
STEP = timedelta(minutes=10)
ALARMS = ("_calls", "_episodes", "_silences", "_clocks", "tell_lapsed", "tell_untold", "_checks", "_rising")
"""Of the sweep what deals with alarms; what else a day brings (duties, rules on ledgers) is not looked at here."""
FLOOD = timedelta(hours=6)
"""After the beginning of the day: a hub fails and every feed is silent."""


def add_counties(city: SmallCity) -> list[Unit]:
    desks = []
    for number in range(COUNTIES):
        code = f"1404{30 + number}"
        area = create_unit(
            actor=None, kind="county", code=code, name=f"示例{number}县", parent=city.units["area"], at=START
        )
        desk = create_unit(
            actor=None, kind="county_bureau", code=f"{code}-bureau", name=f"示例{number}县局", parent=area, at=START
        )
        duty_officer(desk, f"desk{number}")
        desks.append(desk)
    return desks


def duty_officer(desk: Unit, username: str) -> User:
    person = in_post(desk, username, "值班员", Role.duty_officer)
    return create_user(actor=None, username=username, person=person, password=PASSWORD)


def in_post(unit: Unit, name: str, title: str, role: Role) -> Person:
    person = create_person(actor=None, name=name, unit=unit, phone="000-0002", at=START)
    post = create_post(actor=None, unit=unit, title=title, role=role, at=START)
    appoint(actor=None, post=post, person=person, at=START)
    return person


def add_mines(city: SmallCity, desks: list[Unit]) -> list[Mine]:
    mines = []
    for number in range(MINES):
        desk = desks[number % COUNTIES]
        code = f"{desk.code[:6]}91{number:04d}"
        assert desk.parent is not None
        unit = create_unit(
            actor=None, kind="mine", code=code, name=f"示例{number}号煤矿", parent=desk.parent, phone="000-1", at=START
        )
        mine = create_mine(
            actor=None, unit=unit, county=desk.parent, supervisor=desk, company=city.units["company"],
            inspectorate=city.units["inspectorate"], at=START,
        )  # fmt: skip
        in_post(unit, f"调度员{number}", "调度员", Role.mine_dispatcher)
        set_attribute(actor=None, mine=mine, name="status", value="producing", valid_from=START.date(), at=START)
        for tail in ("T0", "T1", "T2"):
            Point.objects.create(
                mine=mine, native_code=f"{code}01MN0001{tail}", system="01", sensor_type="0001", value_kind="MN",
                unit="%CH4", place_text=f"1301工作面{tail}", place_proposed="return_corner", first_seen_at=START,
            )  # fmt: skip
        mines.append(mine)
    return mines


class Day:
    """What happens, by the moment at which the platform hears of it."""

    def __init__(self, script: Script, mines: list[Mine]) -> None:
        self.script, self.mines, self.start = script, mines, script.at
        self.random = random.Random(16)
        self.plan: dict[int, list[Any]] = defaultdict(list)

    def at(self, after: timedelta, do: Any) -> None:
        self.plan[int(after / STEP)].append(do)

    def point(self, mine: Mine, tail: str = "T0") -> Point:
        return Point.objects.select_related("mine").get(mine=mine, native_code__endswith=tail)

    def calibrations(self) -> None:
        """Half a calibration a mine and day, a fifth of them not filed."""
        for number, mine in enumerate(self.random.sample(self.mines, MINES // 2)):
            after = timedelta(minutes=self.random.uniform(0, 480))
            self.at(after, lambda mine=mine, filed=number % 5 > 0: self.calibrate(mine, filed=filed))

    def calibrate(self, mine: Mine, *, filed: bool) -> None:
        point, at = self.point(mine), self.script.at
        if filed:
            file_calibration(
                actor=self.script.city["mine_dispatcher"], point=point, from_at=at - timedelta(minutes=5), to_at=at + timedelta(minutes=20),
                gas_value=Decimal("2.00"), person_name="标校工", at=at - timedelta(minutes=10),
            )  # fmt: skip
        write_curve(point, at, ["2.00"] * 10)
        over(point, at, peak="2.00", proposed="calibration", excluded=True)

    def rises(self) -> None:
        """A quarter of an over-limit a mine and day."""
        for mine in self.random.sample(self.mines, MINES // 4):
            after = timedelta(minutes=self.random.uniform(0, 1435))
            self.at(after, lambda mine=mine: over(self.point(mine), self.script.at, peak="1.12"))

    def flapping(self) -> None:
        """Three sensors of one desk that rise again and again, always beyond the gap that would make them one."""
        for mine in self.mines[0 : 3 * COUNTIES : COUNTIES]:
            for times in range(16):
                after = timedelta(hours=2, minutes=20 * times)
                self.at(after, lambda mine=mine: over(self.point(mine, "T1"), self.script.at, peak="1.05", minutes=2))

    def failures(self) -> None:
        """Stations that fail for an hour, and later the hub: every feed is silent for three quarters of an hour."""
        for number, mine in enumerate(self.random.sample(self.mines, 16)):
            after = timedelta(hours=1, minutes=50 * number)
            for tail in ("T0", "T1", "T2"):
                self.lose(mine, after, timedelta(hours=1), point=tail)
        for mine in self.mines:
            self.lose(mine, FLOOD, timedelta(minutes=45))

    def lose(self, mine: Mine, after: timedelta, length: timedelta, point: str = "") -> None:
        made: list[int] = []

        def begin() -> None:
            of = self.point(mine, point) if point else None
            row = Silence.objects.create(
                mine=mine,
                point=of,
                started_at=self.script.at,
                noticed_at=self.script.at,
                kind="station" if point else "",
            )
            made.append(row.pk)

        self.at(after, begin)
        self.at(after + timedelta(minutes=30), lambda: self.change(made[0], level=2))
        self.at(after + length, lambda: self.change(made[0], ended_at=self.script.at))

    def change(self, key: int, **values: Any) -> None:
        revision = Silence.objects.get(pk=key).revision + 1
        Silence.objects.filter(pk=key).update(reacted_at=None, revision=revision, **values)

    def surges(self) -> None:
        """Two true ones, one in the middle of the flood, at all three points of the face."""
        for mine, after in ((self.mines[7], FLOOD + timedelta(minutes=30)), (self.mines[11], timedelta(hours=15))):
            for tail, peak in (("T0", "3.60"), ("T1", "3.10"), ("T2", "2.60")):
                point = (mine, tail, peak)
                self.at(after, lambda p=point: over(self.point(p[0], p[1]), self.script.at, peak=p[2], open_=True))

    def run(self) -> None:
        for step in range(int(timedelta(hours=24) / STEP)):
            for do in self.plan[step]:
                do()
            self.sweep()
            self.script.at += STEP
        self.sweep()

    def sweep(self) -> None:
        for stage in STAGES:
            if stage.__name__ in ALARMS:
                stage(self.script.at)


@pytest.fixture
def day(script: Script) -> Day:
    made = Day(script, add_mines(script.city, add_counties(script.city)))
    for happen in (made.calibrations, made.rises, made.flapping, made.failures, made.surges):
        happen()
    made.run()
    return made


def told_to_desks(day: Day) -> dict[str, list[Notice]]:
    rows: dict[str, list[Notice]] = defaultdict(list)
    wanted = Notice.objects.filter(role=Role.duty_officer, kind__in=("alarm", "silence"), created_at__gte=day.start)
    for notice in wanted.select_related("unit").order_by("created_at"):
        rows[notice.unit.name].append(notice)
    return rows


def hours_of(moments: list[datetime]) -> Counter[datetime]:
    return Counter(moment.replace(minute=0) for moment in moments)


def test_an_alarm_day_of_110_mines(day: Day) -> None:
    told = told_to_desks(day)
    nothing_is_missing(day, told)
    both_surges_are_heard_alone_and_at_once(told)
    no_desk_hears_more_than_a_person_can_take_in(told)
    the_load_page_counts_it(day, told)


def nothing_is_missing(day: Day, told: dict[str, list[Notice]]) -> None:
    episodes = set(Episode.objects.filter(withdrawn=False).values_list("pk", flat=True))
    assert set(CaseEpisode.objects.values_list("episode", flat=True)) == episodes
    assert not Untold.objects.exists()
    heard = set(CaseNotice.objects.filter(notice__role=Role.duty_officer).values_list("case", flat=True))
    alarms = set(Case.objects.filter(procedure="alarm_handling").values_list("pk", flat=True))
    assert alarms <= heard
    graded = Case.objects.filter(procedure="feed_silence").exclude(level="blue")
    assert set(graded.values_list("pk", flat=True)) <= heard
    fitted = Case.objects.filter(procedure="sensor_calibration")
    assert {case.state for case in fitted} == {"fitted"}
    assert fitted.count() == 44
    assert not heard & set(fitted.values_list("pk", flat=True))


def both_surges_are_heard_alone_and_at_once(told: dict[str, list[Notice]]) -> None:
    red = Case.objects.filter(procedure="alarm_handling", level="red")
    assert red.count() >= 2
    for case in red:
        notices = CaseNotice.objects.filter(
            case=case, notice__role=Role.duty_officer, notice__created_at=case.opened_at
        )
        assert any(link.notice.case_link.count() == 1 for link in notices.select_related("notice"))
        assert case.calls.filter(relation="mine").exists()


def no_desk_hears_more_than_a_person_can_take_in(told: dict[str, list[Notice]]) -> None:
    for desk, notices in told.items():
        moments = [notice.created_at for notice in notices]
        assert most_within(moments) <= 10, desk
        assert max(hours_of(moments).values()) <= 12, desk
        assert len(moments) / 24 <= 6, desk
        steady = sorted(hours_of(moments).values())
        assert steady[len(steady) // 2] <= 6, desk


def the_load_page_counts_it(day: Day, told: dict[str, list[Notice]]) -> None:
    reader = User.objects.get(username="desk0")
    hours = desk_hours(reader, day.start, day.script.at)
    name = "示例0县局"
    assert {hour.unit_name for hour in hours} == {name}
    assert sum(hour.notices for hour in hours) == len(told[name])
    assert any(hour.summaries for hour in hours)
    assert sum(hour.cases for hour in hours) > sum(hour.notices for hour in hours)
