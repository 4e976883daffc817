"""The one transaction that writes a group: each kind of row in a single statement, its columns as binary arrays."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection, transaction

from kuangan.monitor.ingest.rows import DeclarationRow, EpisodeRow, FileRow, Group, LiveData, PowerRow

CHANNEL = "kuangan_live"

Cursor = psycopg.Cursor[Any]  # rows are tuples of what the statement returns


@contextmanager
def transaction_cursor() -> Iterator[Cursor]:
    """A cursor of the driver inside a transaction of Django's: parameters travel in binary, not as quoted text."""
    with transaction.atomic(), connection.cursor():
        raw = connection.connection
        with psycopg.Cursor(raw) as cursor:
            yield cursor


def write(
    group: Group, live: Sequence[LiveData], *, journal: int, seq: int, replay_from: int, at: datetime, merge_after: int
) -> None:
    """One transaction: everything of the group, the live rows, the cursor and the notices to open pages."""
    with transaction_cursor() as cursor:
        paths = {live_data.mine_id: live_data.path for live_data in live}
        changed = _write_episodes(cursor, list(group.episodes.values()), at, merge_after)
        changed += _write_power(cursor, list(group.power.values()))
        _write_declarations(cursor, list(group.declarations.values()))
        points = {episode.point_id for episode in group.episodes.values()} | {key[0] for key in group.declarations}
        _link_declarations(cursor, sorted(points))
        _write_files(cursor, group.files, journal)
        _write_live(cursor, live)
        _write_cursor(cursor, journal, seq, replay_from, at)
        messages = [message("mine", "live", mine_id, path) for mine_id, path in paths.items()]
        messages += _episode_messages(cursor, changed)
        notify(cursor, messages)


def message(kind: str, topic: str, key: int, path: str) -> str:
    """The payload of one notice to open pages."""
    return json.dumps({"path": path, "topic": topic, "kind": kind, "id": key})


def notify(cursor: Cursor, messages: Sequence[str]) -> None:
    """Tell every listening web process, when the transaction commits."""
    if messages:
        cursor.execute("SELECT pg_notify(%s, text) FROM unnest(%b::text[]) AS text", [CHANNEL, list(messages)])


_EPISODES = """
INSERT INTO monitor_episode AS e (mine_id, point_id, started_at, ended_at, final_at, peak, peak_at, readings, excluded,
    proposed, uncertain, withdrawn, power_off_at, power_state, limit_place, limit_alarm, limit_power_off,
    limit_re_power, limit_strict, limit_basis, corpus_digest, recorded_at, revision)
SELECT mine, point, to_timestamp(started), to_timestamp(ended), to_timestamp(final), peak * 0.000001,
    to_timestamp(peak_at), readings, excluded, proposed, uncertain, withdrawn, to_timestamp(power_off), 'unknown',
    place, alarm, cut, re_power, strict, basis, digest, %s, 1
FROM unnest(%b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[],
    %b::int[], %b::bool[], %b::text[], %b::bool[], %b::bool[], %b::bigint[], %b::text[], %b::numeric[],
    %b::numeric[], %b::numeric[], %b::bool[], %b::text[], %b::text[])
    AS row(mine, point, started, ended, final, peak, peak_at, readings, excluded, proposed, uncertain, withdrawn,
    power_off, place, alarm, cut, re_power, strict, basis, digest)
ON CONFLICT (point_id, started_at) DO UPDATE SET
    ended_at = EXCLUDED.ended_at, final_at = EXCLUDED.final_at, peak = EXCLUDED.peak, peak_at = EXCLUDED.peak_at,
    readings = EXCLUDED.readings, excluded = EXCLUDED.excluded, proposed = EXCLUDED.proposed,
    uncertain = EXCLUDED.uncertain, withdrawn = EXCLUDED.withdrawn, power_off_at = EXCLUDED.power_off_at,
    reacted_at = CASE WHEN {matters} THEN NULL ELSE e.reacted_at END,
    revision = e.revision + CASE WHEN {matters} THEN 1 ELSE 0 END
WHERE (e.ended_at, e.final_at, e.peak, e.peak_at, e.readings, e.excluded, e.proposed, e.uncertain, e.withdrawn,
    e.power_off_at) IS DISTINCT FROM (EXCLUDED.ended_at, EXCLUDED.final_at, EXCLUDED.peak, EXCLUDED.peak_at,
    EXCLUDED.readings, EXCLUDED.excluded, EXCLUDED.proposed, EXCLUDED.uncertain, EXCLUDED.withdrawn,
    EXCLUDED.power_off_at)
RETURNING id
""".format(
    matters="""(e.ended_at, e.final_at, e.excluded, e.proposed, e.withdrawn, e.power_off_at) IS DISTINCT FROM
    (EXCLUDED.ended_at, EXCLUDED.final_at, EXCLUDED.excluded, EXCLUDED.proposed, EXCLUDED.withdrawn,
    EXCLUDED.power_off_at)"""
)


