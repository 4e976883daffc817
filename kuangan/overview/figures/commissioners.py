"""Supervision commissioners (监管专员): whom each looks after, whom he visited, what is still open, computed from the ledgers."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.fields.json import KT

from kuangan.base.clock import civil_date
from kuangan.base.period import FIRST_DAY, Period, period_of
from kuangan.base.text import person_name, written_as
from kuangan.core.models import Person, Post, Tenure, User
from kuangan.core.queries import visible_to
from kuangan.core.queries.roles import held_at
from kuangan.law.role import Role
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import CURRENT
from kuangan.mine.models import Mine, MineStatus
from kuangan.mine.queries import attributes_on

ASSIGNMENT = "commissioner_assignment"
PATROL = "commissioner_patrol"
OPINION = "site_opinion"
IDLE = (MineStatus.halted, MineStatus.building_halted, MineStatus.closed)
Whose = tuple[int, str]
"""A commissioner as ledgers name him: the keeping unit's key and the name."""


@dataclass(frozen=True)
class Visits:
    """Patrols of one mine by one commissioner that count: a place is named."""

    week: int = 0
    month: int = 0
    underground: int = 0
    last_on: date | None = None

    def and_also(self, more: "Visits") -> "Visits":
        """Both together: the same person, written in two ways."""
        days = [day for day in (self.last_on, more.last_on) if day is not None]
        return Visits(
            self.week + more.week,
            self.month + more.month,
            self.underground + more.underground,
            max(days, default=None),
        )


@dataclass(frozen=True)
class Assigned:
    """One mine of a commissioner. ``owed``: patrols of it are due, as it is not known to be idle."""

    mine: Mine
    owed: bool
    visits: Visits

    @property
    def missing_week(self) -> bool:
        """Whether this week's patrol is still due."""
        return self.owed and not self.visits.week

    @property
    def missing_month(self) -> bool:
        """Whether this month's visit underground is still due."""
        return self.owed and not self.visits.underground


@dataclass(frozen=True)
class Commissioner:
    """One post with its holder and his figures; ``person`` None: nobody holds it."""

    post: Post
    person: Person | None
    mines: tuple[Assigned, ...]
    week: int
    month: int
    underground: int
    open_opinions: int
    late_opinions: int

    @property
    def owed(self) -> int:
        """How many of his mines are to be visited."""
        return sum(1 for one in self.mines if one.owed)

    @property
    def covered(self) -> int:
        """How many of those he visited underground in the month."""
        return sum(1 for one in self.mines if one.owed and one.visits.underground)

    @property
    def rate(self) -> int | None:
        """Covered of owed in percent; None where nothing is owed."""
        return self.covered * 100 // self.owed if self.owed else None


def commissioner_posts(user: User) -> QuerySet[Post]:
    """The commissioners' posts in the user's sight, by unit."""
    posts = Post.objects.filter(role=Role.supervision_commissioner).select_related("unit")
    return visible_to(user, posts, "unit__path").order_by("unit__code", "pk")


def own_posts(user: User, at: datetime) -> QuerySet[Post]:
    """The posts of a commissioner that the user holds himself."""
    held = Tenure.objects.filter(held_at(at), person=user.person_id)
    return Post.objects.filter(role=Role.supervision_commissioner, pk__in=held.values("post")).order_by("pk")


def month_of(text: str, at: datetime) -> Period:
    """The month ``2026-03``, at most the present one; the present one for anything else."""
    today = civil_date(at)
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        first = today
    return period_of("month", min(max(first, FIRST_DAY), today))


