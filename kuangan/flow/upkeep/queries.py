"""How the platform does, for its operator: what waits, what nobody will look at again, the newest of each kind. Nobody else gets a row."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.db.models import Model, Q, QuerySet

from kuangan.casework.models import Case, CaseCheck, CaseClock
from kuangan.core.models import (
    Backup,
    BackupKind,
    Call,
    Delivery,
    Event,
    EventHead,
    Restoration,
    RestoreTrial,
    TrailCheck,
    User,
)
from kuangan.core.queries import roles_of
from kuangan.flow.models import ChangedEntry, RuleRun
from kuangan.law.content import procedures
from kuangan.law.role import Role
from kuangan.monitor.models import Cursor, Episode, LiveRow
from kuangan.monitor.queries import silences_to_take

Row = TypeVar("Row", bound=Model)
MOST_NAMED = 50
"""So many of one kind are named; more say no more."""
MOST_FAILED = 10


def _for_operator(reader: User, kept: QuerySet[Row]) -> QuerySet[Row]:
    operates = any(hold.role is Role.operator for hold in roles_of(reader))
    return kept if operates else kept.none()


class WaitingWork(NamedTuple):
    """Work of one kind that is due: how much, and since when the oldest."""

    name: str
    number: int
    oldest: datetime | None


def waiting_work(reader: User, at: datetime) -> list[WaitingWork]:
    """What waits to be dealt with, by kind."""
    return [
        _waiting("未处置的报警过程", _for_operator(reader, Episode.objects.filter(reacted_at=None)), "recorded_at"),
        _waiting("未处置的数据中断", _for_operator(reader, silences_to_take(at)), "noticed_at"),
        _waiting("到点的期限", _for_operator(reader, CaseClock.objects.filter(wakes_at__lte=at)), "wakes_at"),
        _waiting("到点的系统核对", _for_operator(reader, CaseCheck.objects.filter(wakes_at__lte=at)), "wakes_at"),
        _waiting("待发送的消息", _for_operator(reader, Delivery.objects.filter(next_at__lte=at)), "next_at"),
        _waiting("待判定的台账变化", _for_operator(reader, ChangedEntry.objects.all()), "at"),
        _waiting("到点的叫应", _for_operator(reader, Call.objects.filter(next_at__lte=at)), "next_at"),
    ]


def _waiting(name: str, due: QuerySet[Row], oldest: str) -> WaitingWork:
    return WaitingWork(name, due.count(), due.order_by(oldest).values_list(oldest, flat=True).first())


@dataclass(frozen=True)
class Sleepless:
    """What is open but will never be looked at again, and rules that fail: there should be none."""

    clocks: QuerySet[CaseClock]
    checks: QuerySet[CaseCheck]
    rules: QuerySet[RuleRun]
    cases: QuerySet[Case]


def sleepless_work(reader: User) -> Sleepless:
    """Deadlines and checks without a next wake-up, rules whose last run failed, cases without the clock that they began with."""
    running = CaseClock.objects.filter(
        stopped_at=None, paused_at=None, lapsed_at=None, wakes_at=None, kind="deadline", case__closed_at=None
    )
    checks = CaseCheck.objects.filter(done_at=None, wakes_at=None)
    return Sleepless(
        clocks=_for_operator(reader, running.select_related("case"))[:MOST_NAMED],
        checks=_for_operator(reader, checks.select_related("case"))[:MOST_NAMED],
        rules=_for_operator(reader, RuleRun.objects.exclude(error=""))[:MOST_NAMED],
        cases=_for_operator(reader, Case.objects.filter(_clocked(), closed_at=None, clocks=None))[:MOST_NAMED],
    )


def _clocked() -> Q:
    """Cases of procedures in which a clock runs from the opening."""
    laws = [
        law for law in procedures() for clock in law.clocks if "open" in clock.starts or law.initial in clock.during
    ]
    return Q(procedure__in=[law.id for law in laws])


@dataclass(frozen=True)
class Newest:
    """The newest of each kind: the ingest's cursor, a reading received, the proof and the seal of the trail; events in all."""

    cursor: Cursor | None
    received_at: datetime | None
    events: int
    check: TrailCheck | None
    seal: EventHead | None


def newest_marks(reader: User) -> Newest:
    """What shows that feed, trail, proof and seal go on."""
    received = _for_operator(reader, LiveRow.objects.order_by("-received_at"))
    return Newest(
        cursor=_for_operator(reader, Cursor.objects.filter(ended_at=None).order_by("-saved_at")).first(),
        received_at=received.values_list("received_at", flat=True).first(),
        events=_for_operator(reader, Event.objects.all()).count(),
        check=_for_operator(reader, TrailCheck.objects.order_by("-asked_at")).first(),
        seal=_for_operator(reader, EventHead.objects.order_by("-day")).first(),
    )


@dataclass(frozen=True)
class BackupMarks:
    """The newest backup that was taken, whether one has the keys, the newest trial to restore one, the last real restore."""

    taken: Backup | None
    has_keys: bool
    trial: RestoreTrial | None
    restoration: Restoration | None


def backup_marks(reader: User) -> BackupMarks:
    """What shows that there is a way back."""
    taken = _for_operator(reader, Backup.objects.filter(is_taken=True).order_by("-began_at"))
    return BackupMarks(
        taken=taken.exclude(kind=BackupKind.upgrade).first(),
        has_keys=taken.filter(has_keys=True, removed_at=None).exists(),
        trial=_for_operator(reader, RestoreTrial.objects.order_by("-at")).first(),
        restoration=_for_operator(reader, Restoration.objects.order_by("-at")).first(),
    )


def kept_backups(reader: User) -> QuerySet[Backup]:
    """The backups that were not removed since, and runs that failed; the newest first."""
    return _for_operator(reader, Backup.objects.filter(removed_at=None).order_by("-began_at"))[:MOST_NAMED]


def failed_deliveries(reader: User) -> QuerySet[Delivery]:
    """The last messages that could not be sent."""
    return _for_operator(reader, Delivery.objects.filter(status="failed").order_by("-pk"))[:MOST_FAILED]
