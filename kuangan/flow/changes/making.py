"""Writes on register changes: proposed or made, decided, withdrawn, corrected."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from kuangan.base import clock
from kuangan.base.text import clean_line
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment, Unit, User
from kuangan.core.values import cleaned
from kuangan.core.values.shown import referred, words
from kuangan.flow.changes import telling
from kuangan.flow.changes.doing import (
    STANDING,
    State,
    act_of,
    kind_of,
    locked_change,
    record_change,
    require_correctable,
    settle,
)
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind
from kuangan.flow.changes.people import ChangeStanding
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.flow.models import RegisterChange
from kuangan.ledger.references import References
from kuangan.ledger.sight import FormSight, names_of

LONGEST_REASON: Final = 300
LONGEST_DOCUMENT: Final = 80
MOST_AHEAD: Final = 366
"""Days that a change may wait for its day at most; what lies further ahead is a plan and no change."""


@dataclass(frozen=True)
class Stated:
    """What a change rests on: from which day, by which document and file, for which reason."""

    effective_on: date
    reason: str
    document: str = ""
    file: Attachment | None = None


def sight_of(subject: ChangeSubject, user: User) -> FormSight:
    """What a form about a thing may refer to."""
    return FormSight(References(subject.unit), user)


@transaction.atomic
def ask_change(
    *,
    actor: User,
    kind: ChangeKind,
    subject: ChangeSubject,
    values: Mapping[str, Any],
    stated: Stated,
    corrects: RegisterChange | None = None,
    takes_back: bool = False,
    only_proposes: bool = False,
    at: datetime | None = None,
) -> RegisterChange:
    """Make a change where the actor may, otherwise propose it; one of today or before is done at once. ``only_proposes``: a program's, which a person decides.

    Refused: to others, a kind that is not about the thing, values that are wrong, a day that the kind does not take, no reason,
    and whatever the kind itself refuses on the day.
    """
    moment = at or clock.now()
    if kind.subject != subject.kind or not (corrects or kind.fits(subject)):
        raise Refused(f"“{kind.title}”不适用于{subject.name}。")
    asked_for, decides = _require_may(actor, kind, subject, moment)
    act = drafted(actor, kind, subject, {} if takes_back else values, stated, at=moment, takes_back=takes_back)
    _require_day(kind, act, corrects, clock.civil_date(moment))
    if not takes_back:
        _require_document(kind, act, stated)
    if corrects is not None:
        require_correctable(corrects, kind, subject.text)
    change = _proposed(kind, act, asked_for=asked_for, file=stated.file, corrects=corrects, takes_back=takes_back)
    record_change(actor, "change_proposed", change, moment)
    if decides and not only_proposes:
        return _agreed(actor, kind, change, "", moment)
    telling.tell_deciders(change, kind, moment)
    return change


def _proposed(kind: ChangeKind, act: ChangeAct, **said: Any) -> RegisterChange:
    return RegisterChange.objects.create(
        kind=kind.id,
        subject=act.subject.text,
        about=act.subject.name,
        unit=act.subject.unit,
        values=act.values,
        said=said_of(act),
        effective_on=act.effective_on,
        document=act.document,
        reason=act.reason,
        asked_by=act.actor,
        asked_at=act.now,
        state=State.proposed,
        **said,
    )


def _require_may(actor: User, kind: ChangeKind, subject: ChangeSubject, at: datetime) -> tuple[Unit, bool]:
    """For which unit the actor acts, and whether he decides. Refused to everybody else."""
    standing = ChangeStanding(actor, at)
    if made := standing.makes(kind, subject.unit):
        return made.unit, True
    if proposed := standing.proposes(kind, subject.unit):
        return proposed.unit, False
    raise Refused(f"您的岗位不能办理或者提出{subject.name}的“{kind.title}”。")


def drafted(
    actor: User,
    kind: ChangeKind,
    subject: ChangeSubject,
    values: Mapping[str, Any],
    stated: Stated,
    *,
    at: datetime,
    takes_back: bool = False,
) -> ChangeAct:
    """The act with its values cleaned. Refused for what is wrong with them, and without a reason."""
    declared = () if takes_back else kind.fields(subject)
    stored, errors = cleaned(declared, values, sight_of(subject, actor))
    reason, document = clean_line(stated.reason), clean_line(stated.document)
    if errors:
        raise Refused("；".join(errors.values()) + "。")
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Refused(f"请写明事由（不超过{LONGEST_REASON}字）。")
    if len(document) > LONGEST_DOCUMENT:
        raise Refused(f"文号不超过{LONGEST_DOCUMENT}字，请核对。")
    return ChangeAct(subject, declared, stored, stated.effective_on, actor, at, document, reason)


def _require_day(kind: ChangeKind, act: ChangeAct, corrects: RegisterChange | None, today: date) -> None:
    if corrects is not None:
        if act.effective_on > today:
            raise Refused("更正即时办理，日期不得晚于今日；需改到以后的，请先撤销原变更，再办理新的变更。")
        return
    if act.effective_on < today and not kind.backdated:
        raise Refused(f"“{kind.title}”的生效日期不得早于今日（{today}），请核对。")
    if (act.effective_on - today).days > MOST_AHEAD:
        raise Refused("生效日期距今超过一年，请核对；届时再行办理。")


def _require_document(kind: ChangeKind, act: ChangeAct, stated: Stated) -> None:
    if "document" in kind.rests_on and not act.document:
        raise Refused(f"“{kind.title}”须填写文号。")
    if "file" in kind.rests_on and stated.file is None:
        raise Refused(f"“{kind.title}”须附依据文件；程序接口不能附文件的，请在页面办理。")


def said_of(act: ChangeAct) -> list[list[str]]:
    """The values in words, by label, as they read today."""
    names = names_of(referred(act.fields, act.values))
    return [
        [known.label, words(known, act.values[known.name], names)] for known in act.fields if known.name in act.values
    ]


def _agreed(actor: User, kind: ChangeKind, change: RegisterChange, answer: str, at: datetime) -> RegisterChange:
    """Who may decide says yes: done now, waiting for its day, or for the second administrator."""
    change.decided_by, change.decided_at, change.answer = actor, at, answer
    request = None if change.takes_back else kind.twofold(act_of(change, kind, actor, at))
    if request is not None:
        change.request = request
        change.save(update_fields=["decided_by", "decided_at", "answer", "request"])
        return change
    return settle(change, kind, at)


@transaction.atomic
def accept_change(
    *, actor: User, change: RegisterChange, answer: str = "", at: datetime | None = None
) -> RegisterChange:
    """Agree to what was proposed. Refused to whoever may not decide it, and where what it rests on no longer holds."""
    moment = at or clock.now()
    locked, kind = _taken_up(actor, change, moment)
    return _agreed(actor, kind, locked, _short(answer), moment)


@transaction.atomic
def refuse_change(*, actor: User, change: RegisterChange, answer: str, at: datetime | None = None) -> RegisterChange:
    """Say no to what was proposed, with the reason. Refused without one, and to whoever may not decide it."""
    moment, said = at or clock.now(), _short(answer)
    if not said:
        raise Refused("请写明不同意的理由。")
    locked, kind = _taken_up(actor, change, moment)
    _close(locked, State.refused, actor, said, moment)
    record_change(actor, "change_refused", locked, moment)
    telling.tell_asker(locked, kind, f"未获同意：{said}", moment)
    return locked


@transaction.atomic
def withdraw_change(*, actor: User, change: RegisterChange, at: datetime | None = None) -> RegisterChange:
    """Take back what has not come into effect. Refused to others than who asked and who may decide, and afterwards."""
    moment = at or clock.now()
    locked = locked_change(change)
    kind = kind_of(locked)
    own = locked.asked_by_id == actor.pk and locked.state == State.proposed
    if not own and ChangeStanding(actor, moment).decides(kind, locked.unit) is None:
        raise Refused("只有提出人（审核前）和有权审核的人员可以撤回。")
    if locked.state not in STANDING:
        raise Refused(f"该变更{State(locked.state).label}，不能撤回；确有错误的，请办理更正。")
    _close(locked, State.withdrawn, locked.decided_by or actor, locked.answer, moment)
    record_change(actor, "change_withdrawn", locked, moment)
    telling.end_asked(locked, actor, moment)
    return locked


def _taken_up(actor: User, change: RegisterChange, at: datetime) -> tuple[RegisterChange, ChangeKind]:
    """The locked change that waits for a decision of the actor. Refused where it does not, or not for his."""
    locked = locked_change(change)
    kind = kind_of(locked)
    if ChangeStanding(actor, at).decides(kind, locked.unit) is None:
        raise Refused("该变更不由您的岗位审核。")
    if kind.apart and locked.asked_by_id == actor.pk:
        raise Refused("该变更由您提出，须由另一人审核。")
    if locked.state != State.proposed:
        raise Refused(f"该变更{State(locked.state).label}，无需审核。")
    if locked.request_id is not None:
        raise Refused("该变更已提交双人审批，请在“申请与审批”中办理。")
    telling.end_asked(locked, actor, at)
    return locked, kind


def _close(change: RegisterChange, state: str, actor: User, answer: str, at: datetime) -> None:
    change.state, change.decided_by, change.decided_at, change.answer = state, actor, at, answer
    change.save(update_fields=["state", "decided_by", "decided_at", "answer"])


def _short(text: str) -> str:
    return clean_line(text)[:LONGEST_REASON]