def commissioners(posts: Iterable[Post], month: Period, at: datetime) -> list[Commissioner]:
    """These posts with their figures of a month, and of the week of its last day so far; a constant number of queries."""
    found = list(posts)
    on = min(month.last, civil_date(at))
    people = {row.post_id: row.person for row in _tenures(found, at)}
    units = {post.unit_id for post in found}
    mines = _assigned(units, on)
    visits = _visits(units, month, on)
    opinions = _opinions(units, on)
    idle = _idle({mine.pk: mine for many in mines.values() for mine in many}.values(), on)
    made = []
    for post in found:
        person = people.get(post.pk)
        whose = (post.unit_id, person_name(person.name) if person else "")
        own = visits.get(whose, {})
        still_open, late = opinions.get(whose, (0, 0))
        made.append(
            Commissioner(
                post=post,
                person=person,
                mines=tuple(
                    Assigned(mine, mine.pk not in idle, own.get(mine.pk, Visits())) for mine in mines.get(whose, ())
                ),
                week=sum(one.week for one in own.values()),
                month=sum(one.month for one in own.values()),
                underground=sum(one.underground for one in own.values()),
                open_opinions=still_open,
                late_opinions=late,
            )
        )
    return made


def entries_of(commissioner: Commissioner, ledger_id: str, field: str) -> QuerySet[Entry]:
    """The current entries of his unit that name him in a field, the newest first."""
    padded = written_as(commissioner.person.name if commissioner.person else "")
    named = {f"values__{field}__regex": padded}
    rows = Entry.objects.filter(CURRENT, ledger=ledger_id, unit=commissioner.post.unit, **named)
    return rows.select_related("mine").order_by("-on", "-pk")


def _tenures(posts: Iterable[Post], at: datetime) -> QuerySet[Tenure]:
    return Tenure.objects.filter(held_at(at), post__in=[post.pk for post in posts]).select_related("person")


def _assigned(units: Iterable[int], on: date) -> Mapping[Whose, list[Mine]]:
    in_force = Q(on__lte=on) & (Q(until=None) | Q(until__gte=on))
    rows = Entry.objects.filter(CURRENT, in_force, ledger=ASSIGNMENT, unit__in=units, mine__isnull=False)
    found: dict[Whose, dict[int, Mine]] = defaultdict(dict)
    for row in rows.select_related("mine").order_by("mine__code"):
        if row.mine is not None:
            found[row.unit_id, person_name(row.values["name"])][row.mine.pk] = row.mine
    return {whose: list(mines.values()) for whose, mines in found.items()}


def _visits(units: Iterable[int], month: Period, on: date) -> Mapping[Whose, Mapping[int, Visits]]:
    monday = on - timedelta(days=on.weekday())
    first = min(month.first, monday)
    rows = Entry.objects.filter(CURRENT, ledger=PATROL, unit__in=units, on__gte=first, on__lte=on)
    in_month = Q(on__gte=month.first)
    counted = (
        rows.filter(values__has_key="places")
        .values("unit_id", "mine_id", who=KT("values__person"))
        .annotate(
            week=Count("pk", filter=Q(on__gte=monday)),
            month=Count("pk", filter=in_month),
            underground=Count("pk", filter=in_month & Q(values__underground=True)),
            last=Max("on"),
        )
    )
    found: dict[Whose, dict[int, Visits]] = defaultdict(dict)
    for row in counted:
        own = found[row["unit_id"], person_name(row["who"])]
        visits = Visits(row["week"], row["month"], row["underground"], row["last"])
        own[row["mine_id"]] = visits.and_also(own.get(row["mine_id"], Visits()))
    return found


def _opinions(units: Iterable[int], on: date) -> Mapping[Whose, tuple[int, int]]:
    """Open opinions and those of them whose day has passed."""
    rows = Entry.objects.filter(CURRENT, ledger=OPINION, unit__in=units, on__lte=on).exclude(
        values__has_key="closed_on"
    )
    still_open: Counter[Whose] = Counter()
    late: Counter[Whose] = Counter()
    for unit, values in rows.values_list("unit_id", "values"):
        whose = (unit, person_name(values["commissioner"]))
        still_open[whose] += 1
        late[whose] += values["due_on"] < on.isoformat()
    return {whose: (number, late[whose]) for whose, number in still_open.items()}


def _idle(mines: Iterable[Mine], on: date) -> set[int]:
    return {key for key, values in attributes_on(mines, on).items() if values.get("status") in IDLE}
