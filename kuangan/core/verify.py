"""`kuangan verify`: proves that the audit trail is whole, or names the first row that is not."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from django.db import connection, transaction

from kuangan.core.chain import event_digest, seal_digest
from kuangan.core.models import Event, EventHead
from kuangan.core.queries.trail import heads_between

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


def verify_trail() -> Proof:
    """Recompute every chain and every day's seal, in one snapshot when called outside a transaction."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        broken = first_broken_event(_all_events()) or _first_broken_seal()
        return Proof(
            events=Event.objects.count(),
            chains=Event.objects.filter(seq=1).count(),
            days=EventHead.objects.count(),
            broken=broken,
        )


def _all_events() -> Iterator[Event]:
    return Event.objects.order_by("subject_kind", "subject_id", "seq").iterator(chunk_size=BATCH)


def first_broken_event(events: Iterable[Event]) -> Break | None:
    """The first event, in the order of the chains, whose number, link or digest does not fit."""
    subject: tuple[str, str] | None = None
    seq, prev = 0, ""
    for event in events:
        if (event.subject_kind, event.subject_id) != subject:
            subject, seq, prev = (event.subject_kind, event.subject_id), 0, ""
        reason = _misfit(event, subject, seq + 1, prev)
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


def _first_broken_seal() -> Break | None:
    """The first sealed day whose range, link or digest does not fit: rows taken off a chain's end show here."""
    next_id, prev = 1, ""
    for seal in EventHead.objects.order_by("day"):
        if seal.first_id != next_id or seal.prev_digest != prev:
            return Break("core.eventhead", seal.day.isoformat(), 0, "与前一日封存不衔接")
        heads = heads_between(seal.first_id, seal.last_id)
        if seal_digest(heads, day=seal.day, last_id=seal.last_id, prev_digest=prev) != seal.digest:
            return Break("core.eventhead", seal.day.isoformat(), 0, "当日封存摘要与现有记录不符，有记录被删除或增补")
        next_id, prev = seal.last_id + 1, seal.digest
    return None


def add_arguments(parser: ArgumentParser) -> None:
    """Options of `kuangan verify`."""
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")


def run(args: Namespace) -> int:
    """Print the proof; 0 = whole, 1 = broken."""
    proof = verify_trail()
    if args.json:
        print(json.dumps(asdict(proof), ensure_ascii=False))
    elif proof.broken is None:
        print(f"操作记录完整：{proof.events}条记录、{proof.chains}条链、{proof.days}个封存日，均核对一致。")
    else:
        at = proof.broken
        print(f"操作记录已损坏：{at.kind}/{at.id} 第{at.seq}条：{at.reason}。请保留现场并从备份核对。")
    return 1 if proof.broken else 0
