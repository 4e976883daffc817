"""Shared reads of `monitor`; newest values and readings are in `live`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from kuangan.base import clock
from kuangan.core.models import Incident
from kuangan.mine.models import Mine, Point
from kuangan.monitor.doubt.kinds import OF_MINES
from kuangan.monitor.durations import duration
from kuangan.monitor.models import CalibrationFiling, Declaration, Episode, FeedFile, FileStatus, LiveRow, Silence

OVERLIMIT = "001"
"""异常类型 001: 超限报警."""

FAULTY = (
    FileStatus.refused,
    FileStatus.incomplete,
    FileStatus.future,
    FileStatus.past,
    FileStatus.unknown,
    FileStatus.partial,
    FileStatus.lost,
)


def unreacted_episodes(limit: int = 100) -> list[Episode]:
    """Episodes that are new or changed since they were last taken, oldest first."""
    rows = Episode.objects.filter(reacted_at__isnull=True).select_related("mine__unit", "point__face", "declared")
    return list(rows.order_by("started_at", "pk")[:limit])


def unreacted_silences(limit: int = 100) -> list[Silence]:
    """Silences that are new or changed since they were last taken, oldest first."""
    rows = Silence.objects.filter(reacted_at__isnull=True).select_related("mine__unit", "point")
    return list(rows.order_by("started_at", "pk")[:limit])


def open_episodes(mines: Iterable[Mine]) -> QuerySet[Episode]:
    """Over-limits that have not ended, newest first."""
    rows = Episode.objects.filter(mine__in=list(mines), ended_at__isnull=True, withdrawn=False)
    return rows.select_related("mine", "point__face", "declared").order_by("-started_at")


def episodes_between(of: Mine | Point, start: datetime, end: datetime) -> QuerySet[Episode]:
    """Over-limits of a mine or point that overlap [start, end), oldest first."""
    owner = Q(point=of) if isinstance(of, Point) else Q(mine=of)
    within = Q(started_at__lt=end) & (Q(ended_at__isnull=True) | Q(ended_at__gt=start))
    rows = Episode.objects.filter(owner & within, withdrawn=False)
    return rows.select_related("point__face", "declared").order_by("started_at")


def open_silences(mines: Iterable[Mine]) -> QuerySet[Silence]:
    """Feeds and points that are silent, the longest first."""
    rows = Silence.objects.filter(mine__in=list(mines), ended_at__isnull=True)
    return rows.select_related("mine", "point").order_by("started_at")


def undeclared(at: datetime) -> QuerySet[Episode]:
    """Derived over-limits older than the grace for which the mine declared nothing; calibrations need no declaration."""
    grace = duration("episode.declaration_grace", clock.civil_date(at))
    rows = Episode.objects.filter(started_at__lte=at - grace, declared__isnull=True, excluded=False, withdrawn=False)
    return rows.select_related("mine", "point__face").order_by("-started_at")


def unfounded_declarations(mine: Mine, start: datetime, end: datetime) -> QuerySet[Declaration]:
    """Over-limits that the mine declared to start in [start, end) and that its readings do not show."""
    rows = Declaration.objects.filter(
        mine=mine, kind=OVERLIMIT, started_at__gte=start, started_at__lt=end, episodes__isnull=True
    )
    return rows.select_related("point").order_by("started_at")


def calibration_for(episode: Episode) -> CalibrationFiling | None:
    """The filing that was made before the episode began and whose time covers its beginning; None: unfiled."""
    rows = CalibrationFiling.objects.filter(
        point=episode.point_id,
        withdrawn_at__isnull=True,
        from_at__lte=episode.started_at,
        to_at__gte=episode.started_at,
        filed_at__lte=episode.started_at,
    )
    return rows.order_by("filed_at").first()


@dataclass(frozen=True)
class FeedDoubt:
    """Something wrong with what a mine sends, until it is over: its kind and what to do, in Chinese."""

    mine: Mine
    word: str
    text: str
    began_at: datetime


def feed_doubts(mines: Iterable[Mine]) -> list[FeedDoubt]:
    """What is wrong with the feeds of these mines, newest first."""
    by_code = {mine.code: mine for mine in mines}
    rows = Incident.objects.filter(kind__in=OF_MINES, ended_at=None).order_by("-began_at", "-pk")
    named = ((by_code.get(row.key.partition(" ")[0]), row) for row in rows)
    return [FeedDoubt(mine, row.word, row.text, row.began_at) for mine, row in named if mine is not None]


@dataclass(frozen=True)
class FeedHealth:
    """How a mine's feed does: seconds since its newest source time (None: never sent), files of the last hour by result."""

    mine: Mine
    age_seconds: float | None
    received_at: datetime | None
    files: int
    late: int
    faulty: int
    silence: Silence | None


def feed_health(mines: Iterable[Mine], at: datetime) -> list[FeedHealth]:
    """One line a mine in the order given, in three queries."""
    listed = list(mines)
    live = {row.mine_id: row for row in LiveRow.objects.filter(mine__in=listed).only("mine_id", "at", "received_at")}
    counts = {
        row["mine_id"]: {"all": row["all"], "late": row["late"], "faulty": row["faulty"]}
        for row in FeedFile.objects.filter(
            mine__in=listed, received_at__gt=at - timedelta(hours=1), received_at__lte=at
        )
        .values("mine_id")
        .annotate(
            all=Count("id"),
            late=Count("id", filter=Q(status=FileStatus.late)),
            faulty=Count("id", filter=Q(status__in=FAULTY)),
        )
    }
    silent = {row.mine_id: row for row in open_silences(listed).filter(point__isnull=True)}
    return [_health(mine, live.get(mine.pk), counts.get(mine.pk, {}), silent.get(mine.pk), at) for mine in listed]


def _health(
    mine: Mine, live: LiveRow | None, counts: Mapping[str, int], silence: Silence | None, at: datetime
) -> FeedHealth:
    newest = live.at if live else None
    return FeedHealth(
        mine=mine,
        age_seconds=(at - newest).total_seconds() if newest else None,
        received_at=live.received_at if live else None,
        files=counts.get("all", 0),
        late=counts.get("late", 0),
        faulty=counts.get("faulty", 0),
        silence=silence,
    )
