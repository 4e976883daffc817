"""撤销岗位: a post is no more from a day on. Refused while somebody holds it, stands in for it or owes by it."""

from collections.abc import Iterator
from typing import Final

from kuangan.core import actions
from kuangan.core.models import Post, Tenure
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import PEOPLE_KEEPERS
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field


def _does(act: ChangeAct) -> Outcome:
    actions.close_post(actor=act.actor, post=act.subject.thing, on=act.effective_on, at=act.now)
    return {}


def _undoes(act: ChangeAct, _outcome: Outcome) -> None:
    actions.reopen_post(actor=act.actor, post=act.subject.thing, at=act.now)


def _previews(act: ChangeAct) -> Iterator[Effect]:
    post: Post = act.subject.thing
    for tenure in Tenure.objects.filter(post=post, to_at=None).select_related("person"):
        yield Effect("任职人员", tenure.person.name, "须先办理免职或者离职")
    yield Effect(str(post), "在设", "撤销；以往任职和签署记录保留")


def _fields(_subject: ChangeSubject) -> tuple[Field, ...]:
    return ()


def _fits(subject: ChangeSubject) -> bool:
    return subject.thing.closed_on is None


KIND: Final = ChangeKind(
    id="post_close",
    title="撤销岗位",
    subject="post",
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
