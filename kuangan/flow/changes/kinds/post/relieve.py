"""免职: the holder of a post leaves it without a successor yet; what waits stays with the post, its B岗 acts while an absence is registered."""

from collections.abc import Iterator
from typing import Final

from kuangan.core import actions
from kuangan.core.models import Post, Tenure
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.open_work import waiting_for
from kuangan.flow.changes.people import PEOPLE_KEEPERS
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field


def _does(act: ChangeAct) -> Outcome:
    tenure = actions.relieve(actor=act.actor, post=act.subject.thing, at=act.at)
    return {"tenure": tenure.pk}


def _previews(act: ChangeAct) -> Iterator[Effect]:
    post: Post = act.subject.thing
    for tenure in Tenure.objects.filter(post=post, to_at=None).select_related("person"):
        yield Effect("任职人员", tenure.person.name, "空缺")
    yield from waiting_for(post)


def _fields(_subject: ChangeSubject) -> tuple[Field, ...]:
    return ()


def _fits(subject: ChangeSubject) -> bool:
    return Tenure.objects.filter(post=subject.thing, to_at=None).exists()


KIND: Final = ChangeKind(
    id="post_relieve",
    title="免职",
    subject="post",
    help="有接任人员的，直接办理任职交接。误办的，重新任职。",
    fields=_fields,
    does=_does,
    previews=_previews,
    makes=PEOPLE_KEEPERS,
    fits=_fits,
    backdated=False,
    inside=True,
    tells=lambda act: (),
)
