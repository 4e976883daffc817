"""Drafting, reviewing, issuing and answering letters."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from kuangan.base import clock
from kuangan.base.numerals import date_text
from kuangan.core.actions import end_notices, record, send_notice, sign_for_notice
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment, Notice, Unit, UnitKind, User
from kuangan.core.queries import Hold, roles_of
from kuangan.core.queries.roles import tenures_at
from kuangan.core.signing import Act, Confirmation, PaperSheet, Verb, paper_subject, spend
from kuangan.core.subject import about
from kuangan.duty.models import Duty
from kuangan.law.role import Role
from kuangan.office.models import Letter, LetterKind, LetterState
from kuangan.office.standing import acting_at, acting_office, checked_receivers
from kuangan.paper.actions import draft_paper, freeze_paper, serve_paper
from kuangan.paper.models import Paper

REVIEWERS = (Role.section_head, Role.clerk)
"""The section's head; in a government its clerk."""
SIGNERS = (Role.bureau_head, Role.bureau_deputy, Role.government_head)
LETTER = "office_letter"
STEP = "office_letter_step"


def letter_fields(letter: Letter) -> dict[str, object]:
    """The fields of the letter's paper."""
    return {
        "to": letter.to.name,
        "opening": letter.opening,
        "matters": list(letter.matters),
        "demands": list(letter.demands),
        "reply_due": date_text(letter.reply_due_on),
        "contact": letter.contact,
        "phone": letter.phone,
    }


def issue_acts(actor: User, letter: Letter, at: datetime) -> tuple[Act, ...]:
    """What the actor signs who issues the letter: the step, the paper, and its service on the receiver.

    Refused: another role, the same person as reviewed it, one's own draft where somebody else can sign.
    """
    acting_at(actor, letter.unit, at, SIGNERS)
    if not may_decide(actor, letter, SIGNERS, at):
        raise Refused("起草人不签发自己起草的函件，请由本单位其他负责人签发。")
    if letter.reviewed_by_id == actor.pk:
        raise Refused("审核人与签发人不得为同一人。")
    fields, subject = letter_fields(letter), paper_subject(letter.kind, letter.path)
    title = letter.get_kind_display()
    return (
        Act(Verb.step, f"office.letter:{letter.pk}", f"向{letter.to.name}发出{title}", {"fields": fields}),
        Act(
            Verb.freeze,
            subject,
            f"签发《{title}》",
            {"fields": fields},
            PaperSheet(letter.kind, fields, letter.unit.name),
        ),
        Act(Verb.serve, subject, f"送达《{title}》", {}),
    )


@transaction.atomic
def draft_letter(
    *,
    actor: User,
    unit: Unit,
    kind: LetterKind | str,
    to: Unit,
    opening: str,
    matters: Sequence[str],
    demands: Sequence[str],
    reply_due_on: date,
    contact: str = "",
    phone: str = "",
    duties: Iterable[Duty] = (),
    letter: Letter | None = None,
    at: datetime | None = None,
) -> Letter:
    """Draft a letter, or write a draft anew. Refused: not one's office, a receiver outside, no matters or demands, no draft any more."""
    moment = at or clock.now()
    acting_office(actor, unit, moment)
    checked_receivers(unit, [to])
    if not matters or not demands:
        raise Refused("请写明具体事项和办理要求，每行一项。")
    if reply_due_on < clock.civil_date(moment):
        raise Refused("回复期限早于今日，请重新填写。")
    made = _locked(letter, LetterState.draft) if letter else Letter(drafted_at=moment, drafted_by=actor)
    if letter:
        acting_office(actor, made.unit, moment)
    made.kind, made.unit, made.to, made.path = LetterKind(kind), unit, to, to.path
    made.opening, made.matters, made.demands = opening, list(matters), list(demands)
    made.reply_due_on, made.contact, made.phone = reply_due_on, contact, phone
    made.save()
    made.duties.set(duties)
    record(actor=actor, action="letter_drafted", subject=made, data=letter_fields(made), at=moment)
    return made


