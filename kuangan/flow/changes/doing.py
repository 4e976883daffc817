"""What a decided register change does, on its day, and what a correction takes back; what is recorded of each."""

from datetime import datetime
from typing import Final

from kuangan.base import clock
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.flow.changes import telling
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind
from kuangan.flow.changes.kinds import change_kinds
from kuangan.flow.changes.subjects import subject_named
from kuangan.flow.models import RegisterChange

State = RegisterChange.State
STANDING: Final = (State.proposed, State.waiting)
"""States in which a change has still to come."""


def settle(change: RegisterChange, kind: ChangeKind, at: datetime) -> RegisterChange:
    """What was decided is done where its day has come, otherwise it waits for it."""
    change.state = State.waiting
    change.save(update_fields=["decided_by", "decided_at", "answer", "state"])
    record_change(change.decided_by, "change_decided", change, at)
    if change.effective_on <= clock.civil_date(at):
        return carry_out(change, at)
    telling.tell_asker(change, kind, f"将于{change.effective_on}生效", at)
    return change


def carry_out(change: RegisterChange, at: datetime) -> RegisterChange:
    """Do a decided change, inside the caller's transaction; of a correction first take back what it corrects. Refused by its kind."""
    kind = kind_of(change)
    assert change.decided_by is not None
    if change.corrects is not None:
        take_back(change.corrects, change, at)
    act = act_of(change, kind, change.decided_by, at)
    outcome = {} if change.takes_back else kind.does(act)
    change.state, change.carried_at, change.outcome = State.in_effect, at, dict(outcome)
    change.save(update_fields=["state", "carried_at", "outcome"])
    record_change(change.decided_by, "change_in_effect", change, at)
    telling.tell_concerned(change, kind, act, at)
    return change


def take_back(change: RegisterChange, correction: RegisterChange, at: datetime) -> None:
    """Undo what a change did, for the sake of its correction; its record stays. Refused where something rests on it by now."""
    kind, old = kind_of(change), locked_change(change)
    require_correctable(old, kind, correction.subject)
    assert kind.undoes is not None
    assert correction.decided_by is not None
    kind.undoes(act_of(old, kind, correction.decided_by, at), old.outcome)
    old.state = State.corrected
    old.save(update_fields=["state"])
    record_change(correction.decided_by, "change_corrected", old, at)


def require_correctable(change: RegisterChange, kind: ChangeKind, subject: str) -> None:
    """Refused: a change of another kind or thing, one that is not in effect, a kind that takes nothing back."""
    if (change.kind, change.subject) != (kind.id, subject) or change.state != State.in_effect:
        raise Refused("只能更正已生效的同类变更；尚未生效的，请撤回后重新办理。")
    if kind.undoes is None:
        raise Refused(f"“{kind.title}”不作更正；情况有变的，请另行办理新的变更。")


def act_of(change: RegisterChange, kind: ChangeKind, actor: User, at: datetime) -> ChangeAct:
    """A stored change as its kind takes it. Refused where the thing that it is about is gone."""
    subject = subject_named(change.subject)
    if subject is None:
        raise Refused(f"{change.about}已不在登记中，不能办理“{kind.title}”。")
    declared = () if change.takes_back else kind.fields(subject)
    return ChangeAct(
        subject,
        declared,
        change.values,
        change.effective_on,
        actor,
        at,
        change.document,
        change.reason,
        change.request,
    )


def kind_of(change: RegisterChange) -> ChangeKind:
    """Refused for a kind that this version of the platform does not know."""
    kind = change_kinds().get(change.kind)
    if kind is None:
        raise Refused(f"本版平台没有“{change.kind}”这一变更事项。")
    return kind


def locked_change(change: RegisterChange) -> RegisterChange:
    """The row as it is now, until the end of the transaction."""
    locked = RegisterChange.objects.select_for_update(of=("self",)).select_related(
        "unit", "asked_by__person", "asked_for", "decided_by__person", "request", "corrects"
    )
    return locked.get(pk=change.pk)


def record_change(actor: User | None, action: str, change: RegisterChange, at: datetime) -> None:
    """Note what was done to a change, with all that it says."""
    data = {
        "kind": change.kind,
        "subject": change.subject,
        "values": change.values,
        "effective_on": change.effective_on,
        "document": change.document,
        "file": change.file.sha256 if change.file else "",
        "reason": change.reason,
        "answer": change.answer,
        "state": change.state,
        "outcome": change.outcome,
        "corrects": change.corrects_id,
    }
    record(actor=actor, action=action, subject=change, data=data, at=at)
