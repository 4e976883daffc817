"""Proves that the audit trail is whole, or names the first row that is not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction

from kuangan.base import clock
from kuangan.core.models import Event, EventHead
from kuangan.core.queries.trail import heads_between
from kuangan.core.trail.chain import event_digest, seal_digest
from kuangan.core.trail.restorations import misfits
from kuangan.core.trail.sealing import is_signed, restorations

BATCH = 2000


@dataclass(frozen=True)
class Break:
    """The first row that does not fit: its subject and number in the chain (or the sealed day), and why (Chinese)."""

    kind: str
    id: str
    seq: int
    reason: str


@dataclass(frozen=True)
class Proof:
    """What was checked, and the first break; None = everything fits."""

    events: int
    chains: int
    days: int
    broken: Break | None


def verify_trail(*, moments: bool = False) -> Proof:
    """Recompute every chain and every day's seal, in one snapshot when called outside a transaction.

    ``moments``: also hold each event's moment against its insertion; not where the clock is moved.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        broken = (
            first_broken_event(_all_events(), moments=moments) or _first_broken_seal() or _first_broken_restoration()
        )
        return Proof(
            events=Event.objects.count(),
            chains=Event.objects.filter(seq=1).count(),
            days=EventHead.objects.count(),
            broken=broken,
        )


def _all_events() -> Iterator[Event]:
    return Event.objects.order_by("subject_kind", "subject_id", "seq").iterator(chunk_size=BATCH)


def first_broken_event(events: Iterable[Event], *, moments: bool = False) -> Break | None:
    """The first event, in the order of the chains, whose number, link, digest (or moment) does not fit."""
    subject: tuple[str, str] | None = None
    seq, prev = 0, ""
    for event in events:
        if (event.subject_kind, event.subject_id) != subject:
            subject, seq, prev = (event.subject_kind, event.subject_id), 0, ""
        reason = _misfit(event, subject, seq + 1, prev) or (_untimely(event) if moments else "")
        if reason:
            return Break(event.subject_kind, event.subject_id, event.seq, reason)
        seq, prev = event.seq, event.digest
    return None


def _misfit(event: Event, subject: tuple[str, str], expected_seq: int, prev: str) -> str:
    if event.seq != expected_seq:
        return f"序号应为{expected_seq}，其前有记录缺失"
    if event.prev_digest != prev:
        return "与前一条记录的摘要不衔接"
    recomputed = event_digest(
        subject=subject,
        seq=event.seq,
        actor_id=event.actor_id,
        acting_for_id=event.acting_for_id,
        action=event.action,
        data=event.data,
        at=event.at,
        prev_digest=event.prev_digest,
        source=event.source,
    )
    return "" if recomputed == event.digest else "内容与摘要不符，记录被改动"


AHEAD = timedelta(hours=1)
BACK = timedelta(hours=2)
"""How far an event's moment may lie from its insertion: a mine's clock may be fast, an action may take long."""


def _untimely(event: Event) -> str:
    """Why the moment of an event cannot be true; the platform's own may tell of earlier things."""
    if event.inserted_at is None:
        return ""
    if event.at > event.inserted_at + AHEAD:
        return f"记录时间晚于入库时间{event.inserted_at:%Y-%m-%d %H:%M}，系补记或时钟被拨快"
    if event.actor_id is not None and event.at < event.inserted_at - BACK:
        return f"记录时间早于入库时间{event.inserted_at:%Y-%m-%d %H:%M}，系倒签"
    return ""


def _first_broken_seal() -> Break | None:
    """The first sealed day whose range, link, digest or signature does not fit: rows taken off a chain's end show here."""
    next_id, prev, signed = 1, "", False
    today, breaks = clock.civil_date(clock.now()), restorations()
    for seal in EventHead.objects.order_by("day"):
        if seal.day >= today:
            return Break("core.eventhead", seal.day.isoformat(), 0, "封存日期尚未到来，不是平台所作的封存")
        if (seal.signature or signed) and not is_signed(seal, breaks):
            return Break("core.eventhead", seal.day.isoformat(), 0, "封存的签名不成立，不是本机密钥所签")
        signed = signed or bool(seal.signature)
        if seal.first_id != next_id or seal.prev_digest != prev:
            return Break("core.eventhead", seal.day.isoformat(), 0, "与前一日封存不衔接")
        heads = heads_between(seal.first_id, seal.last_id)
        if seal_digest(heads, day=seal.day, last_id=seal.last_id, prev_digest=prev) != seal.digest:
            return Break("core.eventhead", seal.day.isoformat(), 0, "当日封存摘要与现有记录不符，有记录被删除或增补")
        next_id, prev = seal.last_id + 1, seal.digest
    return None


def _first_broken_restoration() -> Break | None:
    """The first break that a restore left and that does not prove itself."""
    for restoration, reason in misfits(restorations()):
        return Break("core.restoration", str(restoration.pk), 0, reason)
    return None