@transaction.atomic
def submit_letter(*, actor: User, letter: Letter, at: datetime | None = None) -> Letter:
    """Hand a draft in for review. Refused: not a draft."""
    moment = at or clock.now()
    own = _locked(letter, LetterState.draft)
    acting_office(actor, own.unit, moment)
    return _move(own, LetterState.submitted, actor, "letter_submitted", moment)


@transaction.atomic
def review_letter(*, actor: User, letter: Letter, agree: bool, opinion: str = "", at: datetime | None = None) -> Letter:
    """The section head agrees, or sends the letter back with a reason.

    Refused: another role, not handed in, one's own draft where somebody else can review it.
    """
    moment = at or clock.now()
    own = _locked(letter, LetterState.submitted)
    hold = acting_at(actor, own.unit, moment, REVIEWERS)
    if not may_decide(actor, own, REVIEWERS, moment):
        raise Refused("起草人不审核自己起草的函件，请由本单位其他审核人员审核。")
    if not agree:
        return _back(own, actor, opinion, moment)
    own.reviewed_by, own.opinion = actor, opinion
    return _move(own, LetterState.reviewed, actor, "letter_reviewed", moment, hold)


def may_decide(user: User, letter: Letter, roles: Sequence[Role], at: datetime) -> bool:
    """Whether this user reviews or signs the letter in one of the roles: the drafter only where nobody else could."""
    if not any(hold.unit.pk == letter.unit_id and hold.role in roles for hold in roles_of(user, at)):
        return False
    return letter.drafted_by_id != user.pk or not others_in(letter.unit_id, roles, user, at)


def others_in(unit_id: int, roles: Sequence[Role], user: User, at: datetime) -> list[Role]:
    """Which of the roles somebody else than the user has at a unit, in the order given."""
    held = tenures_at(at).filter(post__unit=unit_id, post__role__in=roles).exclude(person=user.person_id)
    held_roles = set(held.values_list("post__role", flat=True))
    return [role for role in roles if role in held_roles]


@transaction.atomic
def issue_letter(
    *,
    actor: User,
    letter: Letter,
    agree: bool,
    opinion: str = "",
    confirmation: Confirmation | None = None,
    at: datetime | None = None,
) -> Letter:
    """The head signs: the letter becomes a numbered paper and is served on the receiver as a notice; or is sent back.

    Issuing needs the actor's ``confirmation`` of :func:`issue_acts`. Refused: as there, a letter not reviewed; otherwise as :func:`kuangan.paper.actions.freeze_paper`.
    """
    moment = at or clock.now()
    own = _locked(letter, LetterState.reviewed)
    hold = acting_at(actor, own.unit, moment, SIGNERS)
    if not may_decide(actor, own, SIGNERS, moment):
        raise Refused("起草人不签发自己起草的函件，请由本单位其他负责人签发。")
    if not agree:
        return _back(own, actor, opinion, moment)
    step = issue_acts(actor, own, moment)[0]
    spend(confirmation, actor, step.verb, step.subject, f"《{own.get_kind_display()}》", step.content)
    own.paper, own.issued_at = _paper_of(own, actor, hold, confirmation, moment), moment
    own.notice = send_notice(
        actor=actor,
        unit=own.to,
        title=f"{own.get_kind_display()}：{own.paper.number}",
        body=own.opening[:500],
        kind=LETTER,
        subject=about("letter", own.pk),
        channels=("screen", "sms"),
        due_at=clock.beijing_midnight(clock.day_after(own.reply_due_on)),
        at=moment,
    )
    return _move(own, LetterState.issued, actor, "letter_issued", moment, hold)


def _paper_of(own: Letter, actor: User, hold: Hold, confirmation: Confirmation | None, at: datetime) -> Paper:
    """The letter's paper, numbered, signed and served."""
    paper = draft_paper(actor=actor, template=own.kind, data=letter_fields(own), unit=own.unit, scope=own.path, at=at)
    freeze_paper(actor=actor, paper=paper, confirmation=confirmation, signer=hold, at=at)
    serve_paper(actor=actor, paper=paper, method="electronic", receiver=own.to.name, confirmation=confirmation, at=at)
    return paper


