"""Call-until-answered (叫应): start, ring the next in line, answer, stop."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from kuangan.base import clock
from kuangan.core.actions.audit import record
from kuangan.core.errors import Refused
from kuangan.core.models import Call, CallAttempt, CallState, Channel, Delivery, DeliveryStatus, Person, Unit, User
from kuangan.core.resting import Resting
from kuangan.core.subject import Subject
from kuangan.core.wording import call_text

SWEEP_LIMIT = 50
_resting = Resting()


@transaction.atomic
def start_call(
    *,
    actor: User | None,
    unit: Unit,
    people_in_line: Sequence[Person],
    reason: str,
    interval: timedelta,
    rounds: int = 1,
    subject: Subject | None = None,
    at: datetime | None = None,
) -> Call:
    """Ring the first person now and plant the next ring after `interval`; the line is gone through `rounds` times.

    People without a number are passed over. A line in which nobody can be rung ends at once as exhausted, so that
    whoever waits for the answer goes on to the next level. ValueError for an interval or rounds not above zero.
    """
    if interval <= timedelta(0) or rounds < 1:
        raise ValueError(f"interval {interval} and rounds {rounds} must be above zero")
    moment = at or clock.now()
    line = list(dict.fromkeys(person.pk for person in people_in_line))
    call = Call.objects.create(
        unit=unit,
        reason=reason,
        link=str(subject or ""),
        line=line,
        interval=interval,
        rounds=rounds,
        started_at=moment,
        started_by=actor,
        next_at=moment,
    )
    facts = {"unit": unit.code, "reason": reason, "line": line}
    content = {**facts, "interval_s": interval.total_seconds(), "rounds": rounds}
    record(actor=actor, action="call_started", subject=call, data=content, at=moment)
    _ring_next(call, moment)
    return call


def advance_calls(at: datetime | None = None, limit: int = SWEEP_LIMIT) -> int:
    """Ring the next in line of every call whose time has come; returns how many calls moved. For the sweep."""
    moment = at or clock.now()
    due = Call.objects.filter(state=CallState.calling, next_at__lte=moment).order_by("next_at")
    return _resting.take_each(_advance, due[: limit + len(_resting)], moment, stage="call", label="叫应")


@transaction.atomic
def _advance(call: Call, at: datetime) -> bool:
    due = Call.objects.filter(pk=call.pk, state=CallState.calling, next_at__lte=at)
    locked = due.select_for_update(skip_locked=True).first()
    if locked is None:
        return False
    _ring_next(locked, at)
    return True


def _ring_next(call: Call, at: datetime) -> None:
    """Ring the next person who has a number, noting those who have none; end the call when the line is used up."""
    order: list[int] = call.line * call.rounds
    people = Person.objects.in_bulk(set(order))
    seq = call.attempts.aggregate(last=Max("seq"))["last"] or 0
    for person_id in order[seq:]:
        seq += 1
        person = people[person_id]
        _ring(call, seq, person, at)
        if person.phone:
            call.next_at = at + call.interval
            call.save(update_fields=["next_at"])
            return
    _end(call, CallState.exhausted, at)
    record(actor=None, action="call_exhausted", subject=call, data={"attempts": seq}, at=at)


def _ring(call: Call, seq: int, person: Person, at: datetime) -> None:
    delivery = Delivery(
        channel=Channel.phone, address=person.phone, receiver=person.name, text=call_text(call), next_at=at
    )
    if not person.phone:
        delivery.status, delivery.next_at = DeliveryStatus.failed, None
        delivery.last_error = f"{person.name}未登记电话，已转呼下一人；请补登电话。"
    delivery.save()
    CallAttempt.objects.create(call=call, seq=seq, person=person, at=at, delivery=delivery)
    record(
        actor=None,
        action="call_rang",
        subject=call,
        data={"seq": seq, "person": person.pk, "phone": person.phone},
        at=at,
    )


@transaction.atomic
def answer_call(*, actor: User | None, call: Call, person: Person, at: datetime | None = None, note: str = "") -> Call:
    """Note that `person` answered; nobody further is rung. Refused for a person not in line and for an ended call."""
    if person.pk not in call.line:
        raise Refused(f"{person.name}不在本次叫应名单中，请核对应答人。")
    moment = at or clock.now()
    _end(_open(call), CallState.answered, moment, answered_by=person)
    record(actor=actor, action="call_answered", subject=call, data={"person": person.pk, "note": note}, at=moment)
    call.refresh_from_db()
    return call


@transaction.atomic
def stop_call(*, actor: User | None, call: Call, reason: str, at: datetime | None = None) -> Call:
    """Stop ringing, because what it was for is settled otherwise. Refused for an ended call."""
    moment = at or clock.now()
    _end(_open(call), CallState.stopped, moment)
    record(actor=actor, action="call_stopped", subject=call, data={"reason": reason}, at=moment)
    call.refresh_from_db()
    return call


def _open(call: Call) -> Call:
    """The call, locked; refused when it has ended."""
    locked = Call.objects.select_for_update().get(pk=call.pk)
    if locked.state != CallState.calling:
        raise Refused(f"对{locked.unit}的叫应已结束（{CallState(locked.state).label}），不能再次登记。")
    return locked


def _end(call: Call, state: CallState, at: datetime, answered_by: Person | None = None) -> None:
    """End a locked call and drop its rings that have not gone out."""
    call.state, call.next_at, call.ended_at, call.answered_by = state, None, at, answered_by
    call.save(update_fields=["state", "next_at", "ended_at", "answered_by"])
    if state != CallState.exhausted:
        waiting = Delivery.objects.filter(attempt__call=call, status=DeliveryStatus.waiting)
        waiting.update(status=DeliveryStatus.dropped, next_at=None)
