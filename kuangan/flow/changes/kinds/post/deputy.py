"""设定B岗 of a post that neither signs nor administers: which post stands in for it while it is absent."""

from collections.abc import Iterator
from typing import Final

from kuangan.core import actions
from kuangan.core.access.approval import needs_two
from kuangan.core.models import Post
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import PEOPLE_KEEPERS
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field


def does(act: ChangeAct) -> Outcome:
    """Name the B岗."""
    post: Post = act.subject.thing
    before = post.deputy_id
    actions.set_deputy(actor=act.actor, post=post, deputy=chosen(act), approval=act.approval, at=act.at)
    return {"before": before}


def chosen(act: ChangeAct) -> Post:
    """The post that stands in."""
    return Post.objects.select_related("unit").get(pk=int(act.values["deputy"]))


def previews(act: ChangeAct) -> Iterator[Effect]:
    """Which stood in so far, and which will."""
    post: Post = act.subject.thing
    yield Effect("B岗", post.deputy.title if post.deputy else "无", chosen(act).title)


def fields(subject: ChangeSubject) -> tuple[Field, ...]:
    """Another post of the unit."""
    others = Post.objects.filter(unit=subject.unit, closed_on=None).exclude(pk=subject.thing.pk).order_by("role", "pk")
    choices = tuple((str(post.pk), post.title) for post in others)
    return (Field("deputy", "B岗", "choice", choices=choices or (("", "本单位没有其他岗位"),)),)


def _fits(subject: ChangeSubject) -> bool:
    return subject.thing.closed_on is None and not needs_two(subject.thing.typed_role)


KIND: Final = ChangeKind(
    id="post_deputy",
    title="设定B岗",
    subject="post",
    fields=fields,
    does=does,
    previews=previews,
    makes=PEOPLE_KEEPERS,
    fits=_fits,
    backdated=False,
    inside=True,
    tells=lambda act: (),
)
