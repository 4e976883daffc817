"""Who owes an obligation on a day: units, posts and mines, read once for all obligations of an opening."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Final

from kuangan.base.clock import last_day
from kuangan.core.models import Post, Unit, UnitKind
from kuangan.core.queries.go_live import GoLiveDays, go_live_days
from kuangan.core.queries.roles import tenures_at
from kuangan.duty.models import Duty
from kuangan.law.duty.obligation_file import Obligation
from kuangan.law.local import local
from kuangan.mine.models import Mine, MineStatus
from kuangan.mine.queries import attributes_on

RUNNING = (MineStatus.producing.value, MineStatus.building.value)
SUPERVISOR = "supervisor"
SUPERVISOR_GOVERNMENT = "supervisor_government"
BY_MINE = (SUPERVISOR, SUPERVISOR_GOVERNMENT)
"""Owners that follow from who supervises a mine."""
OWNING: Mapping[str, frozenset[str]] = {
    SUPERVISOR: frozenset({UnitKind.city_bureau.value, UnitKind.city_coal_section.value, UnitKind.county_bureau.value}),
    SUPERVISOR_GOVERNMENT: frozenset({UnitKind.city_government.value, UnitKind.county_government.value}),
}
"""The kinds of units that such an owner may be."""
BEGUN: Final = "go_live.begun_period"
"""The local value that says whether what is to be done once in a period that had begun is owed while its deadline lies ahead."""


@dataclass(frozen=True)
class Owing:
    """One that owes. ``county``: the area the unit lies in, None for the city's own."""

    unit: Unit
    county: Unit | None
    post: Post | None = None
    mine: Mine | None = None

    @property
    def key(self) -> tuple[int, int | None, int | None]:
        """What tells it from the others of the same obligation and period."""
        return self.unit.pk, self.post.pk if self.post else None, self.mine.pk if self.mine else None

    def title(self, obligation: Obligation) -> str:
        """What the duty is called: the obligation, and the mine where several are concerned."""
        about = self.mine is not None and self.mine.pk != self.unit.pk
        return f"{obligation.title}（{self.mine}）" if about else obligation.title


@dataclass
class World:
    """The units, posts and mines as they are at a moment; each read once."""

    at: datetime
    _attributes: dict[date, Mapping[int, Mapping[str, str]]] = field(default_factory=dict)

    @cached_property
    def units(self) -> list[Unit]:
        """Every unit, in the order of paths."""
        return list(Unit.objects.filter(closed_on=None).order_by("path"))

    @cached_property
    def mines(self) -> list[Mine]:
        """Every mine with its units."""
        return list(Mine.objects.select_related("unit", "county", "supervisor", "company").order_by("code"))

    @cached_property
    def posts(self) -> list[Post]:
        """Every post that somebody holds."""
        return [tenure.post for tenure in tenures_at(self.at).order_by("post_id")]

    @cached_property
    def go_live(self) -> GoLiveDays:
        """From which day each unit works on the platform."""
        return go_live_days()

    def attributes(self, day: date) -> Mapping[int, Mapping[str, str]]:
        """The dated properties of all mines on a day."""
        if day not in self._attributes:
            self._attributes[day] = attributes_on(self.mines, day)
        return self._attributes[day]

    def properties(self, mine: Mine, day: date, today: date) -> Mapping[str, str]:
        """What decides whether a period that begins on ``day`` binds about the mine: its status then, its class and grades today.

        A decision on class or grade binds from its own day on, also within a period.
        """
        now = self.attributes(today).get(mine.pk, {})
        if day == today:
            return now
        begun = self.attributes(day).get(mine.pk, {})
        status = {"status": begun["status"]} if "status" in begun else {}
        return {**{name: value for name, value in now.items() if name != "status"}, **status}

    def county_of(self, unit: Unit) -> Unit | None:
        for area in self._counties:
            if unit.path.startswith(area.path):
                return area
        return None

    @cached_property
    def _counties(self) -> list[Unit]:
        return [unit for unit in self.units if unit.kind == UnitKind.county]

    @cached_property
    def _governments(self) -> list[Unit]:
        return [unit for unit in self.units if unit.kind in (UnitKind.city_government, UnitKind.county_government)]

    def of_kind(self, kind: str) -> list[Unit]:
        """Every unit of a kind of owner; ``supervisor``: those that supervise a mine."""
        if kind == SUPERVISOR:
            return sorted({mine.supervisor for mine in self.mines}, key=lambda unit: unit.path)
        if kind == SUPERVISOR_GOVERNMENT:
            return sorted(
                {unit for mine in self.mines for unit in self.for_mine(kind, mine)}, key=lambda unit: unit.path
            )
        return [unit for unit in self.units if unit.kind == kind]

    def for_unit(self, kind: str, unit: Unit, mine: Mine | None) -> list[Unit]:
        """The units of a kind of owner that answer for a unit: itself where it is of that kind, otherwise those above."""
        if mine is not None:
            return self.for_mine(kind, mine)
        if unit.kind == kind:
            return [unit]
        return [owner for owner in self.of_kind(kind) if unit.path.startswith(owner.scope_path)]

    def for_mine(self, kind: str, mine: Mine) -> list[Unit]:
        """The units of a kind of owner that answer for a mine."""
        if kind == SUPERVISOR:
            return [mine.supervisor]
        if kind == SUPERVISOR_GOVERNMENT:
            return [unit for unit in self._governments if unit.scope_path == mine.supervisor.scope_path]
        if kind == UnitKind.mine:
            return [mine.unit]
        if kind == UnitKind.company:
            return [mine.company] if mine.company is not None else []
        return [unit for unit in self.of_kind(kind) if mine.unit.path.startswith(unit.scope_path)]


