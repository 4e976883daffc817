"""Shared reads of `monitor`; newest values and readings are in `live`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, OuterRef, Prefetch, Q, QuerySet, Subquery

from kuangan.base import clock
from kuangan.core.models import Incident, User
from kuangan.core.queries import roles_of, visible_to
from kuangan.core.queries.go_live import live_from
from kuangan.law.role import Role
from kuangan.mine.models import Mine, Point
from kuangan.mine.queries import fed_mines, mines_visible_to
from kuangan.monitor.doubt.kinds import OF_MINES
from kuangan.monitor.durations import duration
from kuangan.monitor.models import (
    CalibrationFiling,
    Declaration,
    Episode,
    FeedFile,
    FeedToken,
    FileStatus,
    HistoryPart,
    LiveRow,
    Silence,
)

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
    episodes = Episode.objects.filter(reacted_at__isnull=True).select_related("mine__unit", "point__face", "declared")
    return list(episodes.order_by("started_at", "pk")[:limit])


def silences_to_take(at: datetime) -> QuerySet[Silence]:
    """Silences that are new or changed since they were last taken; those of a mine that does not work on the platform yet wait for its day."""
    waiting = Silence.objects.filter(reacted_at__isnull=True)
    return waiting.alias(live=live_from("mine__unit__path")).filter(live__lte=clock.civil_date(at))


def unreacted_silences(limit: int = 100, at: datetime | None = None) -> list[Silence]:
    """The same, oldest first."""
    silences = silences_to_take(at or clock.now()).select_related("mine__unit", "mine__supervisor", "point")
    return list(silences.order_by("started_at", "pk")[:limit])


def open_episodes(mines: Iterable[Mine]) -> QuerySet[Episode]:
    """Over-limits that have not ended, newest first."""
    episodes = Episode.objects.filter(mine__in=list(mines), ended_at__isnull=True, withdrawn=False)
    return episodes.select_related("mine", "point__face", "declared").order_by("-started_at")


def episodes_between(of: Mine | Point, start: datetime, end: datetime) -> QuerySet[Episode]:
    """Over-limits of a mine or point that overlap [start, end), oldest first."""
    owner = Q(point=of) if isinstance(of, Point) else Q(mine=of)
    within = Q(started_at__lt=end) & (Q(ended_at__isnull=True) | Q(ended_at__gt=start))
    episodes = Episode.objects.filter(owner & within, withdrawn=False)
    return episodes.select_related("point__face", "declared").order_by("started_at")


def open_silences(mines: Iterable[Mine]) -> QuerySet[Silence]:
    """Feeds and points that are silent, the longest first."""
    silences = Silence.objects.filter(mine__in=list(mines), ended_at__isnull=True)
    return silences.select_related("mine", "point").order_by("started_at")


def undeclared(at: datetime) -> QuerySet[Episode]:
    """Derived over-limits older than the grace for which the mine declared nothing; calibrations need no declaration."""
    grace = duration("episode.declaration_grace", clock.civil_date(at))
    episodes = Episode.objects.filter(
        started_at__lte=at - grace, declared__isnull=True, excluded=False, withdrawn=False
    )
    return episodes.select_related("mine", "point__face").order_by("-started_at")


def unfounded_declarations(mine: Mine, start: datetime, end: datetime) -> QuerySet[Declaration]:
    """Over-limits that the mine declared to start in [start, end) and that its readings do not show."""
    declarations = Declaration.objects.filter(
        mine=mine, kind=OVERLIMIT, started_at__gte=start, started_at__lt=end, episodes__isnull=True
    )
    return declarations.select_related("point").order_by("started_at")


def calibration_for(episode: Episode) -> CalibrationFiling | None:
    """The filing that was made before the episode began and whose time covers its beginning; None: unfiled."""
    filings = CalibrationFiling.objects.filter(
        point=episode.point_id,
        withdrawn_at__isnull=True,
        from_at__lte=episode.started_at,
        to_at__gte=episode.started_at,
        filed_at__lte=episode.started_at,
    )
    return filings.order_by("filed_at").first()


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
    incidents = Incident.objects.filter(kind__in=OF_MINES, ended_at=None).order_by("-began_at", "-pk")
    named = ((by_code.get(incident.key.partition(" ")[0]), incident) for incident in incidents)
    return [
        FeedDoubt(mine, incident.word, incident.text, incident.began_at) for mine, incident in named if mine is not None
    ]


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
    live = {
        live_row.mine_id: live_row
        for live_row in LiveRow.objects.filter(mine__in=listed).only("mine_id", "at", "received_at")
    }
    counts = files_of_an_hour(listed, at)
    silent = {silence.mine_id: silence for silence in open_silences(listed).filter(point__isnull=True)}
    return [_health(mine, live.get(mine.pk), counts.get(mine.pk, {}), silent.get(mine.pk), at) for mine in listed]


def _health(
    mine: Mine, live: LiveRow | None, counts: Mapping[str, int], silence: Silence | None, at: datetime
) -> FeedHealth:
    newest = live.at if live else None
    return FeedHealth(
        mine=mine,
        age_seconds=(at - newest).total_seconds() if newest else None,
        received_at=live.received_at if live else None,
        **{name: counts.get(name, 0) for name in ("files", "late", "faulty")},
        silence=silence,
    )


def files_of_an_hour(mines: Iterable[Mine], at: datetime) -> dict[int, dict[str, int]]:
    """By mine: how many files (``files``) came in the hour before a moment, how many of them ``late`` and ``faulty``."""
    files = FeedFile.objects.filter(
        mine__in=[mine.pk for mine in mines], received_at__gt=at - timedelta(hours=1), received_at__lte=at
    )
    counts: dict[int, dict[str, int]] = defaultdict(lambda: {"files": 0, "late": 0, "faulty": 0})
    for mine_id, status, number in files.values_list("mine_id", "status").annotate(Count("id")):
        counts[mine_id]["files"] += number
        counts[mine_id]["late"] += number * (status == FileStatus.late)
        counts[mine_id]["faulty"] += number * (status in FAULTY)
    return counts


def files_since(reader: User, since: datetime) -> QuerySet[FeedFile]:
    """The files received from a moment on of the mines whose feed the reader looks after, the newest first."""
    reachable = fed_mines(reader).order_by().select_related(None)
    files = FeedFile.objects.filter(mine__in=reachable, received_at__gte=since).select_related("mine")
    return files.order_by("-received_at", "-pk")


def tokens_of_feeds(reader: User) -> QuerySet[FeedToken]:
    """The keys by which mines send, for the operator alone."""
    tokens = FeedToken.objects.select_related("mine").order_by("pk")
    return tokens if any(hold.role is Role.operator for hold in roles_of(reader)) else tokens.none()


def mines_with_tokens(reader: User) -> QuerySet[Mine]:
    """The mines with those of their keys that are in force (``tokens``), for the operator alone."""
    in_force = tokens_of_feeds(reader).filter(revoked_at=None).select_related(None)
    return fed_mines(reader).prefetch_related(Prefetch("feed_tokens", queryset=in_force, to_attr="tokens"))


def live_row(reader: object, mine: Mine) -> LiveRow | None:
    """A mine's newest readings; None before its first file."""
    live_rows = LiveRow.objects.filter(mine=mine).select_related("highest_point")
    return visible_to(reader, live_rows, "mine__unit__path").first()


