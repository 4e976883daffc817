"""The register of units, people, posts and accounts, for those who keep it: nobody else gets a row."""

from datetime import date, datetime
from typing import TypeVar

from django.db.models import Count, F, Model, Prefetch, Q, QuerySet

from kuangan.base import clock
from kuangan.core.models import Absence, ApiToken, Person, Post, Roster, Tenure, Unit, User
from kuangan.core.queries.account_requests import keeps_accounts, may_ask
from kuangan.core.queries.roles import held_at, roles_of
from kuangan.core.queries.scope import in_sight, is_supervised, visible_paths
from kuangan.core.sealed import unseal
from kuangan.law.role import Role

Row = TypeVar("Row", bound=Model)


def _for_keepers(reader: User, kept: QuerySet[Row]) -> QuerySet[Row]:
    """The rows, for the operator and the security administrator."""
    return kept if keeps_accounts(reader) else kept.none()


def kept_units(reader: User) -> QuerySet[Unit]:
    """All units, by place."""
    return _for_keepers(reader, Unit.objects.order_by("path"))


def kept_people(reader: User) -> QuerySet[Person]:
    """All people, by the place of their units and by name."""
    return _for_keepers(reader, Person.objects.select_related("unit").order_by("unit__path", "name"))


def identity_of(person: Person) -> str:
    """The number of the identity card in clear, for pages that mask it; empty without one."""
    return unseal(person.identity, person.place("identity"))


def kept_posts(reader: User) -> QuerySet[Post]:
    """All posts with unit and deputy, by place and right."""
    posts = Post.objects.filter(closed_on=None).select_related("unit", "deputy").order_by("unit__path", "role", "pk")
    return _for_keepers(reader, posts)


def held_posts(reader: User, text: str = "") -> QuerySet[Post]:
    """All posts with their holder and his account (``now``); only those of which unit, title or holder contain ``text``."""
    held = Tenure.objects.filter(to_at=None).select_related("person__user")
    posts = kept_posts(reader).prefetch_related(Prefetch("tenures", queryset=held, to_attr="now"))
    if not text:
        return posts
    by_person = Q(tenures__to_at=None, tenures__person__name__icontains=text)
    return posts.filter(Q(unit__name__icontains=text) | Q(title__icontains=text) | by_person).distinct()


def kept_accounts(reader: User) -> QuerySet[User]:
    """The accounts of people."""
    return _for_keepers(reader, User.objects.select_related("person__unit").exclude(person=None))


def tenures_of_person(reader: User, person_id: int | None) -> QuerySet[Tenure]:
    """Every post that a person holds or held, the latest first."""
    tenures = Tenure.objects.filter(person=person_id).select_related("post__unit").order_by("-from_at")
    return _for_keepers(reader, tenures)


def tenures_of_post(reader: User, post: Post) -> QuerySet[Tenure]:
    """Everybody who holds or held a post, the latest first."""
    tenures = Tenure.objects.filter(post=post).select_related("person").order_by("-from_at")
    return _for_keepers(reader, tenures)


def absences_to_come(reader: User, post: Post, at: datetime) -> QuerySet[Absence]:
    """The absences of a post that have not ended, the next first."""
    return _for_keepers(reader, Absence.objects.filter(post=post, to_at__gt=at).order_by("from_at"))


def kept_rosters(reader: User) -> QuerySet[Roster]:
    """Every shift of every roster, in the order of days, places and hours."""
    rosters = Roster.objects.select_related("unit", "person").order_by("on", "unit__path", "starts_at", "pk")
    return _for_keepers(reader, rosters)


def rostered_between(reader: User, first: date, end: date) -> QuerySet[Roster]:
    """The shifts of the days from ``first`` until before ``end``."""
    return kept_rosters(reader).filter(on__gte=first, on__lt=end)


def all_api_tokens(reader: User) -> QuerySet[ApiToken]:
    """Everybody's keys of the API, those in force and those that ended, the newest first."""
    tokens = ApiToken.objects.select_related("user__person__unit").order_by("-issued_at", "-pk")
    return _for_keepers(reader, tokens)


