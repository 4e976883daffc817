"""When the demonstration's units did what they owe: on time, late or not at all, and by which entries it shows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from kuangan.base.clock import beijing_midnight, civil_date
from kuangan.base.period import Period, periods_between, previous_period
from kuangan.core.models import Tenure, Unit, UnitKind
from kuangan.duty.owing import RUNNING, Owing, World, owing
from kuangan.duty.terms import INSTANT, period_terms
from kuangan.law.duty.obligation_file import EVENT, ONCE, STANDING, Evidence, Obligation, obligations
from kuangan.law.ledger import Ledger, ledger_by_id
from kuangan.law.role import Role
from kuangan.mine.models import Mine

WEAK: Final = 0.06
"""Share of units that clearly do worse than the others."""
FATES: Final = {False: (0.045, 0.035), True: (0.30, 0.12)}
"""Shares of what is missed and done late, by whether the unit is a weak one."""
LASTING_MISSED: Final = {STANDING: 0.01, "year": 0.02, "two_years": 0.02, "three_years": 0.02}
"""What lasts, and is owed once in a long time, is seldom missed."""
LONG: Final = ("year", "two_years", "three_years", "half_year", STANDING)
EARLY: Final = 110
"""What is owed once in a long period was done within so many days of its beginning."""


@dataclass(frozen=True)
class HistorySpan:
    """The days of the history; what happens in every shift is written from ``shifts_from`` on."""

    first: date
    last: date
    shifts_from: date


@dataclass(frozen=True)
class PlannedEntry:
    """An entry that is to be written: by whom, about which mine, on which of the days, for which evidence by which holder."""

    unit: Unit
    mine: Mine | None
    on: date
    first: date
    last: date
    evidence: Evidence | None = None
    holder: str = ""
    recorded_at: datetime | None = None
    named: Mapping[str, str] = field(default_factory=dict)
    """What of another entry it must name."""


@dataclass(frozen=True)
class Fate:
    """Whether what is owed is missed, and else when the last of it was recorded, if late."""

    missed: bool
    late: bool


class Planner:
    """Plans the entries of one city."""

    def __init__(self, at: datetime, span: HistorySpan, seed: int) -> None:
        self.world, self.span, self.seed = World(at), span, seed
        self.running = _running(self.world, span.last)
        self._names = dict(
            Tenure.objects.filter(post__role__in=(Role.supervision_commissioner, Role.company_officer), to_at=None)
            .values_list("post_id", "person__name")
        )  # fmt: skip
        self._mines: dict[int, list[Mine]] = {}

    def chance(self, *names: object) -> Random:
        """The dice of one matter, the same in every run."""
        return Random(f"{self.seed}:{':'.join(map(str, names))}")  # noqa: S311 — invented data, no secret

    def fate(self, obligation: Obligation, unit: Unit, *names: object) -> Fate:
        luck = self.chance(obligation.id, unit.code, *names).random()
        if obligation.cadence in LASTING_MISSED:
            return Fate(luck < LASTING_MISSED[obligation.cadence], late=False)
        missed, late = FATES[self.chance("weak", unit.code).random() < WEAK]
        return Fate(luck < missed, missed <= luck < missed + late)

    def calls(self) -> dict[str, list[PlannedEntry]]:
        """What is to be written into each ledger for the duties of all periods, and of the period before."""
        calls: dict[str, list[PlannedEntry]] = {}
        for obligation in obligations().values():
            evidence = next((evidence for evidence in obligation.evidence if evidence.ledger), None)
            if evidence and obligation.cadence not in (EVENT, ONCE) and not ledger_by_id(evidence.ledger).demo.by_rate:
                calls.setdefault(evidence.ledger, []).extend(self._of(obligation, evidence))
        return calls

    def _of(self, obligation: Obligation, evidence: Evidence) -> Iterator[PlannedEntry]:
        for period in self._periods(obligation):
            if not obligation.in_force(min(self.span.last, period.last)):
                continue
            for number, who in enumerate(owing(obligation, period.first, self.world)):
                yield from self._calls(obligation, evidence, period, who, number)

    def _periods(self, obligation: Obligation) -> Iterator[Period]:
        now = obligation.period_on(self.span.first)
        if now.kind not in ("two_years", "three_years"):
            yield previous_period(now)
        yield from periods_between(now.kind, now.first, self.span.last)

    def _calls(
        self, obligation: Obligation, evidence: Evidence, period: Period, who: Owing, number: int
    ) -> Iterator[PlannedEntry]:
        book = ledger_by_id(evidence.ledger)
        keeper, mine = self._keeper(book, who, number)
        if keeper is None:
            return
        fate, needed = self.fate(obligation, who.unit, *who.key, period.key), obligation.needed(period)
        chance = self.chance(obligation.id, *who.key, period.key, "days")
        terms = period_terms(obligation, period)
        last = min(period.last, civil_date(terms.due_at - INSTANT))
        days = min((last - period.first).days + 1, EARLY if obligation.cadence in LONG else 366)
        wanted = (needed - 1) * chance.randrange(2) if fate.missed else needed
        for index in range(wanted):
            step = days / needed
            on = period.first + timedelta(
                days=int(index * step + chance.random() * min(step, days - index * step) * 0.99)
            )
            late = (
                terms.grace_at + timedelta(days=1 + chance.random() * 5) if fate.late and index == needed - 1 else None
            )
            about = mine or self._about(book, keeper, number + index)
            if on <= self.span.last and (about or not names_mine(book)):
                holder = self._names.get(who.post.pk, "") if who.post else ""
                yield PlannedEntry(keeper, about, on, period.first, last, evidence, holder, late)

    def _keeper(self, book: Ledger, who: Owing, number: int) -> tuple[Unit | None, Mine | None]:
        """Who writes what shows that the duty was done."""
        if who.unit.kind in book.keepers:
            return who.unit, who.mine if who.mine is not None else None
        if who.mine is not None:
            mine = next(mine for mine in self.world.mines if mine.pk == who.mine.pk)
            near = (mine.unit, mine.supervisor, mine.company)
            return next((unit for unit in near if unit and unit.kind in book.keepers), None), mine
        same = [
            unit for unit in self.world.units if unit.scope_path == who.unit.scope_path and unit.kind in book.keepers
        ]
        return (same[number % len(same)] if same else None), None

    def _about(self, book: Ledger, unit: Unit, number: int) -> Mine | None:
        if not names_mine(book):
            return None
        known = self._mines.setdefault(unit.pk, [mine for mine in self.mines_of(unit) if mine.pk in self.running])
        return known[number % len(known)] if known else None

    def mines_of(self, unit: Unit) -> Sequence[Mine]:
        """The mines that a unit writes about: those it is, supervises, owns or governs."""
        mines = self.world.mines
        if unit.kind == UnitKind.mine:
            return [mine for mine in mines if mine.pk == unit.pk]
        if unit.kind == UnitKind.company:
            return [mine for mine in mines if mine.company_id == unit.pk]
        if unit.kind in (UnitKind.city_bureau, UnitKind.county_bureau):
            return [mine for mine in mines if mine.supervisor_id == unit.pk]
        if unit.kind == UnitKind.city_coal_section:
            return [mine for mine in mines if mine.supervisor.kind == UnitKind.city_bureau]
        return [mine for mine in mines if mine.unit.path.startswith(unit.scope_path)]


def names_mine(book: Ledger) -> bool:
    """Whether an entry of the ledger is about a mine."""
    return book.about == "mine" or any(field.name == "mine" and field.kind == "mine" for field in book.fields)


def noon(day: date) -> datetime:
    """When something of a day is written down."""
    return beijing_midnight(day) + timedelta(hours=12)


def _running(world: World, day: date) -> set[int]:
    known = world.attributes(day)
    return {mine.pk for mine in world.mines if known.get(mine.pk, {}).get("status") in RUNNING}
