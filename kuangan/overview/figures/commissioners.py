"""Supervision commissioners (监管专员): whom each looks after, whom he visited, what is still open, computed from the ledgers."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.fields.json import KT

from kuangan.base.clock import civil_date
from kuangan.base.period import FIRST_DAY, Period, period_of
from kuangan.base.text import person_name
from kuangan.core.models import Person, Post, User
from kuangan.core.values.kinds import name_text
from kuangan.ledger.models import Entry
from kuangan.mine.models import Mine, MineStatus
from kuangan.mine.queries import attributes_on
from kuangan.overview.figures.directives import FollowedEntry, followed
from kuangan.overview.queries.ledgers import entries_kept, entries_naming, holders, in_force_on

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
        return sum(1 for mine in self.mines if mine.owed)

    @property
    def covered(self) -> int:
        """How many of those he visited underground in the month."""
        return sum(1 for assigned_mine in self.mines if assigned_mine.owed and assigned_mine.visits.underground)

    @property
    def rate(self) -> int | None:
        """Covered of owed in percent; None where nothing is owed."""
        return self.covered * 100 // self.owed if self.owed else None


def month_of(text: str, at: datetime) -> Period:
    """The month ``2026-03``, at most the present one; the present one for anything else."""
    today = civil_date(at)
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        first = today
    return period_of("month", min(max(first, FIRST_DAY), today))


def commissioners(reader: User, posts: Iterable[Post], month: Period, at: datetime) -> list[Commissioner]:
    """These posts with their figures of a month, and of the week of its last day so far; a constant number of queries."""
    own_posts = list(posts)
    on = min(month.last, civil_date(at))
    people = holders(reader, own_posts, at)
    units = {post.unit_id for post in own_posts}
    mines = _assigned(reader, units, on)
    visits = _visits(reader, units, month, on)
    opinions = _opinions(reader, units, on)
    idle = _idle({mine.pk: mine for many in mines.values() for mine in many}.values(), on)
    made = []
    for post in own_posts:
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
                week=sum(own_visits.week for own_visits in own.values()),
                month=sum(own_visits.month for own_visits in own.values()),
                underground=sum(own_visits.underground for own_visits in own.values()),
                open_opinions=still_open,
                late_opinions=late,
            )
        )
    return made


def entries_of(reader: User, commissioner: Commissioner, ledger_id: str, field: str) -> QuerySet[Entry]:
    """The current entries of his unit that name him in a field, the newest first."""
    name = commissioner.person.name if commissioner.person else ""
    return entries_naming(reader, ledger_id, commissioner.post, field, name)


def _assigned(reader: User, units: Iterable[int], on: date) -> Mapping[Whose, list[Mine]]:
    assignments = entries_kept(reader, ASSIGNMENT, units).filter(in_force_on(on), mine__isnull=False)
    by_person: dict[Whose, dict[int, Mine]] = defaultdict(dict)
    for assignment in assignments.select_related("mine").order_by("mine__code"):
        if assignment.mine is not None:
            by_person[assignment.unit_id, name_text(assignment.values["name"])][assignment.mine.pk] = assignment.mine
    return {whose: list(mines.values()) for whose, mines in by_person.items()}


def _visits(reader: User, units: Iterable[int], month: Period, on: date) -> Mapping[Whose, Mapping[int, Visits]]:
    monday = on - timedelta(days=on.weekday())
    first = min(month.first, monday)
    patrols = entries_kept(reader, PATROL, units).filter(on__gte=first, on__lte=on)
    in_month = Q(on__gte=month.first)
    counted = (
        patrols.filter(values__has_key="places")
        .values("unit_id", "mine_id", who=KT("values__person"))
        .annotate(
            week=Count("pk", filter=Q(on__gte=monday)),
            month=Count("pk", filter=in_month),
            underground=Count("pk", filter=in_month & Q(values__underground=True)),
            last=Max("on"),
        )
    )
    visits_by_mine: dict[Whose, dict[int, Visits]] = defaultdict(dict)
    for counted_row in counted:
        own = visits_by_mine[counted_row["unit_id"], person_name(counted_row["who"])]
        visits = Visits(counted_row["week"], counted_row["month"], counted_row["underground"], counted_row["last"])
        own[counted_row["mine_id"]] = visits.and_also(own.get(counted_row["mine_id"], Visits()))
    return visits_by_mine


def open_opinions(reader: User, opinions: QuerySet[Entry]) -> list[tuple[Entry, date]]:
    """Of these opinions those that are still open, and by when: one whose problem is not put right; a text of before until it says so."""
    waiting = followed(reader, OPINION)
    as_text = Q(values__problems__0__isnull=True) & ~Q(values__has_key="closed_on")
    still_open = opinions.filter(Q(serial__in=list(waiting)) | as_text)
    return [(entry, _due_on(entry, waiting.get(entry.serial or 0))) for entry in still_open]


def _due_on(entry: Entry, waiting: FollowedEntry | None) -> date:
    return (waiting.due_on if waiting else None) or date.fromisoformat(entry.values["due_on"])


def _opinions(reader: User, units: Iterable[int], on: date) -> Mapping[Whose, tuple[int, int]]:
    """Open opinions and those of them whose day has passed."""
    still_open: Counter[Whose] = Counter()
    late: Counter[Whose] = Counter()
    for entry, due_on in open_opinions(reader, entries_kept(reader, OPINION, units).filter(on__lte=on)):
        whose = (entry.unit_id, name_text(entry.values["commissioner"]))
        still_open[whose] += 1
        late[whose] += due_on < on
    return {whose: (number, late[whose]) for whose, number in still_open.items()}


def _idle(mines: Iterable[Mine], on: date) -> set[int]:
    return {key for key, values in attributes_on(mines, on).items() if values.get("status") in IDLE}
