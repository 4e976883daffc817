"""Rows behind the figures on commissioners, on the oversight of counties and on what is overdue."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Exists, Q, QuerySet

from kuangan.base.period import Period
from kuangan.base.text import written_as
from kuangan.casework.models import Case
from kuangan.casework.queries import cases_visible_to
from kuangan.core.models import Person, Post, Tenure, Unit, User
from kuangan.core.queries import units_visible_to, visible_to
from kuangan.core.queries.roles import held_at
from kuangan.duty.models import Duty
from kuangan.duty.proof.standing import ended_among
from kuangan.duty.status import overdue
from kuangan.law.role import Role
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import CURRENT, entries_visible_to


def commissioner_posts(reader: User) -> QuerySet[Post]:
    """The commissioners' posts in the reader's sight, by unit."""
    posts = Post.objects.filter(role=Role.supervision_commissioner).select_related("unit")
    return visible_to(reader, posts, "unit__path").order_by("unit__code", "pk")


def own_posts(reader: User, at: datetime) -> QuerySet[Post]:
    """The posts of a commissioner that the reader holds himself."""
    held = Tenure.objects.filter(held_at(at), person=reader.person_id)
    return Post.objects.filter(role=Role.supervision_commissioner, pk__in=held.values("post")).order_by("pk")


def holders(reader: User, posts: Iterable[Post], at: datetime) -> dict[int, Person]:
    """By post: who holds it at a moment, of the commissioners' posts in sight."""
    wanted = commissioner_posts(reader).filter(pk__in=[post.pk for post in posts]).order_by().values("pk")
    return {
        tenure.post_id: tenure.person
        for tenure in Tenure.objects.filter(held_at(at), post__in=wanted).select_related("person")
    }


def entries_kept(reader: User, ledger_id: str, units: Iterable[int]) -> QuerySet[Entry]:
    """The current entries in sight that some units keep in a ledger."""
    return entries_visible_to(reader, ledger_id).filter(unit__in=tuple(units))


def entries_naming(reader: User, ledger_id: str, post: Post, field: str, name: str) -> QuerySet[Entry]:
    """The current entries in sight of the post's unit that name somebody in a field, the newest first."""
    entries = entries_kept(reader, ledger_id, [post.unit_id]).filter(**{f"values__{field}__regex": written_as(name)})
    return entries.select_related("mine").order_by("-on", "-pk")


def tasks_open(reader: User, ledger_id: str, post: Post, name: str) -> QuerySet[Entry]:
    """What the city asked of a commissioner in words before tasks were cases, and he has not reported done: for whoever sees his post."""
    seen = Exists(commissioner_posts(reader).filter(pk=post.pk))
    named = {"values__commissioner": name, "values__responsible": post.unit.code}
    entries = Entry.objects.filter(CURRENT, seen, ledger=ledger_id, values__has_key="content", **named)
    return entries.exclude(values__has_key="done_on").order_by("on", "pk")


def task_cases(reader: User, ledger_id: str, post: Post, name: str) -> QuerySet[Case]:
    """The open cases in sight of what the city asked of a commissioner, the oldest first."""
    about = {"unit": post.unit_id, "entry__ledger": ledger_id, "facts__commissioner": name}
    return cases_visible_to(reader).filter(closed_at=None, **about).order_by("opened_at", "pk")


def counties_overseen(reader: User, kinds: Iterable[str]) -> list[Unit]:
    """The county offices in sight, by code."""
    return list(units_visible_to(reader, kinds).order_by("code"))


def county_visits(
    reader: User, ledger_id: str, kinds: Iterable[str], period: Period
) -> tuple[dict[str, Unit], list[Entry]]:
    """The county offices in sight by code, and the city's visits to them in a period, the newest first.

    The city keeps the entries; each county sees those about itself.
    """
    counties = {unit.code: unit for unit in counties_overseen(reader, kinds)}
    about = {"values__county__in": list(counties), "on__range": (period.first, period.last)}
    return counties, list(Entry.objects.filter(CURRENT, ledger=ledger_id, **about).order_by("-on", "-pk"))


def duties_following(reader: User, obligation: str, subjects: Iterable[str]) -> dict[str, Duty]:
    """By subject: the duties in sight of one obligation that follow these subjects."""
    duties = Duty.objects.filter(obligation=obligation, subject__in=list(subjects))
    return {duty.subject: duty for duty in visible_to(reader, duties)}


def overdue_duties(reader: User, at: datetime) -> QuerySet[Duty]:
    """Duties in the reader's sight that are overdue: undone and unexcused."""
    seen = visible_to(reader, Duty.objects.all())
    return seen.filter(overdue(at, ended_among(seen, at))).select_related("unit", "mine")


def units_by_key(reader: User, keys: Iterable[int]) -> dict[int, Unit]:
    return units_visible_to(reader).order_by().in_bulk(list(keys))


def in_force_on(day: date) -> Q:
    """Filter on Entry: those that hold on a day."""
    return Q(on__lte=day) & (Q(until=None) | Q(until__gte=day))
