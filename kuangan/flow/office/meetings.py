"""What follows from a meeting: entries in the ledgers of meetings and decisions, duties or assignments, and their evidence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

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
from kuangan.office.models import Circular, CircularKind, Decision, Meeting

MEETINGS = "coal_meeting"
DECISIONS = "meeting_decision"


def keeps_ledger(unit: Unit) -> bool:
    """Whether the unit's meetings and decisions are entries of the ledgers (governments); others hand out assignments."""
    return unit.kind in ledger_by_id(MEETINGS).keepers


@transaction.atomic
def keep_minutes(
    *,
    actor: User,
    meeting: Meeting,
    problems: str,
    number: str = "",
    files: Sequence[Attachment] = (),
    at: datetime | None = None,
) -> Meeting:
    """Keep the minutes; a government's meeting becomes an entry of the ledger, so that the meeting duty sees it.

    Refused as the office's action and the ledger refuse.
    """
    moment = at or clock.now()
    serial = None
    if keeps_ledger(meeting.organiser):
        values = _entry_of(meeting, problems, number, files)
        serial = record_entry(actor=actor, ledger_id=MEETINGS, unit=meeting.organiser, values=values, at=moment).serial
    return actions.keep_minutes(
        actor=actor, meeting=meeting, problems=problems, number=number, files=files, entry=serial, at=moment
    )


def _entry_of(meeting: Meeting, problems: str, number: str, files: Iterable[Attachment]) -> dict[str, object]:
    came = meeting.invitations.filter(attended=True).select_related("unit").order_by("path")
    signed_up = [(line, invitation.unit) for invitation in came for line in invitation.people.splitlines()]
    people = [_attendee(line, unit) for line, unit in signed_up if line.strip()]
    return {
        "held_on": clock.civil_date(meeting.starts_at).isoformat(),
        "title": meeting.title,
        "chair": meeting.chair,
        "attendees": people or [{"name": meeting.chair}],
        "agenda": meeting.agenda,
        "problems": problems,
        "minutes_number": number,
        "minutes": [file.pk for file in files],
    }


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
    serial, assigned = None, None
    if keeps_ledger(meeting.organiser):
        values = {
            "decided_on": clock.civil_date(meeting.starts_at).isoformat(),
            "meeting": meeting.title,
            "matter": matter,
            "responsible": responsible.code,
            "due_on": due_on.isoformat(),
            "prominent": prominent,
        }
        serial = record_entry(actor=actor, ledger_id=DECISIONS, unit=meeting.organiser, values=values, at=moment).serial
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
        if obligation.trigger and obligation.trigger.ledger == DECISIONS
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
    return FollowUp(decision, "已列入议定事项台账", done=False, due_at=due_at, subject=about("ledger", DECISIONS))