def _write_episodes(cursor: Cursor, episodes: Sequence[EpisodeRow], at: datetime, merge_after: int) -> list[int]:
    if not episodes:
        return []
    changes = [episode.change for episode in episodes]
    limits = [episode.judged.limit for episode in episodes]
    cursor.execute(
        _EPISODES,
        [
            at,
            [episode.mine_id for episode in episodes],
            [episode.point_id for episode in episodes],
            [change.started_at for change in changes],
            [change.ended_at for change in changes],
            [change.ended_at + merge_after if change.final and change.ended_at else None for change in changes],
            [change.peak for change in changes],
            [change.peak_at for change in changes],
            [change.readings for change in changes],
            [change.excluded for change in changes],
            [change.proposed or "" for change in changes],
            [change.uncertain for change in changes],
            [change.withdrawn for change in changes],
            [change.power_off_at for change in changes],
            [episode.judged.place for episode in episodes],
            [limit.alarm for limit in limits],
            [limit.power_off for limit in limits],
            [limit.re_power for limit in limits],
            [limit.strict for limit in limits],
            [episode.judged.basis for episode in episodes],
            [episode.digest for episode in episodes],
        ],
    )
    return [key for (key,) in cursor.fetchall()]


def _write_power(cursor: Cursor, answers: Sequence[PowerRow]) -> list[int]:
    if not answers:
        return []
    cursor.execute(
        """
        UPDATE monitor_episode AS e
        SET power_state = state, power_state_at = to_timestamp(at), reacted_at = NULL, revision = revision + 1
        FROM unnest(%b::bigint[], %b::bigint[], %b::text[], %b::bigint[]) AS row(point, started, state, at)
        WHERE e.point_id = point AND e.started_at = to_timestamp(started)
            AND (e.power_state = 'unknown' OR (e.power_state = 'dead' AND state = 'energised'))
        RETURNING id
        """,
        [
            [answer.point_id for answer in answers],
            [answer.started_at for answer in answers],
            [answer.state for answer in answers],
            [answer.at for answer in answers],
        ],
    )
    return [key for (key,) in cursor.fetchall()]


def _write_declarations(cursor: Cursor, declarations: Sequence[DeclarationRow]) -> None:
    """The newest file wins; an older one never overwrites it."""
    if not declarations:
        return
    cursor.execute(
        """
        INSERT INTO monitor_declaration AS d (mine_id, point_id, kind, started_at, ended_at, peak, peak_at, cause,
            measure, entered_by, entered_at, file_at, received_at)
        SELECT mine, point, kind, to_timestamp(started), to_timestamp(ended), peak * 0.000001, to_timestamp(peak_at),
            cause, measure, entered_by, to_timestamp(entered_at), to_timestamp(file_at), to_timestamp(received_at)
        FROM unnest(%b::bigint[], %b::bigint[], %b::text[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[],
            %b::text[], %b::text[], %b::text[], %b::bigint[], %b::bigint[], %b::bigint[])
            AS row(mine, point, kind, started, ended, peak, peak_at, cause, measure, entered_by, entered_at, file_at,
            received_at)
        ON CONFLICT (point_id, kind, started_at) DO UPDATE SET ended_at = EXCLUDED.ended_at, peak = EXCLUDED.peak,
            peak_at = EXCLUDED.peak_at, cause = EXCLUDED.cause, measure = EXCLUDED.measure,
            entered_by = EXCLUDED.entered_by, entered_at = EXCLUDED.entered_at, file_at = EXCLUDED.file_at
        WHERE EXCLUDED.file_at >= d.file_at
        """,
        [
            [declaration.mine_id for declaration in declarations],
            [declaration.point_id for declaration in declarations],
            [declaration.kind for declaration in declarations],
            [declaration.started_at for declaration in declarations],
            [declaration.ended_at for declaration in declarations],
            [declaration.peak for declaration in declarations],
            [declaration.peak_at for declaration in declarations],
            [declaration.cause for declaration in declarations],
            [declaration.measure for declaration in declarations],
            [declaration.entered_by for declaration in declarations],
            [declaration.entered_at for declaration in declarations],
            [declaration.file_at for declaration in declarations],
            [declaration.received_at for declaration in declarations],
        ],
    )


