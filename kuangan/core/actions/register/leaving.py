"""People who are renamed, move and leave, posts that are closed: what a register keeps true over the years."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from kuangan.base import clock
from kuangan.base.text import person_name
from kuangan.core.actions.access.leaving import settle_access
from kuangan.core.actions.access.sessions import end_sessions
from kuangan.core.actions.audit import record
from kuangan.core.actions.posts import relieve
from kuangan.core.actions.rosters import unroster_person
from kuangan.core.errors import Refused
from kuangan.core.models import Person, Post, Roster, Tenure, Unit, User


@transaction.atomic
def set_person_name(*, actor: User | None, person: Person, name: str, at: datetime | None = None) -> Person:
    """Correct a person's name; what was signed before keeps the name of its day. Refused without a name."""
    after = person_name(name)
    if not after:
        raise Refused("请填写姓名。")
    data = {"before": person.name, "after": after}
    person.name = after
    person.save(update_fields=["name"])
    record(actor=actor, action="person_renamed", subject=person, data=data, at=at)
    return person


@transaction.atomic
def leave_unit(*, actor: User | None, person: Person, on: date, at: datetime | None = None) -> Person:
    """The person leaves: posts, coming shifts, sessions and keys end. Refused where one left already, or as :func:`relieve` refuses."""
    moment = at or clock.now()
    if person.left_on is not None:
        raise Refused(f"{person.name}已于{person.left_on}离职。")
    _relieve_all(actor, person, Tenure.objects.filter(person=person, to_at=None), moment)
    person.left_on = on
    person.save(update_fields=["left_on"])
    record(actor=actor, action="person_left", subject=person, data={"unit": person.unit.code, "on": on}, at=moment)
    settle_access(actor, [person])
    user = User.objects.filter(person=person).first()
    if user is not None:
        end_sessions(actor=actor, user=user)
    return person


@transaction.atomic
def take_back_person(*, actor: User | None, person: Person, at: datetime | None = None) -> Person:
    """The person works for the unit again; posts are given anew."""
    person.left_on = None
    person.save(update_fields=["left_on"])
    record(actor=actor, action="person_taken_back", subject=person, data={"unit": person.unit.code}, at=at)
    return person


@transaction.atomic
def move_person(*, actor: User | None, person: Person, unit: Unit, at: datetime | None = None) -> Person:
    """The person works for another unit: posts and coming shifts at the one before end. Refused for the same unit and a closed one."""
    moment, before = at or clock.now(), person.unit
    if unit.pk == before.pk or unit.closed_on is not None:
        raise Refused(f"{person.name}不能调入{unit.name}：已在该单位，或者该单位已撤销。")
    _relieve_all(actor, person, Tenure.objects.filter(person=person, to_at=None, post__unit=before), moment)
    person.unit = unit
    person.save(update_fields=["unit"])
    content = {"before": before.code, "after": unit.code}
    record(actor=actor, action="person_moved", subject=person, data=content, at=moment)
    return person


def _relieve_all(actor: User | None, person: Person, tenures: QuerySet[Tenure], at: datetime) -> None:
    units = set()
    for tenure in list(tenures.select_related("post__unit").order_by("pk")):
        relieve(actor=actor, post=tenure.post, at=at)
        units.add(tenure.post.unit_id)
    for roster in Roster.objects.filter(person=person, unit__in=units, starts_at__gte=at).select_related("unit"):
        unroster_person(actor=actor, roster=roster, at=at)


@transaction.atomic
def close_post(*, actor: User | None, post: Post, on: date, at: datetime | None = None) -> Post:
    """The post is no more from a day on; its record stays. Refused while somebody holds it, or it stands in for another."""
    held = Tenure.objects.filter(post=post, to_at=None).select_related("person").first()
    if held is not None:
        raise Refused(f"{post}现由{held.person.name}任职，请先办理免职或者离职，再撤销岗位。")
    other = Post.objects.filter(deputy=post, closed_on=None).first()
    if other is not None:
        raise Refused(f"{post}是{other}的B岗，请先为{other}另设B岗，再撤销岗位。")
    if post.closed_on is not None:
        raise Refused(f"{post}已于{post.closed_on}撤销。")
    post.closed_on = on
    post.save(update_fields=["closed_on"])
    record(actor=actor, action="post_closed", subject=post, data={"on": on}, at=at)
    return post


@transaction.atomic
def reopen_post(*, actor: User | None, post: Post, at: datetime | None = None) -> Post:
    """A closed post is there again, vacant."""
    post.closed_on = None
    post.save(update_fields=["closed_on"])
    record(actor=actor, action="post_reopened", subject=post, data={}, at=at)
    return post