def api_tokens_in_force(reader: User) -> QuerySet[ApiToken]:
    """Everybody's keys of the API that are accepted now."""
    return all_api_tokens(reader).filter(stopped_at=None, expires_at__gt=clock.wall_now())


def registered_units(reader: User, *, vacant: bool = False) -> QuerySet[Unit]:
    """The units of the register by place, with the numbers of their posts that are held and vacant (``posts_held``, ``posts_vacant``).

    All of them for the system administrator, their own unit for the supervised, for others those in their sight. ``vacant``: only those
    with a post that nobody holds.
    """
    now = clock.now()
    held = Q(posts__tenures__from_at__lte=now) & (Q(posts__tenures__to_at=None) | Q(posts__tenures__to_at__gt=now))
    units = Unit.objects.annotate(
        posts_held=Count("posts", filter=held, distinct=True),
        posts_vacant=Count("posts", filter=Q(posts__closed_on=None), distinct=True) - F("posts_held"),
    ).order_by("path")
    if vacant:
        units = units.filter(posts_vacant__gt=0)
    if may_ask(reader):
        return units
    own = Q(pk__in=[unit.pk for unit in administered_units(reader)])
    if is_supervised(reader) and visible_paths(reader):
        own |= Q(pk=reader.person.unit_id if reader.person else None)
    return units.filter(own if is_supervised(reader) else own | in_sight(reader))


def administered_units(reader: User) -> tuple[Unit, ...]:
    """The units whose people and posts the reader keeps as their administrator."""
    return tuple({hold.unit.pk: hold.unit for hold in roles_of(reader) if hold.role is Role.unit_admin}.values())


def registered_posts(reader: User, unit: Unit) -> QuerySet[Post]:
    """The posts of a unit that :func:`registered_units` shows the reader, with deputy and those who hold them (``now``)."""
    held = Tenure.objects.filter(held_at(clock.now())).select_related("person").order_by("pk")
    posts = Post.objects.filter(unit__in=registered_units(reader).filter(pk=unit.pk).values("pk"))
    posts = posts.select_related("deputy").prefetch_related(Prefetch("tenures", queryset=held, to_attr="now"))
    return posts.filter(closed_on=None).order_by("role", "pk")


def registered_people(reader: User, unit: Unit) -> QuerySet[Person]:
    """Who works for a unit, with what each holds (``held``): for those who keep its people."""
    if not may_ask(reader) and unit not in administered_units(reader):
        return Person.objects.none()
    held = Tenure.objects.filter(held_at(clock.now())).select_related("post__unit").order_by("pk")
    people = Person.objects.filter(unit=unit, left_on=None).select_related("user")
    return people.prefetch_related(Prefetch("tenures", queryset=held, to_attr="held")).order_by("name", "pk")


def rostering_units(reader: User) -> QuerySet[Unit]:
    """The units whose rosters the reader keeps: all with posts for the system administrator, their own for a unit's administrator."""
    if may_ask(reader):
        return Unit.objects.exclude(posts=None).distinct().order_by("path")
    return Unit.objects.filter(pk__in=[unit.pk for unit in administered_units(reader)]).order_by("path")


def unit_rosters(reader: User, unit: Unit, first: date, last: date) -> QuerySet[Roster]:
    """Who is on duty at a unit on the days from ``first`` to ``last``, for those who keep its roster."""
    rosters = Roster.objects.filter(unit__in=rostering_units(reader).filter(pk=unit.pk).values("pk"))
    return rosters.filter(on__gte=first, on__lte=last).select_related("person").order_by("on", "starts_at", "pk")


def rostered_people(reader: User, unit: Unit) -> QuerySet[Person]:
    """Who holds a post of a unit, so that he can be put on its roster; for those who keep it."""
    posts = Tenure.objects.filter(to_at=None, post__unit__in=rostering_units(reader).filter(pk=unit.pk).values("pk"))
    return Person.objects.filter(pk__in=posts.values("person")).order_by("name", "pk")