def _link_declarations(cursor: Cursor, points: Sequence[int]) -> None:
    """An over-limit is declared when a declared 超限报警 (001) of its point overlaps it in time."""
    if not points:
        return
    cursor.execute(
        """
        UPDATE monitor_episode AS e SET declared_id = (
            SELECT d.id FROM monitor_declaration AS d
            WHERE d.point_id = e.point_id AND d.kind = '001'
              AND d.started_at <= coalesce(e.ended_at, 'infinity') AND coalesce(d.ended_at, 'infinity') >= e.started_at
            ORDER BY abs(extract(epoch FROM d.started_at - e.started_at)), d.id LIMIT 1)
        WHERE e.point_id = ANY(%b::bigint[]) AND e.declared_id IS NULL AND NOT e.withdrawn AND EXISTS (
            SELECT 1 FROM monitor_declaration AS d
            WHERE d.point_id = e.point_id AND d.kind = '001'
              AND d.started_at <= coalesce(e.ended_at, 'infinity') AND coalesce(d.ended_at, 'infinity') >= e.started_at)
        """,
        [list(points)],
    )


def _write_files(cursor: Cursor, files: Sequence[FileRow], journal: int) -> None:
    if not files:
        return
    cursor.execute(
        """
        INSERT INTO monitor_feedfile (journal_id, mine_id, type, name, sha256, header_at, received_at, journal_seq,
            size, records, bad_records, status, message)
        SELECT %s, mine, type, name, sha, to_timestamp(header), to_timestamp(received), seq, size, records, bad,
            status, message
        FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[], %b::bigint[], %b::bigint[], %b::bigint[],
            %b::int[], %b::int[], %b::int[], %b::text[], %b::text[])
            AS row(mine, type, name, sha, header, received, seq, size, records, bad, status, message)
        ON CONFLICT (journal_id, journal_seq) DO NOTHING
        """,
        [
            journal,
            [file.mine_id for file in files],
            [file.type for file in files],
            [file.name for file in files],
            [file.sha256 for file in files],
            [file.header_at for file in files],
            [file.received_at for file in files],
            [file.seq for file in files],
            [file.size for file in files],
            [file.records for file in files],
            [file.bad for file in files],
            [file.status for file in files],
            [file.message for file in files],
        ],
    )


def _write_live(cursor: Cursor, live: Sequence[LiveData]) -> None:
    if not live:
        return
    cursor.execute(
        """
        INSERT INTO monitor_liverow (mine_id, at, received_at, points, times, values, statuses, highest,
            highest_point_id, open_episodes)
        SELECT mine, to_timestamp(at), to_timestamp(received), points, times, vals, statuses, highest * 0.000001,
            highest_point, (SELECT count(*) FROM monitor_episode AS e
                WHERE e.mine_id = mine AND e.ended_at IS NULL AND NOT e.withdrawn)
        FROM unnest(%b::bigint[], %b::bigint[], %b::bigint[], %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[],
            %b::bigint[], %b::bigint[])
            AS row(mine, at, received, points, times, vals, statuses, highest, highest_point)
        ON CONFLICT (mine_id) DO UPDATE SET at = EXCLUDED.at, received_at = EXCLUDED.received_at,
            points = EXCLUDED.points, times = EXCLUDED.times, values = EXCLUDED.values,
            statuses = EXCLUDED.statuses, highest = EXCLUDED.highest, highest_point_id = EXCLUDED.highest_point_id,
            open_episodes = EXCLUDED.open_episodes
        """,
        [
            [mine_live.mine_id for mine_live in live],
            [mine_live.at for mine_live in live],
            [mine_live.received_at for mine_live in live],
            [mine_live.points for mine_live in live],
            [mine_live.times for mine_live in live],
            [mine_live.values for mine_live in live],
            [mine_live.statuses for mine_live in live],
            [mine_live.highest for mine_live in live],
            [mine_live.highest_point for mine_live in live],
        ],
    )


def write_cursor(journal: int, seq: int, replay_from: int, at: datetime) -> None:
    """Keep how far the database is and where a replay has to start."""
    with transaction_cursor() as cursor:
        _write_cursor(cursor, journal, seq, replay_from, at)


def _write_cursor(cursor: Cursor, journal: int, seq: int, replay_from: int, at: datetime) -> None:
    cursor.execute(
        """
        UPDATE monitor_cursor SET journal_seq = greatest(journal_seq, %s), replay_from = %s, saved_at = %s WHERE id = %s
        """,
        [seq, replay_from, at, journal],
    )


def _episode_messages(cursor: Cursor, keys: Iterable[int]) -> list[str]:
    wanted = sorted(set(keys))
    if not wanted:
        return []
    cursor.execute(
        """
        SELECT e.id, u.path FROM monitor_episode AS e JOIN core_unit AS u ON u.id = e.mine_id
        WHERE e.id = ANY(%b::bigint[]) ORDER BY e.id
        """,
        [wanted],
    )
    return [message("episode", "episode", key, path) for key, path in cursor.fetchall()]
