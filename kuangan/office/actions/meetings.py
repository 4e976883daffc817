"""Calling a meeting, signing up, attendance, minutes and decisions. What follows in ledgers is joined in ``flow``."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction

from kuangan.base import clock
from kuangan.base.text import person_name
from kuangan.core.actions import end_notices, record, send_notice, sign_for_notice
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment, Notice, Unit, User
from kuangan.core.subject import about
from kuangan.office.models import Circular, Decision, Invitation, Meeting, MeetingKind
from kuangan.office.standing import acting_at, acting_office, checked_receivers

MEETING = "office_meeting"


@transaction.atomic
def call_meeting(
    *,
    actor: User,
    organiser: Unit,
    title: str,
    starts_at: datetime,
    place: str,
    chair: str,
    agenda: str,
    receivers: Iterable[Unit],
    kind: str = MeetingKind.meeting,
    remark: str = "",
    attachments: Iterable[Attachment] = (),
    at: datetime | None = None,
) -> Meeting:
    """Call units to a meeting; each gets a notice to sign. Refused: not one's office, units outside its area, no units.

    A meeting that was held before may be entered afterwards.
    """
    moment = at or clock.now()
    hold = acting_office(actor, organiser, moment)
    units = checked_receivers(organiser, receivers)
    made = Meeting.objects.create(
        kind=MeetingKind(kind),
        organiser=organiser,
        path=organiser.path,
        title=title,
        starts_at=starts_at,
        place=place,
        chair=person_name(chair),
        agenda=agenda,
        remark=remark,
        called_at=moment,
        called_by=actor,
    )
    made.attachments.set(attachments)
    _invite_all(actor, made, units, moment)
    content = {"title": title, "kind": made.kind, "starts_at": starts_at, "to": [unit.code for unit in units]}
    record(actor=actor, action="meeting_called", subject=made, data=content, at=moment, acting_for=hold.acting_for)
    return made


def _invite_all(actor: User, meeting: Meeting, units: Iterable[Unit], at: datetime) -> None:
    for unit in units:
        _invite(actor, meeting, unit, at)


def _invite(actor: User, meeting: Meeting, unit: Unit, at: datetime) -> None:
    starts = clock.civil(meeting.starts_at).strftime("%Y-%m-%d %H:%M")
    notice = send_notice(
        actor=actor,
        unit=unit,
        title=f"会议通知：{meeting.title}"[:200],
        body=f"{starts}，{meeting.place}。请签收并报送参会人员。",
        kind=MEETING,
        subject=about("meeting", meeting.pk),
        due_at=meeting.starts_at,
        at=at,
    )
    Invitation.objects.create(meeting=meeting, unit=unit, path=unit.path, notice=notice)


@transaction.atomic
def sign_up(
    *, actor: User, invitation: Invitation, people: str = "", excuse: str = "", at: datetime | None = None
) -> Invitation:
    """Say who comes, or why nobody does; signs for the notice too. May be changed until the meeting begins.

    Refused: neither or both given, the meeting was cancelled or has begun.
    """
    moment = at or clock.now()
    own = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("meeting", "unit", "notice")
        .get(pk=invitation.pk)
    )
    hold = acting_at(actor, own.unit, moment)
    _open(own.meeting)
    if own.meeting.starts_at <= moment:
        raise Refused("会议已开始，不能再报名；请与召集单位联系。")
    if bool(people.strip()) == bool(excuse.strip()):
        raise Refused("请填写参会人员；不能参会的，填写请假原因。")
    if own.notice.received_at is None:
        sign_for_notice(actor=actor, notice=own.notice, at=moment)
    own.people, own.excuse, own.answered_at, own.answered_by = people.strip(), excuse.strip(), moment, actor
    own.save(update_fields=["people", "excuse", "answered_at", "answered_by"])
    content = {"unit": own.unit.code, "people": own.people, "excuse": own.excuse}
    record(
        actor=actor, action="meeting_answered", subject=own.meeting, data=content, at=moment, acting_for=hold.acting_for
    )
    return own


@transaction.atomic
def note_attendance(*, actor: User, meeting: Meeting, present: Collection[int], at: datetime | None = None) -> int:
    """Note which invitations (by key) were followed; all others count as absent. Returns how many came.

    Refused: cancelled, not begun.
    """
    moment = at or clock.now()
    acting_office(actor, meeting.organiser, moment)
    _open(meeting)
    if meeting.starts_at > moment:
        raise Refused("会议尚未开始，不能登记到会情况。")
    meeting.invitations.filter(pk__in=present).update(attended=True)
    meeting.invitations.exclude(pk__in=present).update(attended=False)
    came = meeting.invitations.filter(attended=True).count()
    end_notices(actor=actor, notices=Notice.objects.filter(invitation__meeting=meeting), at=moment)
    record(actor=actor, action="meeting_attended", subject=meeting, data={"present": sorted(present)}, at=moment)
    return came


@transaction.atomic
def keep_minutes(
    *,
    actor: User,
    meeting: Meeting,
    problems: str,
    number: str = "",
    files: Iterable[Attachment] = (),
    entry: int | None = None,
    at: datetime | None = None,
) -> Meeting:
    """Keep the minutes, with the serial of the ledger's entry where there is one. Refused: cancelled, no attendance yet, kept before."""
    moment = at or clock.now()
    acting_office(actor, meeting.organiser, moment)
    locked = Meeting.objects.select_for_update().get(pk=meeting.pk)
    _open(locked)
    if locked.minutes_at is not None:
        raise Refused("会议纪要已登记；更正请在会议台账中办理。")
    if locked.invitations.filter(attended__isnull=True).exists():
        raise Refused("请先登记到会情况，再登记纪要。")
    locked.problems, locked.minutes_number, locked.entry = problems, number, entry
    locked.minutes_at, locked.minutes_by = moment, actor
    locked.save(update_fields=["problems", "minutes_number", "entry", "minutes_at", "minutes_by"])
    locked.minutes.set(files)
    record(actor=actor, action="minutes_kept", subject=locked, data={"number": number, "entry": entry}, at=moment)
    meeting.refresh_from_db()
    return meeting


