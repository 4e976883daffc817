"""Oversight of counties by the city (督导县区): visits, scores, findings with their due days, and the ranking."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from kuangan.base.clock import civil_date
from kuangan.base.period import FIRST_DAY, Period, period_of
from kuangan.core.models import Unit, UnitKind, User
from kuangan.duty.models import Duty
from kuangan.ledger.models import Entry
from kuangan.ledger.subject import subject_of
from kuangan.overview.figures.directives import FollowedEntry, followed
from kuangan.overview.queries.ledgers import counties_overseen, county_visits, duties_following

LEDGER = "county_oversight"
RECTIFIED = "county_oversight_rectified"
KINDS = (UnitKind.county_bureau, UnitKind.county_government)


@dataclass(frozen=True)
class Visit:
    """One visit of the city to a county. ``followed``: what became of its findings; those of a text of before have a ``duty`` instead.

    ``due_on``: the earliest day by which something is still to be put right, or was.
    """

    entry: Entry
    county: Unit
    method: str
    score: Decimal
    findings: tuple[str, ...]
    due_on: date | None
    closed_on: date | None
    late: bool
    followed: FollowedEntry
    duty: Duty | None

    @property
    def is_open(self) -> bool:
        """Whether something found is not put right yet."""
        return bool(self.findings) and self.closed_on is None


@dataclass(frozen=True)
class Ranked:
    """A county in the ranking; ``place`` None: it was not visited."""

    county: Unit
    place: int | None
    visits: Sequence[Visit]
    mean: Decimal | None
    findings: int
    still_open: int
    late: int


def visits_visible_to(user: User, period: Period, at: datetime) -> list[Visit]:
    """The visits of a period to counties in the user's sight, the newest first: a county sees its own."""
    counties, visits = county_visits(user, LEDGER, KINDS, period)
    duties = duties_following(user, RECTIFIED, map(subject_of, visits))
    known = followed(user, LEDGER, [visit.serial for visit in visits if visit.serial])
    nothing, today = FollowedEntry.of(()), civil_date(at)
    return [
        _visit(
            visit,
            counties[visit.values["county"]],
            duties.get(subject_of(visit)),
            known.get(visit.serial or 0, nothing),
            today,
        )
        for visit in visits
    ]


def ranking(user: User, visits: Iterable[Visit]) -> list[Ranked]:
    """Every county bureau in sight by its mean score, the best first; equal scores share a place, the unvisited stand last."""
    by_area: dict[int | None, list[Visit]] = defaultdict(list)
    for visit in visits:
        by_area[visit.county.parent_id].append(visit)
    bureaus = [unit for unit in counties_overseen(user, KINDS) if unit.kind == UnitKind.county_bureau]
    means = {unit.pk: _mean(by_area[unit.parent_id]) for unit in bureaus}
    scores = [mean for mean in means.values() if mean is not None]
    bureaus_ranked = [_ranked(unit, by_area[unit.parent_id], means[unit.pk], scores) for unit in bureaus]
    return sorted(bureaus_ranked, key=lambda ranked: (ranked.place is None, ranked.place or 0, ranked.county.code))


def year_of(text: str, at: datetime) -> Period:
    """The year, at most the present one; the present one for anything that is no year."""
    today = civil_date(at)
    year = int(text) if text.isascii() and text.isdigit() and len(text) == len("2026") else today.year
    return period_of("year", date(max(FIRST_DAY.year, min(year, today.year)), 1, 1))


def quarter_count(ranked: Iterable[Ranked], at: datetime) -> tuple[int, int]:
    """How many of the counties this quarter has seen visited, and how many there are: each is owed a visit."""
    quarter = period_of("quarter", civil_date(at))
    counties = list(ranked)
    visited = [county for county in counties if any(visit.entry.on in quarter for visit in county.visits)]
    return len(visited), len(counties)


def _visit(entry: Entry, county: Unit, duty: Duty | None, known: FollowedEntry, today: date) -> Visit:
    values: Mapping[str, Any] = entry.values
    findings = _findings(values.get("findings") or "")
    due_on, closed_on = _day(values.get("due_on")), _day(values.get("closed_on"))
    late = bool(findings) and due_on is not None and due_on < (closed_on or today)
    if known.cases:
        ended = [civil_date(case.closed_at) for case in known.cases if case.closed_at]
        due_on, closed_on = known.due_on or due_on, None if known.still_open else max(ended)
        late = known.late or (known.due_on is not None and known.due_on < today)
    score = Decimal(values["score"])
    return Visit(entry, county, values["method"], score, findings, due_on, closed_on, late, known, duty)


def _findings(kept: Any) -> tuple[str, ...]:
    """What the visit found, one text each: of a table, or of the lines of text of before."""
    if isinstance(kept, str):
        return tuple(line.strip() for line in kept.splitlines() if line.strip())
    return tuple(str(finding["item"]) for finding in kept)


def _day(kept: str | None) -> date | None:
    return date.fromisoformat(kept) if kept else None


def _mean(visits: Sequence[Visit]) -> Decimal | None:
    if not visits:
        return None
    return (sum((visit.score for visit in visits), Decimal(0)) / len(visits)).quantize(Decimal("0.1"))


def _ranked(county: Unit, visits: Sequence[Visit], mean: Decimal | None, scores: Sequence[Decimal]) -> Ranked:
    return Ranked(
        county=county,
        place=None if mean is None else 1 + sum(1 for score in scores if score > mean),
        visits=visits,
        mean=mean,
        findings=sum(len(visit.findings) for visit in visits),
        still_open=sum(1 for visit in visits if visit.is_open),
        late=sum(1 for visit in visits if visit.late),
    )
