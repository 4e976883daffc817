"""Another person holds a post from a day on, with everything that waits for it: what both kinds of it share."""

from collections.abc import Iterator

from kuangan.core import actions
from kuangan.core.access.approval import post_needs_two
from kuangan.core.errors import Refused
from kuangan.core.models import AccountRequest, Person, Post, Tenure
from kuangan.flow.changes.grammar import ChangeAct, Effect, Outcome
from kuangan.flow.changes.open_work import waiting_for
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field


def does(act: ChangeAct) -> Outcome:
    """Appoint, with the approval where one is asked."""
    post: Post = act.subject.thing
    before = Tenure.objects.filter(post=post, to_at=None).first()
    tenure = actions.appoint(actor=act.actor, post=post, person=_person(act), approval=act.approval, at=act.at)
    return {"tenure": tenure.pk, "before": before.pk if before else None}


def undoes(act: ChangeAct, outcome: Outcome) -> None:
    """The post is vacant again; who held it before is appointed by a change of its own. Refused once it was handed on."""
    tenure = Tenure.objects.select_related("post__unit", "person").get(pk=outcome["tenure"])
    if tenure.to_at is not None:
        raise Refused(f"{tenure.post}其后又已交接，请直接办理新的任职交接。")
    actions.relieve(actor=act.actor, post=tenure.post, at=act.now)


def _person(act: ChangeAct) -> Person:
    person = Person.objects.filter(pk=int(act.values["person"]), left_on=None).first()
    if person is None:
        raise Refused("所选人员已离职，请另选接任人员。")
    return person


def previews(act: ChangeAct) -> Iterator[Effect]:
    """Who goes and who comes, and what waits."""
    post: Post = act.subject.thing
    before = Tenure.objects.filter(post=post, to_at=None).select_related("person").first()
    after = Person.objects.filter(pk=int(act.values["person"])).first()
    yield Effect("任职人员", before.person.name if before else "空缺", after.name if after else "")
    yield from waiting_for(post)
    if before is not None and not before.person.tenures.filter(to_at=None).exclude(pk=before.pk).exists():
        yield Effect(f"{before.person.name}的登录、密钥", "有效", "没有其他岗位，交接时即时终止")
    if post_needs_two(post):
        yield Effect("审批", "", "签字或管理岗位，经安全管理员批准后生效")


def twofold(act: ChangeAct) -> AccountRequest | None:
    """The appointment as two administrators agree on it."""
    post: Post = act.subject.thing
    return actions.ask_appointment(
        actor=act.actor, post=post, person=_person(act), reason=act.basis, effective_on=act.effective_on
    )


def fields(subject: ChangeSubject) -> tuple[Field, ...]:
    """Somebody of the post's own unit."""
    people = Person.objects.filter(unit=subject.unit, left_on=None).order_by("name", "pk")
    choices = tuple((str(person.pk), person.name) for person in people)
    return (Field("person", "接任人员", "choice", choices=choices or (("", "本单位没有人员，请先增加人员"),)),)