@transaction.atomic
def add_decision(
    *,
    actor: User,
    meeting: Meeting,
    matter: str,
    responsible: Unit,
    due_on: date,
    prominent: bool = False,
    entry: int | None = None,
    circular: Circular | None = None,
    at: datetime | None = None,
) -> Decision:
    """Add one decision with what follows it up: the ledger's entry or an assignment. Refused before the minutes."""
    moment = at or clock.now()
    acting_office(actor, meeting.organiser, moment)
    if meeting.minutes_at is None:
        raise Refused("请先登记会议纪要，再登记议定事项。")
    made = Decision.objects.create(
        meeting=meeting,
        matter=matter,
        responsible=responsible,
        path=responsible.path,
        due_on=due_on,
        prominent=prominent,
        entry=entry,
        circular=circular,
        at=moment,
        by=actor,
    )
    content = {"matter": matter, "responsible": responsible.code, "due_on": due_on, "entry": entry}
    record(actor=actor, action="decision_added", subject=meeting, data=content, at=moment)
    return made


@transaction.atomic
def cancel_meeting(*, actor: User, meeting: Meeting, reason: str, at: datetime | None = None) -> Meeting:
    """Call a meeting off and tell those invited. Refused: no reason, called off before, minutes kept."""
    moment = at or clock.now()
    acting_office(actor, meeting.organiser, moment)
    if not reason.strip():
        raise Refused("请填写取消原因。")
    open_one = Meeting.objects.filter(pk=meeting.pk, cancelled_at=None, minutes_at=None)
    if not open_one.update(cancelled_at=moment, cancelled_for=reason.strip()):
        raise Refused("会议已取消或已登记纪要，不能取消。")
    end_notices(actor=actor, notices=Notice.objects.filter(invitation__meeting=meeting), at=moment)
    for invitation in meeting.invitations.select_related("unit"):
        send_notice(
            actor=actor,
            unit=invitation.unit,
            title=f"会议取消：{meeting.title}"[:200],
            body=reason.strip(),
            kind=MEETING,
            subject=about("meeting", meeting.pk),
            channels=("screen", "sms"),
            at=moment,
        )
    record(actor=actor, action="meeting_cancelled", subject=meeting, data={"reason": reason}, at=moment)
    meeting.refresh_from_db()
    return meeting


def _open(meeting: Meeting) -> None:
    if meeting.cancelled_at is not None:
        raise Refused(f"会议已取消：{meeting.cancelled_for}")
