"""A mine whose fold snapshot is missing or damaged: where its files have to be taken again from."""

import hashlib
import logging
from datetime import datetime, timedelta

from django.db.models import Min, Q

from kuangan.base import clock
from kuangan.core.actions import end_incident, raise_incident
from kuangan.mine.models import Mine
from kuangan.monitor.ingest.pipeline import Pipeline
from kuangan.monitor.models import Cursor, Episode, FeedFile, FoldSnapshot, LiveRow

_log = logging.getLogger(__name__)

REACH = timedelta(days=1)
"""How far back files are folded again at least; the newest readings of each point, which the fold keeps, lie in it."""
MARGIN = timedelta(hours=1)


def take_snapshot(pipeline: Pipeline, snapshot: FoldSnapshot) -> bool:
    """Put a snapshot's state into the pipeline; False: it is damaged."""
    blob = bytes(snapshot.blob)
    if snapshot.sha256 and hashlib.sha256(blob).hexdigest() != snapshot.sha256:
        return False
    try:
        pipeline.restore(snapshot.mine.code, blob)
    except Exception:  # noqa: BLE001  (whatever a damaged snapshot of a release without digest does)
        _log.exception("the snapshot of mine %s can't be read", snapshot.mine.code)
        return False
    return True


def without_snapshot(cursor: Cursor) -> list[Mine]:
    """Mines that have sent readings and have no snapshot, though a restart would not replay everything."""
    if cursor.replay_from <= 1:
        return []
    have = FoldSnapshot.objects.values("mine")
    return [live_row.mine for live_row in LiveRow.objects.exclude(mine__in=have).select_related("mine__unit")]


def first_to_fold(mine: Mine, cursor: Cursor) -> int:
    """The first file from which the mine's fold comes out as it was: no over-limit is cut by the beginning."""
    newest = FeedFile.objects.filter(mine=mine, journal=cursor).order_by("-received_at").first()
    if newest is None:
        return cursor.replay_from
    begin = _between_over_limits(mine, newest.received_at - REACH)
    files = FeedFile.objects.filter(mine=mine, journal=cursor, received_at__gte=begin)
    first: int | None = files.aggregate(first=Min("journal_seq"))["first"]
    return cursor.replay_from if first is None else min(first, cursor.replay_from)


def _between_over_limits(mine: Mine, begin: datetime) -> datetime:
    """The moment, or one before it, at which no over-limit of the mine was running or could be taken up again."""
    while True:
        running = Episode.objects.filter(mine=mine, started_at__lte=begin, withdrawn=False).filter(
            Q(final_at=None) | Q(final_at__gte=begin - MARGIN)
        )
        earliest: datetime | None = running.aggregate(first=Min("started_at"))["first"]
        if earliest is None or earliest - MARGIN >= begin:
            return begin
        begin = earliest - MARGIN


def say_damaged(mine: Mine, first: int) -> None:
    """Tell that a mine's fold is made again."""
    text = f"{mine.unit.name} 的判定快照缺失或损坏，已从接收日志流水号 {first} 起重新判定；早于接收日志的内容无法恢复，请核对该矿正在进行的超限。"
    raise_incident(kind="snapshot_damaged", key=mine.code, text=text, at=clock.now())


def say_mended(mine: Mine) -> None:
    """The mine has a snapshot again."""
    end_incident(kind="snapshot_damaged", key=mine.code, at=clock.now())
