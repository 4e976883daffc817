"""Roles in force: what a user may do at a moment, through posts, deputies and the roster."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Q, QuerySet

from kuangan.base import clock
from kuangan.core.models import Absence, Person, Post, Roster, Tenure, Unit, User
from kuangan.law.role import Role

T = TypeVar("T")
_KEEPING = tuple(role for role in Role if role.administers)
ONE_REQUEST = timedelta(seconds=1)
"""How far apart the looks of one request at the clock may lie."""


@dataclass(frozen=True)
class Hold:
    """A role that a user has at a unit through his own `post`; `acting_for` = the absent post whose deputy that is."""

    role: Role
    unit: Unit
    post: Post
    acting_for: Post | None = None


def absent_at(at: datetime) -> Q:
    """Filter on Absence: those in force at `at`; the end itself no longer counts."""
    return Q(from_at__lte=at, to_at__gt=at)


def held_at(at: datetime) -> Q:
    """Filter on Tenure: those in force at `at`; the end itself belongs to the successor."""
    return Q(from_at__lte=at) & (Q(to_at__isnull=True) | Q(to_at__gt=at))


def tenures_at(at: datetime) -> QuerySet[Tenure]:
    """All tenures in force, those of absent posts too."""
    return Tenure.objects.filter(held_at(at)).select_related("post__unit", "person")


def absent_posts(posts: Iterable[int], at: datetime) -> set[int]:
    """Which of these posts (by primary key) are absent, so that their deputies act."""
    return set(Absence.objects.filter(absent_at(at), post__in=tuple(posts)).values_list("post_id", flat=True))


def keep_answers(user: User) -> None:
    """Let :func:`roles_of` and sight asked without a moment be looked up once for this object: for requests that only read."""
    user.kept_answers = {}  # type: ignore[attr-defined]  # lives as long as the request's user


def kept(user: User, name: str, find: Callable[[], T]) -> T:
    """What ``find`` says; asked once where answers are kept."""
    answers: dict[str, T] | None = getattr(user, "kept_answers", None)
    if answers is None:
        return find()
    if name not in answers:
        answers[name] = find()
    return answers[name]


def roles_of(user: User, at: datetime | None = None) -> tuple[Hold, ...]:
    """The user's roles at a moment (now): own posts, posts he stands in for, roster.

    While a post is absent its rights are with the deputy alone, so that two people never hold one signature.
    A disabled account has no roles. Three queries, one more while a post concerned is absent.
    """
    if at is None or _is_of_request(user, at):
        return kept(user, "roles", lambda: _roles(user, clock.now()))
    return _roles(user, at)


def _is_of_request(user: User, at: datetime) -> bool:
    """Whether a moment is the one at which a page was asked for: pages look at the clock more than once on their way."""
    if getattr(user, "kept_answers", None) is None:
        return False
    asked_at = kept(user, "asked_at", clock.now)
    return abs(at - asked_at) < ONE_REQUEST


def _roles(user: User, moment: datetime) -> tuple[Hold, ...]:
    if not user.is_active or user.person_id is None:
        return ()
    tenures = own_tenures(user, moment)
    posts: dict[int | None, Post] = {tenure.post_id: tenure.post for tenure in tenures}
    if not posts:
        return ()
    concerned = Q(post__in=posts) | Q(post__deputy__in=posts)
    absent = set(Absence.objects.filter(absent_at(moment) & concerned).values_list("post_id", flat=True))
    own = [Hold(post.typed_role, post.unit, post) for post in posts.values() if post.pk not in absent]
    return (*own, *_deputised(posts, absent), *_rostered(user.person_id, posts, moment))


def own_tenures(user: User, moment: datetime) -> tuple[Tenure, ...]:
    """What the user holds himself, in the order of the posts; looked up once for the moment of a page."""

    def find() -> tuple[Tenure, ...]:
        held = Tenure.objects.filter(held_at(moment), person=user.person_id)
        return tuple(held.select_related("post__unit").order_by("post_id"))

    return kept(user, "tenures", find) if _is_of_request(user, moment) else find()


def _deputised(posts: Mapping[int | None, Post], absent: Collection[int]) -> Iterator[Hold]:
    """Roles of absent posts whose deputy post is one of these."""
    if absent:
        for post in Post.objects.filter(pk__in=absent, deputy__in=posts).select_related("unit").order_by("pk"):
            yield Hold(post.typed_role, post.unit, posts[post.deputy_id], acting_for=post)


def _rostered(person_id: int, posts: Mapping[int | None, Post], at: datetime) -> Iterator[Hold]:
    """Roles of the shift the person is on, in units where he holds a post."""
    of_unit = {post.unit_id: post for post in posts.values()}
    rosters = Roster.objects.filter(on_shift_at(at), person=person_id, unit__in=of_unit).order_by("pk")
    for role, unit_id in rosters.values_list("role", "unit"):
        yield Hold(Role(role), of_unit[unit_id].unit, of_unit[unit_id])


def on_shift_at(at: datetime) -> Q:
    """Filter on Roster: those on duty at `at`; the end itself belongs to the next shift."""
    return Q(starts_at__lte=at, ends_at__gt=at)


def holds(user: User, role: Role | str, unit: Unit | None = None, at: datetime | None = None) -> Hold | None:
    """The hold by which the user has this role (at this unit), own posts before those he stands in for; None if he has not."""
    wanted = Role(role)
    for hold in roles_of(user, at):
        if hold.role is wanted and (unit is None or hold.unit.pk == unit.pk):
            return hold
    return None


def people_in_role(unit: Unit, role: Role | str, at: datetime | None = None) -> tuple[Person, ...]:
    """Who has this role at the unit: holders in the order of their posts; a deputy in the place of an absent holder."""
    moment = at or clock.now()
    tenures = tuple(tenures_at(moment).filter(post__unit=unit, post__role=Role(role)).order_by("post_id"))
    absent = absent_posts((tenure.post_id for tenure in tenures), moment)
    deputies = {tenure.post.deputy_id for tenure in tenures if tenure.post_id in absent}
    acting = {tenure.post_id: tenure.person for tenure in tenures_at(moment).filter(post__in=deputies - {None})}
    people: dict[int, Person] = {}
    for tenure in tenures:
        stands_in = acting.get(tenure.post.deputy_id or 0)
        person = stands_in if tenure.post_id in absent else tenure.person
        if person is not None:
            people.setdefault(person.pk, person)
    return tuple(people.values())


def others_in(unit_id: int, roles: Collection[str], user: User, at: datetime) -> bool:
    """Whether somebody else than the user has one of the roles (any, where none is named) at a unit."""
    held = tenures_at(at).filter(post__unit=unit_id).exclude(person=user.person_id)
    held = held.filter(post__role__in=roles) if roles else held.exclude(post__role__in=_KEEPING)
    return held.exists()


def units_with_role(role: Role | str, at: datetime | None = None) -> tuple[Unit, ...]:
    """The units in which somebody holds this role, each once, in the order they were entered."""
    tenures = tenures_at(at or clock.now()).filter(post__role=Role(role)).order_by("post__unit_id")
    return tuple({tenure.post.unit_id: tenure.post.unit for tenure in tenures}.values())


def on_duty_by_role(unit: Unit, at: datetime, roles: Iterable[Role]) -> dict[Role, tuple[Person, ...]]:
    """Who is on the unit's roster at a moment in each of these roles, in the order they were entered; one query."""
    people: dict[Role, dict[int, Person]] = {role: {} for role in roles}
    rosters = Roster.objects.filter(on_shift_at(at), unit=unit, role__in=list(people)).select_related("person")
    for roster in rosters.order_by("pk"):
        people[Role(roster.role)][roster.person_id] = roster.person
    return {role: tuple(of_role.values()) for role, of_role in people.items()}


def people_on_duty(unit: Unit, at: datetime | None = None, role: Role | str | None = None) -> tuple[Person, ...]:
    """Who is on the unit's roster at a moment (in this role), in the order they were entered."""
    rosters = Roster.objects.filter(on_shift_at(at or clock.now()), unit=unit).select_related("person").order_by("pk")
    if role is not None:
        rosters = rosters.filter(role=Role(role))
    return tuple({roster.person_id: roster.person for roster in rosters}.values())
