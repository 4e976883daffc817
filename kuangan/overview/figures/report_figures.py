"""The figures of duty reports: what fell due in an area and period, unit by unit, measure by measure, and who ranks where."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kuangan.base.clock import beijing_midnight, day_after
from kuangan.base.period import Period
from kuangan.casework.models import Finding
from kuangan.core.models import Unit, UnitKind
from kuangan.duty.models import Duty
from kuangan.duty.status import Status
from kuangan.law.register import tasks
from kuangan.overview.board.clauses import unbuilt, unbuilt_rules
from kuangan.overview.board.counts import Counts
from kuangan.overview.board.rows import Window, standing_findings
from kuangan.overview.board.scope import KINDS
from kuangan.overview.figures.duty_rates import TIER_TEXT, TIERS, by_measure, by_unit, fallen, share, tier_of
from kuangan.overview.queries.areas import duties_of, units_of


@dataclass(frozen=True)
class FigureLine:
    """A line of a report: of a unit, a tier, a measure or an area. ``key``: what its door is filtered by."""

    key: str
    name: str
    counts: Counts
    breached: int = 0
    rank: int = 0
    parts: tuple[Counts, ...] = ()

    @property
    def rate(self) -> str:
        """The on-time rate in words."""
        return rate_text(self.counts)

    @property
    def fallen(self) -> int:
        return self.counts.due - self.counts.open


@dataclass(frozen=True)
class Bulletin:
    """The figures of a month in an area."""

    area: Unit
    period: Period
    at: datetime
    tiers: tuple[FigureLine, ...]
    units: tuple[FigureLine, ...]
    measures: tuple[FigureLine, ...]
    overdue: tuple[Duty, ...]
    breaches: tuple[Finding, ...]

    @property
    def total(self) -> Counts:
        """All that fell due in the area."""
        return Counts.total(line.counts for line in self.tiers)


@dataclass(frozen=True)
class Ranking:
    """Counties and mines of an area by their on-time rate in a quarter."""

    area: Unit
    period: Period
    at: datetime
    counties: tuple[FigureLine, ...]
    mines: tuple[FigureLine, ...]


def rate_text(counts: Counts) -> str:
    """93.8%; — when nothing has fallen due."""
    rate = share(counts)
    return "—" if rate is None else f"{rate}%"


def bulletin(area: Unit, period: Period, at: datetime) -> Bulletin:
    """The bulletin of an area as known at a moment: what fell due in the period, unit by unit and measure by measure."""
    duties = duties_of(area)
    units = _units(area)
    counted = by_unit(duties, period.first, period.last, at)
    of_measure = by_measure(duties, period.first, period.last, at)
    breaches = _breaches(area, period, at)
    overdue = fallen(duties, period.first, period.last, at).filter(status=Status.overdue)
    return Bulletin(
        area,
        period,
        at,
        tiers=tuple(_tiers(units, counted)),
        units=tuple(FigureLine(unit.code, unit.name, counted[unit.pk]) for unit in units if unit.pk in counted),
        measures=tuple(
            FigureLine(law.code, law.code, of_measure[law.code])
            for task in tasks()
            for law in task.measures
            if law.code in of_measure
        ),
        overdue=tuple(overdue.select_related("unit").order_by("due_at", "pk")),
        breaches=breaches,
    )


def ranking(area: Unit, period: Period, at: datetime) -> Ranking:
    """Counties (their offices and mines together) and mines, the best on-time rate first.

    What belongs only to clauses that the platform does not carry yet counts for and against nobody.
    """
    units = _units(area)
    counted = by_unit(duties_of(area).exclude(obligation__in=unbuilt()), period.first, period.last, at)
    breached = _breached_by_unit(
        finding for finding in _breaches(area, period, at) if finding.rule not in unbuilt_rules()
    )
    mines = [
        FigureLine(unit.code, unit.name, counted.get(unit.pk) or Counts(), breached.get(unit.pk, 0))
        for unit in units
        if unit.kind == UnitKind.mine
    ]
    counties = units_of(area, (UnitKind.county,))
    lines = [_county(county, units, counted, breached) for county in counties]
    return Ranking(area, period, at, ranked(lines if area.kind == UnitKind.city else ()), ranked(mines))


def _county(
    county: Unit, units: Sequence[Unit], counted: Mapping[int, Counts], breached: Mapping[int, int]
) -> FigureLine:
    inside = [unit for unit in units if unit.path.startswith(county.path)]
    mines = Counts.total(counted.get(unit.pk) or Counts() for unit in inside if unit.kind == UnitKind.mine)
    offices = Counts.total(counted.get(unit.pk) or Counts() for unit in inside if unit.kind != UnitKind.mine)
    total = sum(breached.get(unit.pk, 0) for unit in inside)
    return FigureLine(county.code, county.name, Counts.total((offices, mines)), total, parts=(offices, mines))


def ranked(lines: Iterable[FigureLine]) -> tuple[FigureLine, ...]:
    """Lines with something due in their order; equal ones share a rank and the next rank is left out."""
    comparable = [(line, rate) for line in lines if (rate := share(line.counts)) is not None]
    ordered = sorted(comparable, key=lambda pair: (-pair[1], pair[0].counts.overdue, pair[0].name))
    placed: list[FigureLine] = []
    before: tuple[Any, int] | None = None
    for index, (line, rate) in enumerate(ordered, 1):
        place = placed[-1].rank if before == (rate, line.counts.overdue) else index
        before = (rate, line.counts.overdue)
        placed.append(FigureLine(line.key, line.name, line.counts, line.breached, place, line.parts))
    return tuple(placed)


def _units(area: Unit) -> list[Unit]:
    return list(units_of(area, KINDS))


def _tiers(units: Sequence[Unit], counted: Mapping[int, Counts]) -> Iterable[FigureLine]:
    for tier in TIERS:
        counts = Counts.total(counted[unit.pk] for unit in units if unit.pk in counted and tier_of(unit.kind) == tier)
        if counts.due:
            yield FigureLine(tier, TIER_TEXT[tier], counts)


def _breaches(area: Unit, period: Period, at: datetime) -> tuple[Finding, ...]:
    findings = standing_findings(Window(period, min(at, beijing_midnight(day_after(period.last)))))
    return tuple(findings.filter(path__startswith=area.path))


def _breached_by_unit(findings: Iterable[Finding]) -> dict[int, int]:
    by_unit_id: dict[int, int] = {}
    for finding in findings:
        unit_id = finding.mine_id or finding.unit_id
        if unit_id is not None:
            by_unit_id[unit_id] = by_unit_id.get(unit_id, 0) + 1
    return by_unit_id
