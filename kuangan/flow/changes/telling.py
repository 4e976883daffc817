"""Who is told of a register change: those who decide it, who asked for it, and the unit whose file it changes."""

from datetime import datetime
from typing import Final

from kuangan.core.actions import end_notices, send_notice
from kuangan.core.models import Notice, Unit, User
from kuangan.core.subject import Subject, about
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind
from kuangan.flow.changes.people import SYSTEM, ChangeStanding
from kuangan.flow.models import RegisterChange
from kuangan.law.role import Role

ASKED: Final = "register_change"
"""The kind of the notice that a decision is asked for."""
TOLD: Final = "register_changed"


def subject_of(change: RegisterChange) -> Subject:
    """The change as links name it."""
    return about("register_change", change.pk)


def words_of(change: RegisterChange, kind: ChangeKind) -> str:
    """A change in one line."""
    correction = "更正：" if change.corrects_id else ""
    return f"{correction}{change.about}{kind.title}"


def tell_deciders(change: RegisterChange, kind: ChangeKind, at: datetime) -> None:
    """Ask those for the decision who are named first; the platform's own administrators have it in their list."""
    party = next((party for party in (*kind.accepts, *kind.makes) if party.relation != SYSTEM), None)
    if party is None:
        return
    deciding = ChangeStanding(change.asked_by, at).unit_of(party, change.unit)
    if deciding is None:
        return
    send_notice(
        actor=None,
        unit=Unit.objects.get(pk=deciding),
        role=Role(party.role),
        kind=ASKED,
        title=f"待审核：{words_of(change, kind)}"[:200],
        body=f"{change.asked_for.name}{change.asked_by.display_name}提出，自{change.effective_on}起。事由：{change.reason}",
        subject=subject_of(change),
        at=at,
    )


def end_asked(change: RegisterChange, actor: User, at: datetime) -> None:
    """The question is answered."""
    asked = Notice.objects.filter(kind=ASKED, link=str(subject_of(change)))
    end_notices(actor=actor, notices=asked, at=at)


def tell_asker(change: RegisterChange, kind: ChangeKind, words: str, at: datetime) -> None:
    """Tell who asked what became of it, unless he decided himself."""
    if change.asked_by_id == change.decided_by_id:
        return
    send_notice(
        actor=None,
        unit=change.asked_for,
        person=change.asked_by.person,
        kind=TOLD,
        title=f"{words_of(change, kind)}{words}"[:200],
        body=f"自{change.effective_on}起。事由：{change.reason}",
        subject=subject_of(change),
        at=at,
    )


def tell_failed(change: RegisterChange, kind: ChangeKind, why: str, at: datetime) -> None:
    """On its day it could not be done: who asked and who decided are both told."""
    for user in {change.asked_by, change.decided_by}:
        if user is not None and user.person is not None:
            send_notice(
                actor=None,
                unit=user.person.unit,
                person=user.person,
                kind=TOLD,
                title=f"{words_of(change, kind)}未能生效"[:200],
                body=f"原定自{change.effective_on}起。原因：{why}请核对后重新办理。",
                subject=subject_of(change),
                at=at,
            )


def tell_concerned(change: RegisterChange, kind: ChangeKind, act: ChangeAct, at: datetime) -> None:
    """Tell the units whose file it changes, and whoever proposed it."""
    tell_asker(change, kind, "已生效", at)
    for unit in kind.tells(act):
        if unit.pk in (change.asked_for_id, act.actor.person.unit_id if act.actor.person else None):
            continue
        said = "；".join(f"{label}：{text}" for label, text in change.said)
        send_notice(
            actor=None,
            unit=unit,
            kind=TOLD,
            title=f"{words_of(change, kind)}，自{change.effective_on}起"[:200],
            body=f"{said}。事由：{change.reason}" if said else f"事由：{change.reason}",
            subject=subject_of(change),
            at=at,
        )
