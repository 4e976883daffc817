"""The start of an ingest process: journal, lists and snapshots are compared, then what the database lacks is taken."""

import logging
from collections.abc import Iterable

from kuangan.base import clock
from kuangan.monitor.database import patiently
from kuangan.monitor.ingest.arrival import Arrival
from kuangan.monitor.ingest.engine import Engine
from kuangan.monitor.journal import Frame, Gap, Journal, gaps_between, gaps_of, replay
from kuangan.monitor.models import Cursor
from kuangan.monitor.recovery.journal import JournalStanding, highest, take_up
from kuangan.monitor.recovery.keeper import Keeper
from kuangan.monitor.recovery.lost import READ_SEGMENTS, settle_gap
from kuangan.monitor.recovery.rebuild import first_to_fold, say_damaged, without_snapshot

_log = logging.getLogger(__name__)

REPLAY_GROUP = 256


def recover(engine: Engine, journal: Journal) -> None:
    """Take up the snapshots and replay the journal behind them; what the database has already is not written twice.

    Must be done before the first file is journalled: only then does the journal know which numbers were given before.
    Up to the cursor only the end result is written, so that no row goes back in time meanwhile.
    """
    standing = take_up(journal, engine.stop)
    start = min(engine.restore(standing.cursor), _begin_again(engine, standing.cursor))
    Keeper(engine, journal.root.parent).keep_start()
    journal.go_on_after(patiently(lambda: highest(standing.cursor), engine.stop))
    gaps = [gap for damage in journal.damaged for gap in gaps_of(damage)]
    gaps += gaps_between(journal.root, READ_SEGMENTS)
    waiting = 0
    for frame in replay(journal.root, start, on_gap=gaps.append):
        if engine.has_folded(frame.mine, frame.seq):
            continue
        engine.take(as_arrival(frame))
        waiting += 1
        if frame.seq > engine.written and waiting >= REPLAY_GROUP:
            engine.commit()
            waiting = 0
    engine.commit()
    _settle(engine, standing, gaps)


def _begin_again(engine: Engine, cursor: Cursor) -> int:
    """Mines without a usable snapshot are folded again from the journal; the number to begin with."""
    mines = {*engine.unrestored, *patiently(lambda: without_snapshot(cursor), engine.stop)}
    start = cursor.replay_from
    for mine in mines:
        first = patiently(lambda: first_to_fold(mine, cursor), engine.stop)  # noqa: B023  (used at once)
        _log.error("判定快照缺失或损坏：%s，从流水号 %d 起重新判定", mine.code, first)
        patiently(lambda: say_damaged(mine, first), engine.stop)  # noqa: B023
        engine.begin_again(mine, first)
        start = min(start, first)
    return start


def _settle(engine: Engine, standing: JournalStanding, gaps: Iterable[Gap]) -> None:
    """Say what the journals no longer have; rows of what is lost with it are set to lost."""
    open_gaps = [(standing.cursor, gap) for gap in gaps]
    if standing.behind is not None:
        open_gaps.append((standing.cursor, standing.behind))
    replaced = standing.replaced
    if replaced is not None:
        last = patiently(lambda: highest(replaced), engine.stop)
        if last:
            open_gaps.append((replaced, Gap(max(1, min(replaced.replay_from, last)), last)))
    for cursor, gap in open_gaps:
        _log.error("接收日志缺少流水号 %d 至 %d", gap.first, gap.last)
        engine.files.lose(patiently(lambda: settle_gap(cursor, gap, clock.now()), engine.stop))  # noqa: B023


def as_arrival(frame: Frame) -> Arrival:
    """A file as the journal kept it."""
    ahead = frame.source_at - frame.file_at
    return Arrival(frame.seq, frame.mine, frame.name, frame.file_at, frame.received_at, frame.content(), ahead=ahead)
