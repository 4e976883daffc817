"""Units and people as a reader may choose them."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Prefetch, QuerySet

from kuangan.core.models import FormerName, Person, Post, Tenure, Unit, UnitKind
from kuangan.core.queries.scope import visible_to
from kuangan.law.role import Role

AREAS = (UnitKind.city, UnitKind.county)


def units_visible_to(user: object, kinds: Iterable[str] | None = None) -> QuerySet[Unit]:
    """The units in the reader's sight, of some kinds only where these are named, by place."""
    units = Unit.objects.all() if kinds is None else Unit.objects.filter(kind__in=tuple(kinds))
    return visible_to(user, units).order_by("path")


def unit_in_sight(user: object, code: str, kinds: Iterable[str] | None = None) -> Unit | None:
    """The unit with this code if the reader sees it."""
    return units_visible_to(user, kinds).filter(code=code).first()


def areas_visible_to(user: object) -> list[Unit]:
    """The city and the counties that the reader sees."""
    return list(units_visible_to(user, AREAS))


def units_among(user: object, units: Iterable[Unit]) -> QuerySet[Unit]:
    """Units that another query gave the reader, as rows that a form offers: those in his sight, by place."""
    return units_visible_to(user).filter(pk__in=[unit.pk for unit in units])


def people_of(user: object, unit: Unit) -> QuerySet[Person]:
    """The people of a unit in the reader's sight, by name."""
    return visible_to(user, Person.objects.filter(unit=unit, left_on=None), "unit__path").order_by("name")


def people_visible_to(user: object) -> QuerySet[Person]:
    """The people in the reader's sight by place and name, with the posts that they hold (``held``)."""
    held = Tenure.objects.filter(to_at=None).select_related("post").order_by("pk")
    people = Person.objects.select_related("unit").prefetch_related(Prefetch("tenures", queryset=held, to_attr="held"))
    return visible_to(user, people, "unit__path").order_by("unit__path", "name", "pk")


def has_post(unit: Unit, role: Role) -> bool:
    """Whether a unit has a post of a role at all, held or vacant."""
    return Post.objects.filter(unit=unit, role=role, closed_on=None).exists()


def posts_of(user: object, unit: Unit) -> QuerySet[Post]:
    """The posts of a unit in the reader's sight with those who hold them (``now``), by right."""
    held = Tenure.objects.filter(to_at=None).select_related("person").order_by("pk")
    posts = Post.objects.filter(unit=unit, closed_on=None).prefetch_related(
        Prefetch("tenures", queryset=held, to_attr="now")
    )
    return visible_to(user, posts, "unit__path").order_by("role", "pk")


def names_on(units: Iterable[int], on: date) -> dict[int, str]:
    """Which of these units (by primary key) bore another name than today's on a day, and which; one query."""
    former = FormerName.objects.filter(unit__in=list(units), until_on__gt=on).order_by("-until_on")
    return dict(former.values_list("unit_id", "name"))
