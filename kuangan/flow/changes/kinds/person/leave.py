"""离职: a person leaves; his posts, sessions, keys and access end at once, papers that wait stay with the posts."""

from collections.abc import Iterator
from typing import Final

from kuangan.core import actions
from kuangan.core.models import Person, Tenure
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import PEOPLE_KEEPERS
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field


def _does(act: ChangeAct) -> Outcome:
    person: Person = act.subject.thing
    posts = [tenure.post_id for tenure in _held(person)]
    actions.leave_unit(actor=act.actor, person=person, on=act.effective_on, at=act.at)
    return {"posts": posts}


def _undoes(act: ChangeAct, _outcome: Outcome) -> None:
    actions.take_back_person(actor=act.actor, person=act.subject.thing, at=act.now)


def _held(person: Person) -> list[Tenure]:
    return list(Tenure.objects.filter(person=person, to_at=None).select_related("post__unit").order_by("pk"))


def _previews(act: ChangeAct) -> Iterator[Effect]:
    person: Person = act.subject.thing
    for tenure in _held(person):
        yield Effect(str(tenure.post), person.name, "空缺；待办文书和办件随岗位，由接任者或B岗办理")
    yield Effect("登录、接口密钥、已打开的页面", "", "即时终止")


def _fields(_subject: ChangeSubject) -> tuple[Field, ...]:
    return ()


def _fits(subject: ChangeSubject) -> bool:
    return subject.thing.left_on is None


KIND: Final = ChangeKind(
    id="person_leave",
    title="离职",
    subject="person",
    help="岗位有人接任的，可先办理交接。误办的，撤销后重新任职。",
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
