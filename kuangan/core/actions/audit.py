"""Writing the audit trail and sealing its days."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from kuangan.base import clock
from kuangan.core.bulk import insert_rows
from kuangan.core.errors import Refused
from kuangan.core.models import Event, EventHead, Post, User
from kuangan.core.queries.trail import Subject, ended_seals, heads_between, subject_key
from kuangan.core.source import source_address
from kuangan.core.trail.chain import event_digest, plain, seal_digest
from kuangan.core.trail.sealing import sign

TRAIL_LOCK = 0x6B75616E
"""The advisory lock that writers of events share and the nightly seal takes alone."""


def record(
    *,
    actor: User | None,
    action: str,
    subject: Subject,
    data: Mapping[str, Any] | None = None,
    at: datetime | None = None,
    acting_for: Post | None = None,
) -> Event:
    """Append one event to the subject's chain, inside the caller's transaction; `actor` None is the platform itself.

    A lock per subject, held to the end of the transaction, keeps the chain free of gaps however many write at once.
    Two transactions that record the same two subjects in opposite order can deadlock; PostgreSQL then fails one.
    Raises RuntimeError outside a transaction: the change and its record must stand or fall together.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(
            f"record({action!r}) outside a transaction; wrap the change and its record in transaction.atomic()"
        )
    kind, key = subject_key(subject)
    _lock_chain(kind, key)
    last = Event.objects.filter(subject_kind=kind, subject_id=key).order_by("-seq").only("seq", "digest").first()
    moment = at or clock.now()
    seq, prev_digest = (last.seq + 1, last.digest) if last else (1, "")
    facts: dict[str, Any] = {
        "seq": seq,
        "actor_id": actor.pk if actor else None,
        "acting_for_id": acting_for.pk if acting_for else None,
        "action": action,
        "data": plain(data or {}),
        "at": moment,
        "prev_digest": prev_digest,
        "source": source_address.get(),
    }
    event = event_digest(subject=(kind, key), **facts)
    return Event.objects.create(subject_kind=kind, subject_id=key, digest=event, **facts)


@dataclass(frozen=True)
class Line:
    """One event to be: its subject, what was done, and by whom (None: the platform)."""

    subject: Subject
    action: str
    data: Mapping[str, Any] = field(default_factory=dict)
    actor: User | None = None


def record_many(lines: Iterable[Line], at: datetime) -> int:
    """Append one event per line, as :func:`record` does for one, in four queries however many there are.

    The chains are locked in the order of their names, so that two such calls never wait for each other in a ring.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("record_many() outside a transaction; wrap the changes and their records in one")
    named = [(subject_key(line.subject), line) for line in lines]
    if not named:
        return 0
    keys = sorted({key for key, _ in named})
    _lock_chains(keys)
    heads = _heads_of(keys)
    events: list[tuple[Any, ...]] = []
    for key, line in named:
        event = _following(key, line, heads.get(key, (0, "")), at)
        heads[key] = event[2], event[8]
        events.append(event)
    return insert_rows("core_event", _COLUMNS, events)


_COLUMNS = {
    "subject_kind": "text",
    "subject_id": "text",
    "seq": "integer",
    "actor_id": "bigint",
    "action": "text",
    "data": "jsonb",
    "at": "timestamptz",
    "prev_digest": "text",
    "digest": "text",
    "source": "text",
}


def _following(key: tuple[str, str], line: Line, head: tuple[int, str], at: datetime) -> tuple[Any, ...]:
    """The row after the chain's newest (seq, digest), in the order of the columns."""
    seq, actor_id, content = head[0] + 1, line.actor.pk if line.actor else None, plain(line.data)
    source = source_address.get()
    digest = event_digest(
        subject=key,
        seq=seq,
        actor_id=actor_id,
        acting_for_id=None,
        action=line.action,
        data=content,
        at=at,
        prev_digest=head[1],
        source=source,
    )
    return (*key, seq, actor_id, line.action, json.dumps(content, ensure_ascii=False), at, head[1], digest, source)


def _heads_of(keys: list[tuple[str, str]]) -> dict[tuple[str, str], tuple[int, str]]:
    """The newest (seq, digest) of each chain that has one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.kind, k.id, e.seq, e.digest FROM unnest(%s::text[], %s::text[]) AS k(kind, id)"
            " CROSS JOIN LATERAL (SELECT seq, digest FROM core_event"
            " WHERE subject_kind = k.kind AND subject_id = k.id ORDER BY seq DESC LIMIT 1) AS e",
            [[kind for kind, _ in keys], [key for _, key in keys]],
        )
        return {(kind, key): (seq, digest) for kind, key, seq, digest in cursor.fetchall()}


def _lock_chains(keys: list[tuple[str, str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(%s), (SELECT count(pg_advisory_xact_lock(hashtextextended(name, 0)))"
            " FROM (SELECT name FROM unnest(%s::text[]) WITH ORDINALITY AS n(name, place) ORDER BY place OFFSET 0) AS o)",
            [TRAIL_LOCK, [f"{kind}/{key}" for kind, key in keys]],
        )


def _lock_chain(kind: str, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(%s), pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [TRAIL_LOCK, f"{kind}/{key}"],
        )


@transaction.atomic
def freeze_day(*, day: date, at: datetime | None = None) -> EventHead:
    """Seal every event since the last seal under `day`; run nightly for the day that ended.

    Events are taken by their row number, not by their moment, and the seal waits for all transactions that are
    writing events, so that none can slip in below the seal later. Refused when `day` or a later one is sealed, and for
    a day that has not ended: a seal of a day to come would keep the nights before it from being sealed.
    """
    moment = at or clock.now()
    if day >= clock.civil_date(moment):
        raise Refused(f"{day:%Y-%m-%d}尚未结束，不能封存当日操作记录。")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TRAIL_LOCK])
    last = ended_seals(moment).first()
    if last is not None and last.day >= day:
        raise Refused(f"{day:%Y-%m-%d}的操作记录已封存（最近封存日期为{last.day:%Y-%m-%d}），不得重复封存。")
    first_id = last.last_id + 1 if last else 1
    newest = Event.objects.order_by("-id").values_list("id", flat=True).first()
    last_id = max(newest or 0, first_id - 1)
    prev_digest = last.digest if last else ""
    day_digest = seal_digest(heads_between(first_id, last_id), day=day, last_id=last_id, prev_digest=prev_digest)
    return EventHead.objects.create(
        day=day,
        first_id=first_id,
        last_id=last_id,
        prev_digest=prev_digest,
        digest=day_digest,
        at=moment,
        signature=sign(day_digest),
    )


def seal_ended_day(at: datetime | None = None) -> EventHead | None:
    """Seal the Beijing day before `at` unless it (or a later one) is sealed; for the sweep, at any time of the day.

    Days on which the platform did not run are covered by the next seal, since seals go by row numbers.
    """
    moment = at or clock.now()
    day = clock.civil_date(moment) - timedelta(days=1)
    if ended_seals(moment).filter(day=day).exists():
        return None
    try:
        return freeze_day(day=day, at=moment)
    except Refused:  # another process sealed it in between
        return None