def owing(obligation: Obligation, day: date, world: World, today: date | None = None) -> Iterator[Owing]:
    """Everyone who owes ``obligation`` in a period that begins on ``day``; ``today``: the day of it that has come, its first otherwise.

    A mine whose property is unknown on that day owes: the unknown never frees from a duty.
    """
    bound = [mine for mine in world.mines if binds(obligation, world.properties(mine, day, today or day))]
    if obligation.scope == "mine":
        for mine in bound:
            for unit in world.for_mine(obligation.owner, mine):
                yield Owing(unit, world.county_of(unit), mine=mine)
        return
    units = list(_units(obligation, bound, world))
    if obligation.scope == "unit":
        by_unit = {mine.pk: mine for mine in bound}
        for unit in units:
            yield Owing(unit, world.county_of(unit), mine=by_unit.get(unit.pk))
        return
    wanted = {unit.pk: unit for unit in units}
    for post in world.posts:
        if post.role == obligation.role and post.unit_id in wanted:
            yield Owing(wanted[post.unit_id], world.county_of(wanted[post.unit_id]), post=post)


def _units(obligation: Obligation, bound: list[Mine], world: World) -> Iterator[Unit]:
    """The units of the owner's kind; a filter on mines leaves those that answer for such a mine."""
    if obligation.owner == UnitKind.mine:
        yield from (mine.unit for mine in bound)
    elif obligation.mines:
        concerned = {unit.pk for mine in bound for unit in world.for_mine(obligation.owner, mine)}
        yield from (unit for unit in world.of_kind(obligation.owner) if unit.pk in concerned)
    else:
        yield from world.of_kind(obligation.owner)


def binds(obligation: Obligation, properties: Mapping[str, str]) -> bool:
    """Whether an obligation binds (about) a mine with these properties.

    Without a filter on the status a mine's own duties rest while it stands still, and nothing is owed about a closed one.
    """
    for name, allowed in obligation.mines.items():
        if properties.get(name) is not None and properties[name] not in allowed:
            return False
    status = properties.get("status")
    if "status" in obligation.mines or status is None:
        return True
    return status in RUNNING if obligation.owner == UnitKind.mine else status != MineStatus.closed


def is_owed(obligation: Obligation, live_from: date, first: date, due_at: datetime, needed: int) -> bool:
    """Whether a unit that works here from ``live_from`` on owes a period that began on ``first``: wholly or not at all, never in part.

    Of a period that had begun: what must hold at every moment, and what is to be done once, where the last day in time lies after
    the day of going live; what is to be done several times, or the city counts whole periods only: from the next period on.
    """
    if live_from <= first:
        return True
    if last_day(due_at) <= live_from:
        return False
    return obligation.standing or (needed <= 1 and local(BEGUN, live_from).value == "deadline_ahead")


def is_owed_still(obligation: Obligation, duty: Duty, days: GoLiveDays) -> bool:
    """Whether an open duty is owed by the days as they are set now."""
    live_from = days.day_of(duty.path)
    if duty.subject:
        return live_from <= duty.first_on
    return is_owed(obligation, live_from, duty.first_on, duty.due_at, duty.needed)