@transaction.atomic
def reply_letter(
    *, actor: User, letter: Letter, text: str, files: Iterable[Attachment] = (), at: datetime | None = None
) -> Letter:
    """Answer a letter for the receiving unit; signs for it too. Refused: answered before, nothing written."""
    moment = at or clock.now()
    own = _locked(letter, LetterState.issued)
    hold = acting_at(actor, own.to, moment)
    if own.replied_at is not None or not text.strip():
        raise Refused("已回复，无需重复回复。" if own.replied_at else "请填写回复内容。")
    if own.notice is not None and own.notice.received_at is None:
        sign_for_notice(actor=actor, notice=own.notice, at=moment)
    own.reply, own.replied_at, own.replied_by = text.strip(), moment, actor
    own.save(update_fields=["reply", "replied_at", "replied_by"])
    own.files.set(files)
    content = {"text": own.reply, "files": [file.pk for file in own.files.all()]}
    record(actor=actor, action="letter_replied", subject=own, data=content, at=moment, acting_for=hold.acting_for)
    return own


@transaction.atomic
def drop_letter(*, actor: User, letter: Letter, at: datetime | None = None) -> Letter:
    """Give a draft up. Refused: not a draft."""
    moment = at or clock.now()
    own = _locked(letter, LetterState.draft)
    acting_office(actor, own.unit, moment)
    return _move(own, LetterState.dropped, actor, "letter_dropped", moment)


def _back(own: Letter, actor: User, opinion: str, at: datetime) -> Letter:
    if not opinion.strip():
        raise Refused("退回须写明意见。")
    own.opinion, own.reviewed_by = opinion.strip(), None
    return _move(own, LetterState.draft, actor, "letter_returned", at)


def _locked(letter: Letter, state: LetterState) -> Letter:
    own = (
        Letter.objects.select_for_update(of=("self",))
        .select_related("unit", "to", "notice", "drafted_by__person")
        .get(pk=letter.pk)
    )
    if own.state != state:
        raise Refused(f"该函件目前为“{LetterState(own.state).label}”，请刷新页面后按当前状态办理。")
    return own


GOVERNMENTS = (UnitKind.city_government, UnitKind.county_government)


def _tell_next(own: Letter, actor: User, at: datetime) -> None:
    """Ask those whose turn it is, and ask nobody else any more."""
    subject = about("letter", own.pk)
    end_notices(actor=actor, notices=Notice.objects.filter(kind=STEP, link=str(subject)), at=at)
    turn = _turn(own, at)
    returned = own.state == LetterState.draft
    if turn is None and not returned:
        return
    send_notice(
        actor=actor,
        unit=own.unit,
        role=turn,
        person=own.drafted_by.person if returned else None,
        title=f"{own.get_kind_display()}{'被退回' if returned else own.get_state_display()}：{own.to.name}",
        body=own.opinion or own.opening[:300],
        kind=STEP,
        subject=subject,
        at=at,
    )


def _turn(own: Letter, at: datetime) -> Role | None:
    """The role that decides next: the usual one, or another where only the drafter has that."""
    government = own.unit.kind in GOVERNMENTS
    steps = {
        LetterState.submitted: (REVIEWERS, Role.clerk if government else Role.section_head),
        LetterState.reviewed: (SIGNERS, Role.government_head if government else Role.bureau_head),
    }
    if LetterState(own.state) not in steps:
        return None
    roles, usual = steps[LetterState(own.state)]
    others = others_in(own.unit_id, roles, own.drafted_by, at)
    return usual if usual in others or not others else others[0]


def _move(own: Letter, state: LetterState, actor: User, action: str, at: datetime, hold: Hold | None = None) -> Letter:
    own.state = state
    own.save()
    _tell_next(own, actor, at)
    content = {"state": state.value, "opinion": own.opinion}
    record(actor=actor, action=action, subject=own, data=content, at=at, acting_for=hold.acting_for if hold else None)
    return own
