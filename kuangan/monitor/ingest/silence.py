"""Feeds and points that stopped sending: rows with a level that rises with time."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kuangan.base import clock
from kuangan.monitor.database import is_of_the_data
from kuangan.monitor.durations import duration
from kuangan.monitor.ingest.write import Cursor, message, notify, transaction_cursor
from kuangan.monitor.models import SilenceLevel

_log = logging.getLogger(__name__)

KEYS: Mapping[SilenceLevel, str] = {
    SilenceLevel.warn: "feed.silence.warn",
    SilenceLevel.yellow: "feed.silence.yellow",
    SilenceLevel.orange: "feed.silence.orange",
    SilenceLevel.fault: "feed.silence.fault",
}


@dataclass(frozen=True, slots=True)
class SilenceRow:
    """A silence as it stands; `point_id` None: the whole feed. Times in seconds UTC; `kind` as in `models.SilenceKind`."""

    mine_id: int
    point_id: int | None
    started_at: int
    ended_at: int | None
    kind: str = ""


def levels_at(at: datetime) -> dict[SilenceLevel, int]:
    """After how many seconds each level is reached, by the local values of the day."""
    day = clock.civil_date(at)
    return {level: int(duration(key, day).total_seconds()) for level, key in KEYS.items()}


def write_silences(silences: Sequence[SilenceRow], at: datetime) -> None:
    """Store what began or ended, raise the level of what lasts, and tell open pages; one transaction.

    One row a silence: of two states of one the later stays. What the database refuses costs that row alone.
    """
    single = {(silence.mine_id, silence.point_id, silence.started_at, silence.kind): silence for silence in silences}
    _write_halves(list(single.values()), at)


def _write_halves(silences: Sequence[SilenceRow], at: datetime) -> None:
    try:
        _write(silences, at)
    except Exception as error:
        if not silences or not is_of_the_data(error):
            raise
        if len(silences) == 1:
            _log.error(
                "database refuses a silence of mine row %s, point row %s: %s",
                silences[0].mine_id,
                silences[0].point_id,
                error,
            )
            return
        for half in (silences[: len(silences) // 2], silences[len(silences) // 2 :]):
            _write_halves(half, at)


def _write(silences: Sequence[SilenceRow], at: datetime) -> None:
    with transaction_cursor() as cursor:
        changed = _stored(cursor, silences, at) if silences else set()
        changed |= _forgotten(cursor) | _risen(cursor, at)
        if changed:
            _tell(cursor, changed)


def _stored(cursor: Cursor, silences: Sequence[SilenceRow], at: datetime) -> set[int]:
    cursor.execute(
        """
        INSERT INTO monitor_silence AS s (mine_id, point_id, started_at, ended_at, kind, level, noticed_at, revision)
        SELECT mine, point, to_timestamp(started), to_timestamp(ended), kind, 1, %s, 1
        FROM unnest(%b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::text[])
            AS row(mine, point, started, ended, kind)
        ON CONFLICT (mine_id, point_id, started_at, kind) DO UPDATE
        SET ended_at = EXCLUDED.ended_at, reacted_at = NULL, revision = s.revision + 1
        WHERE s.ended_at IS DISTINCT FROM EXCLUDED.ended_at
        RETURNING id
        """,
        [
            at,
            [silence.mine_id for silence in silences],
            [silence.point_id for silence in silences],
            [silence.started_at for silence in silences],
            [silence.ended_at for silence in silences],
            [silence.kind for silence in silences],
        ],
    )
    return {key for (key,) in cursor.fetchall()}


def _forgotten(cursor: Cursor) -> set[int]:
    """A feed's silence that a crash forgot ends by what the live row knows."""
    cursor.execute(
        """
        UPDATE monitor_silence AS s SET ended_at = l.at, reacted_at = NULL, revision = s.revision + 1
        FROM monitor_liverow AS l
        WHERE l.mine_id = s.mine_id AND s.point_id IS NULL AND s.ended_at IS NULL AND l.at > s.started_at
        RETURNING s.id
        """
    )
    return {key for (key,) in cursor.fetchall()}


def _risen(cursor: Cursor, at: datetime) -> set[int]:
    """What has lasted until the next level."""
    risen: set[int] = set()
    for level, seconds in levels_at(at).items():
        cursor.execute(
            """
            UPDATE monitor_silence SET level = %s, reacted_at = NULL, revision = revision + 1
            WHERE ended_at IS NULL AND level < %s AND started_at <= %s - make_interval(secs => %s) RETURNING id
            """,
            [level.value, level.value, at, seconds],
        )
        risen |= {key for (key,) in cursor.fetchall()}
    return risen


def _tell(cursor: Cursor, changed: set[int]) -> None:
    """Tell open pages of silences of whole feeds."""
    cursor.execute(
        """
        SELECT s.id, u.path FROM monitor_silence AS s JOIN core_unit AS u ON u.id = s.mine_id
        WHERE s.id = ANY(%b::bigint[]) AND s.point_id IS NULL ORDER BY s.id
        """,
        [sorted(changed)],
    )
    notify(cursor, [message("silence", "feed", key, path) for key, path in cursor.fetchall()])
