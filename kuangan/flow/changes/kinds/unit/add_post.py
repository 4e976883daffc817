"""增设岗位: a unit has one post more from a day on, vacant until somebody is appointed."""

from collections.abc import Iterator
from typing import Final

from kuangan.core import actions
from kuangan.core.errors import Refused
from kuangan.core.models import Post, UnitKind
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import PEOPLE_KEEPERS
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field
from kuangan.law.role import Role


def _does(act: ChangeAct) -> Outcome:
    post = actions.create_post(
        actor=act.actor, unit=act.subject.thing, title=act.values["title"], role=act.values["role"], at=act.now
    )
    return {"post": post.pk}


def _undoes(act: ChangeAct, outcome: Outcome) -> None:
    post = Post.objects.get(pk=outcome["post"])
    if post.tenures.exists():
        raise Refused(f"{post}已有人任职，不能撤销增设；不再需要的，请办理撤销岗位。")
    actions.close_post(actor=act.actor, post=post, on=act.effective_on, at=act.now)


def _previews(act: ChangeAct) -> Iterator[Effect]:
    role = Role(act.values["role"])
    yield Effect("权限", "", role.label)
    yield Effect(
        "任职", "", "须经系统管理员申请、安全管理员审批" if role.signs or role.administers else "在岗位页面办理"
    )


def _fields(subject: ChangeSubject) -> tuple[Field, ...]:
    roles = tuple((role.value, role.label) for role in Role if role.works_at(subject.unit.kind))
    return (Field("title", "岗位名称"), Field("role", "权限", "choice", choices=roles))


def _fits(subject: ChangeSubject) -> bool:
    return subject.thing.closed_on is None and subject.unit.kind not in (UnitKind.city, UnitKind.county)


KIND: Final = ChangeKind(
    id="post_open",
    title="增设岗位",
    subject="unit",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=PEOPLE_KEEPERS,
    fits=_fits,
    inside=True,
    tells=lambda act: (),
)
