"""Registering incoming papers and handling them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from kuangan.base import clock
from kuangan.base.workdays import MissingYear
from kuangan.core.actions import record, send_notice
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment, Person, Tenure, Unit, User
from kuangan.core.subject import about
from kuangan.law import local
from kuangan.law.time.calendar import workdays
from kuangan.law.time.span import Span, deadline, parse_span
from kuangan.office.models import Incoming, IncomingSource, IncomingStep, StepKind
from kuangan.office.standing import acting_at, acting_office

INCOMING = "office_incoming"


@transaction.atomic
def register_incoming(
    *,
    actor: User,
    unit: Unit,
    source: IncomingSource | str,
    sender: str,
    title: str,
    received_at: datetime,
    number: str = "",
    summary: str = "",
    due_at: datetime | None = None,
    span: Span | None = None,
    handler: Person | None = None,
    attachments: Iterable[Attachment] = (),
    at: datetime | None = None,
) -> Incoming:
    """Register a paper under the office's next number of the year.

    Due as written (``due_at``), after ``span``, or after the city's own span for its source. Refused: not one's office,
    received in the future, due before it was received, a year without calendar, a handler of another unit.
    """
    moment = at or clock.now()
    acting_office(actor, unit, moment)
    term = _term(IncomingSource(source), received_at, due_at, span)
    _check_moments(received_at, term["due_at"], moment)
    words = {"sender": sender, "number": number, "title": title, "summary": summary}
    made = _registered(actor, unit, received_at, source=IncomingSource(source), **words, **term)
    made.attachments.set(attachments)
    content = {"number": made.register_number, "title": title, "due_at": made.due_at, "span": made.span}
    record(actor=actor, action="incoming_registered", subject=made, data=content, at=moment)
    if handler is not None:
        assign_incoming(actor=actor, incoming=made, handler=handler, at=moment)
        made.refresh_from_db()
    return made


def _term(source: IncomingSource, received_at: datetime, due_at: datetime | None, span: Span | None) -> dict[str, Any]:
    """When a paper is due: as it is written, or counted from its receipt."""
    if due_at:
        return {"due_at": due_at, "span": "", "provisional": False}
    counted = span or _own_span(source, received_at)
    due, provisional = _counted(counted, received_at)
    return {"due_at": due, "span": str(counted), "provisional": provisional}


def _registered(actor: User, unit: Unit, received_at: datetime, **fields: Any) -> Incoming:
    """The row of a paper under the unit's next number of the year in which it was received."""
    year = clock.civil_date(received_at).year
    serial = _next_serial(unit, year)
    return Incoming.objects.create(
        unit=unit, year=year, serial=serial, received_at=received_at, registered_by=actor, **fields
    )


def _check_moments(received_at: datetime, due: datetime, at: datetime) -> None:
    if received_at > at:
        raise Refused("收文时间晚于当前时间，请核对。")
    if due <= received_at:
        raise Refused("办理期限早于收文时间，请核对。")


def _own_span(source: IncomingSource, received_at: datetime) -> Span:
    key = "office.incoming.due_instruction" if source == IncomingSource.instruction else "office.incoming.due"
    return parse_span(str(local.local(key, clock.civil_date(received_at)).value))


def _counted(span: Span, start: datetime) -> tuple[datetime, bool]:
    """The due time by the calendar, and whether that calendar is provisional."""
    calendar = workdays()
    try:
        due = deadline(span, start, calendar)
        last: date = clock.last_day(due)
        return due, calendar.is_provisional(last)
    except MissingYear as missing:
        raise Refused(f"{missing}；或直接填写办理期限。") from missing


