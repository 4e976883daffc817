"""A replay without a database: the same parser and fold, the same joining and the same rules, in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from kuangan.base.clock import civil_date
from kuangan.flow.replay.series import PointColumn, SentFile
from kuangan.law.content import rules_of
from kuangan.law.local import local_span
from kuangan.law.place import face_kind_of
from kuangan.law.rule import Breach
from kuangan.law.topic import GasFacts, Overlimit
from kuangan.monitor.durations import duration
from kuangan.monitor.feeds import PointText
from kuangan.monitor.fixed import to_decimal
from kuangan.monitor.fold.types import EpisodeChange, Limits
from kuangan.monitor.ingest.limits import judgement
from kuangan.monitor.ingest.pipeline import Pipeline


@dataclass(frozen=True)
class Replayed:
    """An over-limit of one column."""

    column: PointColumn
    started_at: datetime
    ended_at: datetime | None
    peak: Decimal
    readings: int


@dataclass
class WouldBeCase:
    """Episodes of one face or place that the platform would put into one alarm case."""

    episodes: list[Replayed] = field(default_factory=list)

    @property
    def started_at(self) -> datetime:
        """The start of the first episode: what the week rule counts by."""
        return self.episodes[0].started_at

    @property
    def ended_at(self) -> datetime | None:
        """When all are over; None while one is not."""
        ends = [episode.ended_at for episode in self.episodes]
        return None if None in ends else max(end for end in ends if end)

    @property
    def highest(self) -> Replayed:
        """The episode with the highest value."""
        return max(self.episodes, key=lambda episode: episode.peak)


NEVER_TOO_OLD = 100 * 366 * 86_400
"""Seconds: a series is of the past, and its files may span any time."""


@dataclass(frozen=True)
class WouldBeFinding:
    """What a rule would find were every case confirmed in the order of their starts. ``cases``: their numbers from 1."""

    rule: str
    reason: str
    cases: tuple[int, ...]


class LawOfTheDay:
    """Set-points of the columns' places by the law of each day."""

    def __init__(self, columns: Sequence[PointColumn]) -> None:
        self._places = {column.code: column.place for column in columns}

    def limits(self, mine: str, points: Sequence[PointText], on: date) -> Limits:
        """One entry a point, in registry order."""
        judged = [judgement(self._places[point.code], "", None, on) for point in points]
        return Limits.of([judgement.limit if judgement else None for judgement in judged])


def episodes(mine: str, columns: Sequence[PointColumn], sent: Iterable[SentFile], start: datetime) -> list[Replayed]:
    """All over-limits of the files, by start and column."""
    standing: dict[tuple[str, int], EpisodeChange] = {}
    gap = duration("episode.merge_gap", civil_date(start))
    pipeline = Pipeline(LawOfTheDay(columns), merge_after=int(gap.total_seconds()), past_after=NEVER_TOO_OLD)
    for file in sent:
        outcome = pipeline.take(mine, file.body, received_at=int(file.at.timestamp()), name=file.name)
        codes = pipeline.live(mine).codes
        for change in outcome.episodes:
            key = (codes[change.point], change.started_at)
            if change.withdrawn:
                standing.pop(key, None)
            else:
                standing[key] = change
    by_code = {column.code: column for column in columns}
    replayed = [_replayed(by_code[code], change) for (code, _), change in standing.items()]
    return sorted(replayed, key=lambda episode: (episode.started_at, episode.column.name))


def cases(replayed: Sequence[Replayed]) -> list[WouldBeCase]:
    """Episodes of one face (else place) that overlap or lie no further apart than the join gap, in one case each.

    A replay is of one mine with one coal face and one heading.
    """
    made: list[WouldBeCase] = []
    newest: dict[str, WouldBeCase] = {}
    for episode in replayed:
        here = face_kind_of(episode.column.place) or episode.column.place
        case = newest.get(here)
        if case is None or not _joins(case, episode):
            case = newest[here] = WouldBeCase()
            made.append(case)
        case.episodes.append(episode)
    return made


def findings(mine: str, made: Sequence[WouldBeCase], at: datetime) -> list[WouldBeFinding]:
    """What the rules say when the cases are confirmed one after the other."""
    facts = [
        Overlimit(str(number), case.started_at, case.highest.peak, case.highest.column.place_text, "confirmed")
        for number, case in enumerate(made, start=1)
    ]
    findings: list[WouldBeFinding] = []
    for number in range(1, len(facts) + 1):
        asked = GasFacts(mine, str(number), tuple(facts[:number]))
        for rule in rules_of("overlimit_confirmed"):
            outcome = rule.say(asked, at)
            if isinstance(outcome, Breach):
                findings.append(WouldBeFinding(rule.id, outcome.reason, tuple(int(key) for key in outcome.used)))
    return findings


def _joins(case: WouldBeCase, episode: Replayed) -> bool:
    end = case.ended_at
    gap = local_span("alarm_handling.join_gap", civil_date(episode.started_at)).length
    return end is None or episode.started_at <= end + gap


def _replayed(column: PointColumn, change: EpisodeChange) -> Replayed:
    ended = datetime.fromtimestamp(change.ended_at, UTC) if change.ended_at is not None else None
    return Replayed(
        column, datetime.fromtimestamp(change.started_at, UTC), ended, to_decimal(change.peak), change.readings
    )