def live_rows(reader: object, mines: Iterable[int]) -> dict[int, LiveRow]:
    """Of several mines (by key) what the strip of a mine shows, without the readings of their points."""
    live_rows = LiveRow.objects.filter(mine__in=set(mines)).select_related("highest_point")
    seen = visible_to(reader, live_rows.defer("points", "times", "values", "statuses"), "mine__unit__path")
    return {live_row.mine_id: live_row for live_row in seen}


def newest_reading(reader: object) -> datetime | None:
    """The moment of the newest data of any mine in sight."""
    mines = mines_visible_to(reader).order_by().values("pk")
    return LiveRow.objects.filter(mine__in=mines).order_by("-at").values_list("at", flat=True).first()


def silent_now(reader: object) -> QuerySet[Silence]:
    """What is silent in sight: whole feeds, and watched points that send what does not count; the longest first."""
    mines = mines_visible_to(reader).order_by().values("pk")
    silences = Silence.objects.filter(mine__in=mines, ended_at__isnull=True).exclude(point__isnull=False, kind="")
    return silences.select_related("mine", "point").order_by("started_at")


def silent_feeds() -> QuerySet[Silence]:
    """Whole feeds that are silent, of all mines, the longest first: for whoever runs the platform."""
    feeds = Silence.objects.filter(point=None, ended_at__isnull=True)
    return feeds.select_related("mine").order_by("started_at")