def _next_serial(unit: Unit, year: int) -> int:
    """The next number of a unit's year; the unit is locked for it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('office_incoming'), %s)", [unit.pk])
    last = Incoming.objects.filter(unit=unit, year=year).aggregate(last=Max("serial"))["last"]
    return (last or 0) + 1


@transaction.atomic
def assign_incoming(
    *, actor: User, incoming: Incoming, handler: Person, text: str = "", at: datetime | None = None
) -> IncomingStep:
    """Give a paper to somebody of the office, who is told. Refused: closed, a person of another unit."""
    moment = at or clock.now()
    own = _open(actor, incoming, moment)
    if not Tenure.objects.filter(post__unit=own.unit, person=handler, to_at=None).exists():
        raise Refused(f"{handler.name}不在{own.unit.name}任职，请选择本单位人员。")
    own.handler = handler
    own.save(update_fields=["handler"])
    send_notice(
        actor=actor,
        unit=own.unit,
        person=handler,
        title=f"收文交办：{own.title}"[:200],
        body=text or own.summary[:300],
        kind=INCOMING,
        subject=about("incoming", own.pk),
        due_at=own.due_at,
        at=moment,
    )
    return _step(actor, own, StepKind.assigned, text, moment, handler)


@transaction.atomic
def note_opinion(*, actor: User, incoming: Incoming, text: str, at: datetime | None = None) -> IncomingStep:
    """Write an opinion or instruction on a paper. Refused: closed, nothing written."""
    moment = at or clock.now()
    own = _open(actor, incoming, moment)
    if not text.strip():
        raise Refused("请填写意见。")
    return _step(actor, own, StepKind.opinion, text, moment)


@transaction.atomic
def reply_incoming(
    *,
    actor: User,
    incoming: Incoming,
    text: str,
    number: str = "",
    files: Iterable[Attachment] = (),
    at: datetime | None = None,
) -> IncomingStep:
    """Note the reply that was given, with its number and files. Refused: closed, nothing written."""
    moment = at or clock.now()
    own = _open(actor, incoming, moment)
    if not text.strip():
        raise Refused("请填写回复内容。")
    own.reply_number, own.replied_at = number, moment
    own.save(update_fields=["reply_number", "replied_at"])
    made = _step(actor, own, StepKind.replied, text, moment)
    made.files.set(files)
    return made


@transaction.atomic
def close_incoming(*, actor: User, incoming: Incoming, text: str = "", at: datetime | None = None) -> IncomingStep:
    """End the handling. Refused: closed before; neither a reply nor a word on how it was dealt with."""
    moment = at or clock.now()
    own = _open(actor, incoming, moment)
    if own.replied_at is None and not text.strip():
        raise Refused("未回复的收文，办结须说明办理结果。")
    own.closed_at = moment
    own.save(update_fields=["closed_at"])
    return _step(actor, own, StepKind.closed, text, moment)


@transaction.atomic
def reopen_incoming(*, actor: User, incoming: Incoming, reason: str, at: datetime | None = None) -> IncomingStep:
    """Take up a closed paper again. Refused: not closed, no reason."""
    moment = at or clock.now()
    own = Incoming.objects.select_for_update(of=("self",)).select_related("unit").get(pk=incoming.pk)
    acting_at(actor, own.unit, moment)
    if own.closed_at is None or not reason.strip():
        raise Refused("已办结的收文，写明原因后方可恢复办理。")
    own.closed_at = None
    own.save(update_fields=["closed_at"])
    return _step(actor, own, StepKind.reopened, reason, moment)


def _open(actor: User, incoming: Incoming, at: datetime) -> Incoming:
    own = Incoming.objects.select_for_update(of=("self",)).select_related("unit").get(pk=incoming.pk)
    acting_at(actor, own.unit, at)
    if own.closed_at is not None:
        raise Refused("该收文已办结；需要继续办理的，请先恢复办理。")
    return own


def _step(
    actor: User, own: Incoming, kind: StepKind, text: str, at: datetime, person: Person | None = None
) -> IncomingStep:
    made = IncomingStep.objects.create(incoming=own, kind=kind, text=text.strip(), person=person, at=at, by=actor)
    content = {"text": made.text, "person": person.pk if person else None}
    record(actor=actor, action=f"incoming_{kind.value}", subject=own, data=content, at=at)
    return made
