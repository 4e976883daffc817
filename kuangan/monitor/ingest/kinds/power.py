"""Is power on after the power-off set-point was reached? Answered by every power-feed reading that is late enough while the episode lasts."""

import threading
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kuangan.monitor.database import patiently
from kuangan.monitor.fixed import NO_VALUE
from kuangan.monitor.fold.types import STATUS_EXCLUDED, EpisodeChange
from kuangan.monitor.ingest.book import Books, MineBook, PointEntry
from kuangan.monitor.ingest.rows import PowerRow
from kuangan.monitor.models import Episode, PowerState

FEED_TYPES = frozenset({"1011", "1015"})
"""馈电器 and 馈电: 1 = the load side has voltage."""
SWITCH = "1009"
"""断电器: the command to cut, between a sensor and the feed."""


@dataclass(frozen=True, slots=True)
class Question:
    """One episode that reached the power-off set-point."""

    point_id: int
    started_at: int
    power_off_at: int
    ended_at: int | None
    codes: tuple[str, ...]
    dead: bool = False
    """A feed has answered that it is off; should it come on again, that is the answer."""


class PowerWatch:
    """The open questions of all mines by (mine code, point id, start of the episode)."""

    def __init__(self) -> None:
        self._open: dict[str, dict[tuple[int, int], Question]] = {}

    def ask(self, mine: str, book: MineBook, entry: PointEntry, change: EpisodeChange) -> None:
        """Take up or bring up to date the question of an episode; a withdrawn one is dropped."""
        key = (entry.id, change.started_at)
        questions = self._open.setdefault(mine, {})
        if change.withdrawn or change.power_off_at is None:
            questions.pop(key, None)
            return
        codes, known = feeds_of(book, entry), (change.power_off_at, change.ended_at)
        dead = key in questions and questions[key].dead
        questions[key] = Question(entry.id, change.started_at, *known, codes, dead)

    def resume(self, mine: str, book: MineBook, entry: PointEntry, episode: Episode) -> None:
        """Take up the question of an open episode from its row; it reached the power-off set-point."""
        if episode.power_off_at is None:
            raise ValueError(f"episode {episode.pk} has not reached the power-off set-point; nothing to ask")
        started_at, power_off_at = int(episode.started_at.timestamp()), int(episode.power_off_at.timestamp())
        dead = episode.power_state == PowerState.dead
        question = Question(entry.id, started_at, power_off_at, None, feeds_of(book, entry), dead)
        self._open.setdefault(mine, {})[entry.id, started_at] = question

    def restore(self, books: Books, stop: threading.Event) -> None:
        """Take up the questions that were open when the service ended."""
        episodes = (
            Episode.objects.filter(ended_at__isnull=True, withdrawn=False, power_off_at__isnull=False)
            .exclude(power_state=PowerState.energised)
            .select_related("mine", "point")
        )
        for episode in patiently(lambda: list(episodes), stop):
            book = books.of(episode.mine.code)
            self.resume(episode.mine.code, book, book.entry_of(episode.point.native_code), episode)

    def waits(self, mine: str) -> bool:
        """Whether the mine has an open question."""
        return bool(self._open.get(mine))

    def answer(
        self,
        mine: str,
        index: dict[str, int],
        times: npt.NDArray[np.int64],
        values: npt.NDArray[np.int64],
        statuses: npt.NDArray[np.int32],
        after: int,
    ) -> list[PowerRow]:
        """Answers from the mine's newest values; `after` seconds must have passed since the set-point was reached.

        Any feed with voltage: energised, which ends the question. All that answered without: dead, and asked on until the episode ends:
        power that comes on again over the limit is found. A question whose episode ended before a feed answered stays unknown: power may
        be on again then.
        """
        answers: list[PowerRow] = []
        questions = self._open.get(mine, {})
        for key, question in list(questions.items()):
            rows_of = [index[code] for code in question.codes if code in index]
            late = [feed for feed in rows_of if _answers(feed, question, times, values, statuses, after)]
            answer = _answer(question, late, times, values)
            if answer is not None and not (question.dead and answer.state == PowerState.dead):
                answers.append(answer)
            if _is_settled(question, answer, late=bool(late), after=after):
                del questions[key]
            elif answer is not None and not question.dead:
                questions[key] = replace(question, dead=True)
        return answers


def feeds_of(book: MineBook, entry: PointEntry) -> tuple[str, ...]:
    """Codes of the power feeds that must be dead when the point reaches its power-off set-point.

    What the mine declared decides: feeds tied to the point by 断电 or 控制, straight or by one power switch between them. Where it
    declared nothing, the feeds of the same face; where the point is at none, of the same sub-station.
    """
    if entry.id not in book.feeds:
        book.feeds[entry.id] = _feeds_of(book, entry)
    return book.feeds[entry.id]


def _feeds_of(book: MineBook, entry: PointEntry) -> tuple[str, ...]:
    feeds = [(code, feed) for code, feed in book.points.items() if feed.sensor_type in FEED_TYPES]
    declared = _declared(book, entry, feeds)
    if declared:
        return declared
    at_face = tuple(code for code, feed in feeds if entry.face_id is not None and feed.face_id == entry.face_id)
    return at_face or tuple(code for code, feed in feeds if entry.station and feed.station == entry.station)


def _declared(book: MineBook, entry: PointEntry, feeds: list[tuple[str, PointEntry]]) -> tuple[str, ...]:
    tied = set(entry.cuts) - {entry.code}
    tied |= {code for code, point in book.points.items() if point is not entry and entry.code in point.cuts}
    switches = {code for code in tied if code in book.points and book.points[code].sensor_type == SWITCH}
    tied |= {code for switch in switches for code in book.points[switch].cuts}
    return tuple(code for code, feed in feeds if code in tied or feed.cuts & switches)


def _answer(
    question: Question, late: list[int], times: npt.NDArray[np.int64], values: npt.NDArray[np.int64]
) -> PowerRow | None:
    """What these feeds say of the question; None where none spoke before the episode ended."""
    at = int(max((times[feed] for feed in late), default=0))
    if not late or (question.ended_at is not None and at >= question.ended_at):
        return None
    on = any(values[feed] > 0 for feed in late)
    state = PowerState.energised if on else PowerState.dead
    return PowerRow(question.point_id, question.started_at, state.value, at)


def _is_settled(question: Question, answer: PowerRow | None, *, late: bool, after: int) -> bool:
    """Whether nothing can be learned any more: power was on, or the episode is over."""
    if answer is not None and answer.state == PowerState.energised:
        return True
    if question.ended_at is None:
        return False
    return late or question.ended_at < question.power_off_at + after


def _answers(
    feed: int,
    question: Question,
    times: npt.NDArray[np.int64],
    values: npt.NDArray[np.int64],
    statuses: npt.NDArray[np.int32],
    after: int,
) -> bool:
    late = times[feed] >= question.power_off_at + after
    return bool(late and values[feed] != NO_VALUE and not int(statuses[feed]) & STATUS_EXCLUDED)