def silences_at_point(reader: object, point: Point, start: datetime, end: datetime) -> list[Silence]:
    """When nothing came of the point, or of its whole mine, in [start, end)."""
    silences = Silence.objects.filter(mine=point.mine_id, started_at__lt=end).exclude(ended_at__lte=start)
    seen = visible_to(reader, silences.filter(Q(point=None) | Q(point=point)), "mine__unit__path")
    return list(seen.order_by("started_at", "pk"))


def declarations_alone(
    reader: object, point: Point, start: datetime, end: datetime, matched: Iterable[int]
) -> QuerySet[Declaration]:
    """What the mine declared for the point to start in [start, end), but for the declarations that are matched already."""
    declarations = Declaration.objects.filter(point=point, started_at__lt=end, started_at__gte=start)
    return visible_to(reader, declarations.exclude(pk__in=set(matched)), "mine__unit__path")


def filings_visible_to(reader: object) -> QuerySet[CalibrationFiling]:
    """The calibrations that mines in sight filed, the latest first."""
    mines = mines_visible_to(reader).order_by().values("pk")
    filings = CalibrationFiling.objects.filter(mine__in=mines).select_related("point", "filed_by__person")
    return filings.order_by("-from_at")


def filings_of_point(reader: object, point: Point) -> QuerySet[CalibrationFiling]:
    """The calibrations filed for one point, the latest first."""
    filings = CalibrationFiling.objects.filter(point=point).order_by("-from_at")
    return visible_to(reader, filings, "mine__unit__path")


@dataclass(frozen=True)
class Lost:
    """Files of a mine whose readings are lost until it sends them again: the first and last source time, how many."""

    first: datetime
    last: datetime
    files: int


def lost_stretches(reader: object, mine: Mine, start: datetime, end: datetime) -> list[Lost]:
    """What of a mine's history between two moments is lost."""
    days = (clock.civil_date(start), clock.civil_date(end))
    parts = HistoryPart.objects.filter(mine=mine, lost_at__isnull=False, day__range=days).order_by("first_seq")
    lost = (_lost_in(part) for part in visible_to(reader, parts, "mine__unit__path"))
    return [stretch for stretch in lost if stretch is not None]


def _lost_in(part: HistoryPart) -> Lost | None:
    files = FeedFile.objects.filter(mine=part.mine_id, journal=part.journal_id, status=FileStatus.lost)
    seen = files.filter(journal_seq__gte=part.first_seq, journal_seq__lte=part.last_seq).aggregate(
        first=Min("header_at"), last=Max("header_at"), n=Count("pk")
    )
    return Lost(seen["first"], seen["last"], seen["n"]) if seen["n"] and seen["first"] else None


def heard_throughout(start: datetime, end: datetime) -> frozenset[int]:
    """The mines whose feed had begun by ``start`` and was at no moment until ``end`` silent: what would have been reported was heard."""
    # A scalar, not Exists: the first point of each mine is enough, where a join would read the points of all.
    first = Point.objects.filter(mine=OuterRef("pk"), first_seen_at__lte=start).values("first_seen_at")[:1]
    begun = Mine.objects.alias(begun_at=Subquery(first)).filter(begun_at__isnull=False)
    silent = Silence.objects.filter(point=None, started_at__lt=end)
    silent = silent.filter(Q(ended_at=None) | Q(ended_at__gt=start))
    return frozenset(begun.values_list("pk", flat=True)) - frozenset(silent.values_list("mine_id", flat=True))
