"""A unit is closed, opened again, or goes up in another with its posts, people and messages."""

from datetime import date, datetime

from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions.audit import record
from kuangan.core.actions.units import add_oversight
from kuangan.core.errors import Refused
from kuangan.core.models import Notice, Oversight, Person, Post, Roster, Unit, User

LONGEST_TITLE = 40


@transaction.atomic
def close_unit(
    *, actor: User | None, unit: Unit, on: date, into: Unit | None = None, at: datetime | None = None
) -> Unit:
    """The unit is no more from a day on; its rows stay to be read. Refused for one that is closed."""
    if unit.closed_on is not None:
        raise Refused(f"{unit.name}已于{unit.closed_on}撤销。")
    unit.closed_on, unit.into = on, into
    unit.save(update_fields=["closed_on", "into"])
    data = {"on": on, "into": into.code if into else None}
    record(actor=actor, action="unit_closed", subject=unit, data=data, at=at)
    return unit


@transaction.atomic
def reopen_unit(*, actor: User | None, unit: Unit, at: datetime | None = None) -> Unit:
    """A closed unit is there again."""
    unit.closed_on = unit.into = None
    unit.save(update_fields=["closed_on", "into"])
    record(actor=actor, action="unit_reopened", subject=unit, data={}, at=at)
    return unit


@transaction.atomic
def take_in_unit(*, actor: User | None, unit: Unit, into: Unit, on: date, at: datetime | None = None) -> Unit:
    """Posts, people, coming shifts and unanswered messages of a unit are those of another; the unit is closed.

    What it saw the other sees, and what it had on record too. A post whose title the other has is told apart by the former unit's name.
    """
    moment = at or clock.now()
    taken = set(Post.objects.filter(unit=into).values_list("title", flat=True))
    posts = list(Post.objects.filter(unit=unit).order_by("pk"))
    for post in posts:
        post.title = post.title if post.title not in taken else f"{post.title}（原{unit.name}）"[:LONGEST_TITLE]
        post.unit = into
        post.save(update_fields=["unit", "title"])
    people = Person.objects.filter(unit=unit)
    content = {"posts": [post.pk for post in posts], "people": list(people.values_list("pk", flat=True))}
    people.update(unit=into)
    Roster.objects.filter(unit=unit, ends_at__gt=moment).update(unit=into)
    Notice.objects.filter(unit=unit, received_at=None, ended_at=None).update(unit=into)
    for path in (unit.path, *Oversight.objects.filter(unit=unit).values_list("path", flat=True)):
        add_oversight(actor=actor, unit=into, path=path, at=moment)
    close_unit(actor=actor, unit=unit, on=on, into=into, at=moment)
    record(actor=actor, action="unit_taken_in", subject=into, data={"from": unit.code, **content}, at=moment)
    return into
