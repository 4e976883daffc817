"""What follows from a meeting: entries in the ledgers of meetings and decisions, duties or assignments, and their evidence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from kuangan.base import clock
from kuangan.core.models import Attachment, Unit, User
from kuangan.core.subject import Subject, about
from kuangan.duty.models import Duty
from kuangan.duty.status import status_of
from kuangan.flow.credit.entries import record_entry
from kuangan.law.duty.obligation_file import obligations
from kuangan.law.ledger import ledger_by_id
from kuangan.office.actions import meetings as actions
from kuangan.office.actions.circulars import send_circular
from kuangan.office.models import Circular, CircularKind, Decision, Meeting, MeetingKind


@dataclass(frozen=True)
class MeetingLedgers:
    """The ledgers of a kind of meeting: of the meetings themselves, and of what they decided."""

    meetings: str
    decisions: str


BOOKS: Final[Mapping[str, MeetingLedgers]] = {
    MeetingKind.meeting: MeetingLedgers("coal_meeting", "meeting_decision"),
    MeetingKind.consultation: MeetingLedgers("risk_consultation", "risk_conclusion"),
}


def may_hold(unit: Unit, kind: str) -> bool:
    """Whether a unit's meetings and decisions of a kind are entries of the ledgers; others hand out assignments."""
    return unit.kind in ledger_by_id(BOOKS[kind].meetings).keepers


def books_of(meeting: Meeting) -> MeetingLedgers | None:
    """The ledgers in which the meeting and its decisions are entered; None where its organiser keeps none."""
    return BOOKS[meeting.kind] if may_hold(meeting.organiser, meeting.kind) else None


@transaction.atomic
def keep_minutes(
    *,
    actor: User,
    meeting: Meeting,
    problems: str,
    number: str = "",
    draft: str = "",
    files: Sequence[Attachment] = (),
    at: datetime | None = None,
) -> Meeting:
    """Keep the minutes; a government's meeting or a bureau's consultation becomes an entry of its ledger, so that the duty sees it.

    ``problems``: of a consultation its conclusions, ``draft``: the report that it was about. Refused as the office's action and the
    ledger refuse.
    """
    moment = at or clock.now()
    serial, books = None, books_of(meeting)
    if books is not None:
        values = _entry_of(meeting, problems, number, draft, files)
        made = record_entry(actor=actor, ledger_id=books.meetings, unit=meeting.organiser, values=values, at=moment)
        serial = made.serial
    return actions.keep_minutes(
        actor=actor, meeting=meeting, problems=problems, number=number, files=files, entry=serial, at=moment
    )


def _entry_of(
    meeting: Meeting, problems: str, number: str, draft: str, files: Iterable[Attachment]
) -> dict[str, object]:
    came = meeting.invitations.filter(attended=True).select_related("unit").order_by("path")
    signed_up = [(line, invitation.unit) for invitation in came for line in invitation.people.splitlines()]
    people = [_attendee(line, unit) for line, unit in signed_up if line.strip()]
    shared: dict[str, object] = {
        "held_on": clock.civil_date(meeting.starts_at).isoformat(),
        "title": meeting.title,
        "chair": meeting.chair,
        "attendees": people or [{"name": meeting.chair}],
        "minutes": [file.pk for file in files],
    }
    if meeting.kind == MeetingKind.consultation:
        return {**shared, "draft": draft, "conclusions": problems}
    return {**shared, "agenda": meeting.agenda, "problems": problems, "minutes_number": number}


def _attendee(line: str, unit: Unit) -> dict[str, str]:
    """A line of the sign-up (职务 姓名) as a row: the last word is the name."""
    post, _, name = line.strip().rpartition(" ")
    return {"name": name, "unit": unit.code, **({"post": post.strip()} if post.strip() else {})}


@transaction.atomic
def add_decision(
    *,
    actor: User,
    meeting: Meeting,
    matter: str,
    responsible: Unit,
    due_on: date,
    prominent: bool = False,
    at: datetime | None = None,
) -> Decision:
    """Note a decision so that somebody owes it: an entry of the ledger of decisions, or an assignment of the office."""
    moment = at or clock.now()
    serial, assigned, books = None, None, books_of(meeting)
    if books is not None:
        held_on = clock.civil_date(meeting.starts_at).isoformat()
        values: dict[str, object] = {"matter": matter, "responsible": responsible.code, "due_on": due_on.isoformat()}
        if meeting.kind == MeetingKind.consultation:
            values |= {"concluded_on": held_on}
        else:
            values |= {"decided_on": held_on, "meeting": meeting.title, "prominent": prominent}
        made = record_entry(actor=actor, ledger_id=books.decisions, unit=meeting.organiser, values=values, at=moment)
        serial = made.serial
    else:
        assigned = _assigned(actor, meeting, matter, responsible, due_on, moment)
    return actions.add_decision(
        actor=actor,
        meeting=meeting,
        matter=matter,
        responsible=responsible,
        due_on=due_on,
        prominent=prominent,
        entry=serial,
        circular=assigned,
        at=moment,
    )


def _assigned(actor: User, meeting: Meeting, matter: str, responsible: Unit, due_on: date, at: datetime) -> Circular:
    """The decision as an assignment of the office."""
    return send_circular(
        actor=actor,
        issuer=meeting.organiser,
        kind=CircularKind.assignment,
        title=f"会议议定事项：{matter}"[:200],
        body=f"{meeting.title}议定：{matter}。请按期办结并反馈。",
        receivers=[responsible],
        feedback_due_at=clock.beijing_midnight(clock.day_after(due_on)),
        at=at,
    )


@dataclass(frozen=True)
class FollowUp:
    """How a decision stands: in words, done or not, by when, and what shows the evidence."""

    decision: Decision
    status: str
    done: bool
    due_at: datetime
    subject: Subject


def follow_ups(decisions: Iterable[Decision], at: datetime) -> list[FollowUp]:
    """The decisions with how they stand, in two queries for all."""
    listed = list(decisions)
    following = [
        obligation.id
        for obligation in obligations().values()
        if obligation.trigger and obligation.trigger.ledger in {books.decisions for books in BOOKS.values()}
    ]
    subjects = [_subject(decision) for decision in listed if decision.entry]
    duties = {duty.subject: duty for duty in Duty.objects.filter(obligation__in=following, subject__in=subjects)}
    return [_follow_up(decision, duties.get(_subject(decision)), at) for decision in listed]


def _subject(decision: Decision) -> str:
    """How the duty that follows a decision names it: as ``flow.credit.matching.subject_of`` names its entry."""
    return f"entry:{decision.entry}"


def _follow_up(decision: Decision, duty: Duty | None, at: datetime) -> FollowUp:
    due_at = clock.beijing_midnight(clock.day_after(decision.due_on))
    if duty is not None:
        status = status_of(duty, at)
        return FollowUp(decision, status.label, duty.done_at is not None, duty.due_at, about("duty", duty.pk))
    if decision.circular is not None:
        receipt = decision.circular.receipts.select_related("notice").first()
        answered = receipt is not None and receipt.feedback_at is not None
        signed = receipt is not None and receipt.notice.received_at is not None
        words = "已反馈" if answered else "已签收，办理中" if signed else "待签收"
        return FollowUp(decision, words, answered, due_at, about("circular", decision.circular_id))
    ledger_id = BOOKS[decision.meeting.kind].decisions
    return FollowUp(decision, "已列入台账", done=False, due_at=due_at, subject=about("ledger", ledger_id))
