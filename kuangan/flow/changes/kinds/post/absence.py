"""离岗代行: the post's B岗 acts in its place for some days (AB岗), recorded; ended early by taking it back."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from kuangan.base import clock
from kuangan.core import actions
from kuangan.core.errors import Refused
from kuangan.core.models import Absence, Post
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import PEOPLE_KEEPERS
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field

UNTIL: Final = Field("until", "最后一天", "date", help="至该日24时")


def _does(act: ChangeAct) -> Outcome:
    until = act.value("until")
    if until < act.effective_on:
        raise Refused("离岗的最后一天早于生效日期，请核对。")
    absence = actions.set_absence(
        actor=act.actor,
        post=act.subject.thing,
        from_at=act.at,
        to_at=clock.beijing_midnight(until + timedelta(days=1)),
        reason=act.reason[:100],
    )
    return {"absence": absence.pk}


def _undoes(act: ChangeAct, outcome: Outcome) -> None:
    actions.end_absence(actor=act.actor, absence=Absence.objects.get(pk=outcome["absence"]), at=act.now)


def _previews(act: ChangeAct) -> Iterator[Effect]:
    post: Post = act.subject.thing
    yield Effect(
        "行使权限", post.title, f"{post.deputy.title}代行至{act.values['until']}" if post.deputy else "没有B岗"
    )


def _fields(_subject: ChangeSubject) -> tuple[Field, ...]:
    return (UNTIL,)


def _fits(subject: ChangeSubject) -> bool:
    return subject.thing.closed_on is None


KIND: Final = ChangeKind(
    id="post_absence",
    title="离岗代行",
    subject="post",
    help="离岗期间由B岗代行，期满自动恢复。",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=PEOPLE_KEEPERS,
    fits=_fits,
    backdated=False,
    inside=True,
    tells=lambda act: (),
)
