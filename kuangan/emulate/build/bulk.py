"""Writes of many rows at once for the building of the city, each with one entry in the record of what they belong to.

They exist for speed only: a city of 110 mines would take minutes through the single actions that people use.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions import record
from kuangan.core.actions.rosters import SHIFT_HOURS, SHIFT_STARTS_AT_HOUR
from kuangan.core.models import Person, Post, Roster, Shift, Tenure, Unit, User
from kuangan.core.standard_posts import StandardPost
from kuangan.law.role import Role
from kuangan.mine.actions import place_points
from kuangan.mine.models import Mine, Point


@transaction.atomic
def fill_posts(
    *, actor: User | None, unit: Unit, posts: Sequence[StandardPost], people: Sequence[tuple[str, str]], at: datetime
) -> list[Person]:
    """Make the posts of a unit, each held since ``at`` by the person (name, phone) of the same place; returns the people.

    Officers get the number of an invented enforcement certificate.
    """
    held = Person.objects.bulk_create(
        Person(name=name, phone=phone, unit=unit, certificate=_certificate(unit, number, plan))
        for number, ((name, phone), plan) in enumerate(zip(people, posts, strict=True), start=1)
    )
    made = Post.objects.bulk_create(Post(unit=unit, title=plan.title, role=plan.role.value) for plan in posts)
    by_title = {post.title: post for post in made}
    for plan, post in zip(posts, made, strict=True):
        post.deputy = by_title.get(plan.deputy)
    Post.objects.bulk_update(made, ["deputy"])
    Tenure.objects.bulk_create(
        Tenure(post=post, person=person, from_at=at) for post, person in zip(made, held, strict=True)
    )
    content = {
        plan.title: {"role": plan.role.value, "person": person.pk} for plan, person in zip(posts, held, strict=True)
    }
    record(actor=actor, action="posts_filled", subject=unit, data=content, at=at)
    return held


def _certificate(unit: Unit, number: int, plan: StandardPost) -> str:
    return f"演示{unit.pk:04d}{number:02d}" if plan.role is Role.enforcement_officer else ""


@transaction.atomic
def roster(*, actor: User | None, unit: Unit, people: Sequence[Person], first: date, days: int, role: Role) -> None:
    """Put these people on duty in turn, three shifts a day, from a Beijing day on."""
    posts = []
    for day in range(days):
        on = first + timedelta(days=day)
        for number, shift in enumerate((Shift.night, Shift.early, Shift.middle)):
            start = clock.beijing_midnight(on) + timedelta(hours=SHIFT_STARTS_AT_HOUR[shift])
            person = people[(day + number) % len(people)]
            end = start + timedelta(hours=SHIFT_HOURS)
            posts.append(
                Roster(unit=unit, on=on, shift=shift, role=role.value, person=person, starts_at=start, ends_at=end)
            )
    Roster.objects.bulk_create(posts)
    content = {"role": role.value, "people": [person.pk for person in people], "first": first, "days": days}
    record(actor=actor, action="shifts_rostered", subject=unit, data=content)


@transaction.atomic
def confirm_places(*, actor: User, mine: Mine, places: Mapping[str, str], at: datetime) -> None:
    """Confirm the places of methane points, by their codes."""
    points = Point.objects.filter(mine=mine, native_code__in=places)
    place_points(actor=actor, mine=mine, wanted={point: (None, places[point.native_code]) for point in points}, at=at)
