"""People, posts and their first holders of a whole city at once: a handful of statements, and of each an entry on its own trail."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from kuangan.base import clock
from kuangan.base.text import person_name
from kuangan.core.access.approval import needs_two, require_apart_from, require_approved
from kuangan.core.actions.access.leaving import settle_access
from kuangan.core.actions.audit import Line, record_many
from kuangan.core.errors import Refused
from kuangan.core.models import AccountRequest, Person, Post, Tenure, Unit, User
from kuangan.core.queries.roles import tenures_at
from kuangan.law.role import Role

AT_ONCE: Final = 2000
"""Rows of one statement at most."""


class RefusedOf(Refused):
    """What is refused of one of many; ``place``: of which, from 0."""

    def __init__(self, place: int, message: str) -> None:
        super().__init__(message)
        self.place = place


@dataclass(frozen=True)
class NewPost:
    """A post to be."""

    unit: Unit
    title: str
    role: Role


@dataclass(frozen=True)
class Appointment:
    """Who is to hold a vacant post."""

    post: Post
    person: Person


@transaction.atomic
def create_people(*, actor: User | None, people: Sequence[Person], at: datetime) -> list[Person]:
    """Add people that were made up but not stored yet; each as ``create_person`` does."""
    for person in people:
        person.name = person_name(person.name)
    made = Person.objects.bulk_create(people, batch_size=AT_ONCE)
    record_many((Line(person, "person_created", _of_person(person), actor) for person in made), at)
    return made


def _of_person(person: Person) -> Mapping[str, object]:
    return {
        "name": person.name,
        "unit": person.unit.code,
        "phone": person.phone,
        "certificate": person.certificate,
    }


@transaction.atomic
def create_posts_of_many(*, actor: User | None, posts: Sequence[NewPost], at: datetime) -> list[Post]:
    """Add vacant posts of any units; each as ``create_post`` does. No unit may have one of them."""
    made = Post.objects.bulk_create(
        (Post(unit=post.unit, title=post.title, role=post.role.value) for post in posts), batch_size=AT_ONCE
    )
    record_many((Line(post, "post_created", _of_post(post), actor) for post in made), at)
    return made


def _of_post(post: Post) -> Mapping[str, object]:
    return {"unit": post.unit.code, "title": post.title, "role": post.role, "deputy": None}


@transaction.atomic
def fill_vacant_posts(
    *,
    actor: User | None,
    appointments: Sequence[Appointment],
    at: datetime,
    approval: AccountRequest | None = None,
) -> list[Tenure]:
    """Let people hold vacant posts from ``at`` on; each is checked and recorded as ``appoint`` does.

    Raises :class:`RefusedOf` naming the first that is refused, also for a post that somebody holds.
    """
    keys = [appointment.post.pk for appointment in appointments]
    list(Post.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk", flat=True))
    _require_appointable(actor, appointments, approval, keys)
    made = Tenure.objects.bulk_create(
        (Tenure(post=wanted.post, person=wanted.person, from_at=at) for wanted in appointments), batch_size=AT_ONCE
    )
    content = {"from": None, "from_at": at}
    record_many((Line(held.post, "appointed", {"person": held.person_id, **content}, actor) for held in made), at)
    settle_access(actor, [wanted.person for wanted in appointments])
    return made


def _require_appointable(
    actor: User | None, appointments: Sequence[Appointment], approval: AccountRequest | None, keys: Collection[int]
) -> None:
    held = set(Tenure.objects.filter(post__in=keys, to_at=None).values_list("post_id", flat=True))
    backed = Post.objects.filter(deputy__in=keys).values_list("deputy_id", "role")
    by_deputy = {deputy for deputy, role in backed if needs_two(Role(role))}
    roles = _roles_held({wanted.person.pk for wanted in appointments})
    for place, wanted in enumerate(appointments):
        post, person = wanted.post, wanted.person
        if post.pk in held:
            raise RefusedOf(place, f"{post}已有人任职，请逐一任命。")
        try:
            require_apart_from(roles.setdefault(person.pk, set()), post.typed_role, person)
            if needs_two(post.typed_role) or post.pk in by_deputy:
                require_approved(actor, approval, person, f"任命{post}", post=post)
        except Refused as refused:
            raise RefusedOf(place, refused.message) from refused
        held.add(post.pk)
        roles[person.pk].add(post.typed_role)


def _roles_held(people: Collection[int]) -> dict[int, set[Role]]:
    roles: dict[int, set[Role]] = {}
    for person, role in tenures_at(clock.now()).filter(person__in=people).values_list("person_id", "post__role"):
        roles.setdefault(person, set()).add(Role(role))
    return roles
