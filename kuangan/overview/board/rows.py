"""The evidence behind the task board: duties by one grouped read, then findings, outcomes of rules, cases and feeds."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from django.db.models import CharField, Count, Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from kuangan.base.clock import beijing_midnight, civil_date
from kuangan.base.period import KINDS, Period, periods_between
from kuangan.casework.models import Case, CaseClock, Finding
from kuangan.casework.rule_states import RuleState
from kuangan.duty.models import Duty
from kuangan.duty.status import Status, status_case
from kuangan.law.content import procedures, rules
from kuangan.law.duty.obligation_file import ONCE
from kuangan.law.register import measure
from kuangan.mine.models import Point
from kuangan.monitor.models import Silence
from kuangan.overview.board.counts import Counts
from kuangan.overview.board.scope import Scope

UNDONE: Final = ("merged", "voided", "revoked", "withdrawn")
"""Ends of cases in which nothing had to be done after all."""

Tallies = dict[tuple[str, int], Counts]
"""Counts by measure and unit."""


@dataclass(frozen=True)
class Window:
    """A period as it was known at a moment."""

    period: Period
    at: datetime
    keys: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", overlapping_keys(self.period))

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return beijing_midnight(self.period.first)

    @property
    def end(self) -> datetime:
        """The first moment after it, or just after the moment of knowledge where that comes earlier."""
        return min(beijing_midnight(self.period.last + timedelta(days=1)), self.at + timedelta(microseconds=1))


def overlapping_keys(period: Period) -> tuple[str, ...]:
    """The keys of all duties that share a day with a period: periods of every kind, months of events, and what is due once."""
    keys = [each.key for kind in KINDS for each in periods_between(kind, period.first, period.last)]
    events = [f"E{each.key}" for each in periods_between("month", period.first, period.last)]
    return (*keys, *events, ONCE)


def duties_in(window: Window) -> QuerySet[Any]:
    """The duties of a window that were known at its moment, with their status then as ``status``."""
    rows = Duty.objects.filter(
        period__in=window.keys,
        opened_at__lte=window.at,
        first_on__lte=window.period.last,
    )
    return rows.annotate(status=status_case(window.at))


def tallies(scope: Scope, window: Window, units: Iterable[int], only: str = "") -> Tallies:
    """All counts of some units in a window (``only`` for one measure); a constant number of queries."""
    found: Tallies = defaultdict(Counts)
    wanted = frozenset(units)
    rows = duties_in(window)
    if only:
        rows = rows.filter(measure=only)
    if len(wanted) < len(scope.units):
        rows = rows.filter(unit__in=scope.with_bureaus(wanted))
    for code, unit_id, status, number in rows.values_list("measure", "unit_id", "status").annotate(Count("pk")):
        found[code, scope.seat(measure(code), unit_id)].count(status, number)
    for code, unit_id, name, number in _others(scope, window, only):
        if unit_id in wanted:
            _note(found[code, unit_id], name, number)
    return found


def _note(counts: Counts, name: str, number: int) -> None:
    if name in ("breached", "unknown", "clear"):
        setattr(counts, name, getattr(counts, name) + number)
    else:
        counts.count(name, number)


def _others(scope: Scope, window: Window, only: str) -> Iterator[tuple[str, int, str, int]]:
    """Measure, unit, what is counted and how often, of everything that is not a duty."""
    for code, mine_id, unit_id in _breaches(window, only):
        place = place_of(scope, code, mine_id, unit_id)
        if place is not None:
            yield code, place, "breached", 1
    for code, mine_id, unit_id, outcome, number in _rule_outcomes(window, only):
        place = place_of(scope, code, mine_id, unit_id)
        if place is not None and outcome != RuleState.Outcome.found:
            yield code, place, str(outcome), number
    for code, place, name, number in _case_tallies(scope, window):
        if not only or code == only:
            yield code, place, name, number


def place_of(scope: Scope, measure_code: str, mine_id: int | None, unit_id: int | None) -> int | None:
    """The unit in whose cell a fact about a mine or a unit counts; None for a unit that is not on the board."""
    if mine_id is not None and mine_id in scope.mines:
        return scope.answering(measure(measure_code), scope.mines[mine_id])
    if unit_id is None or unit_id not in scope.units:
        return None
    return scope.seat(measure(measure_code), unit_id)


def standing_findings(window: Window, only: str = "") -> QuerySet[Finding]:
    """Findings (of one measure) made by the end of a window that stood at its moment; those of an alarm or a stop end with its case."""
    ended = Q(case__closed_at__lte=window.at)
    closed = Case.objects.filter(closed_at__lte=window.at).annotate(key=Cast("pk", CharField()))
    of_closed = Exists(closed.filter(key=OuterRef("subject")))
    rows = Finding.objects.filter(found_at__lt=window.end).exclude(ended)
    rows = rows.exclude(Q(rule__in=_about_alarms(), case=None) & of_closed)
    if only:
        rows = rows.filter(measure=only)
    standing = rows.filter(Q(revoked_at=None) | Q(revoked_at__gt=window.at))
    return standing.select_related("mine", "unit", "case").order_by("-found_at", "-pk")


def _breaches(window: Window, only: str) -> QuerySet[Finding, tuple[str, int | None, int | None]]:
    return standing_findings(window, only).order_by().values_list("measure", "mine_id", "unit_id")


@cache
def _about_alarms() -> frozenset[str]:
    """The rules whose subject is the alarm that they judge."""
    return frozenset(rule.id for rule in rules() if rule.topic == "overlimit_confirmed")


def rule_outcomes(window: Window) -> QuerySet[RuleState]:
    """What rules said in the window; only their newest word is kept, so a window that has passed has none."""
    return RuleState.objects.filter(at__gte=window.start, at__lt=window.end)


def _rule_outcomes(window: Window, only: str) -> QuerySet[RuleState, tuple[str, int | None, int, str, int]]:
    asked = rule_outcomes(window).filter(measure=only) if only else rule_outcomes(window)
    rows = asked.values_list("measure", "mine_id", "unit_id", "outcome")
    return rows.annotate(Count("pk")).order_by()


@cache
def case_measures() -> dict[str, tuple[str, ...]]:
    """The measures that each procedure serves: its own, and those it cites of the register."""
    return {
        each.id: tuple(
            dict.fromkeys((each.measure, *(cite.article for cite in each.cites if cite.instrument == "register")))
        )
        for each in procedures()
    }


def cases_in(window: Window) -> QuerySet[Case]:
    """Cases that were open in a window, with ``is_overdue`` and ``was_late`` by their deadlines at its moment."""
    deadlines = CaseClock.objects.filter(case=OuterRef("pk"), kind="deadline", started_at__lte=window.at)
    running = Q(stopped_at=None) | Q(stopped_at__gt=window.at)
    rows = Case.objects.filter(opened_at__lt=window.end, procedure__in=case_measures())
    rows = rows.exclude(closed_at__lt=window.start).exclude(state__in=UNDONE, closed_at__lte=window.at)
    return rows.annotate(
        is_overdue=Exists(deadlines.filter(running, due_at__lte=window.at, paused_at=None)),
        was_late=Exists(deadlines.filter(lapsed_at__lte=window.at)),
    )


def case_status(closed_at: datetime | None, at: datetime, *, is_overdue: bool, was_late: bool) -> Status:
    """A case's status in the words of duties."""
    if closed_at is not None and closed_at <= at:
        return Status.late if was_late else Status.met
    return Status.overdue if is_overdue else Status.due


def _case_tallies(scope: Scope, window: Window) -> Iterator[tuple[str, int, str, int]]:
    """Cases by what they serve; a mine whose feed told nothing leaves these measures unknown."""
    columns = ("procedure", "mine_id", "closed_at", "is_overdue", "was_late")
    for procedure, mine_id, closed_at, is_overdue, was_late in cases_in(window).values_list(*columns):
        status = case_status(closed_at, window.at, is_overdue=is_overdue, was_late=was_late)
        for code in case_measures()[procedure]:
            yield code, _answering(scope, code, mine_id), status.value, 1
    watched = watched_mines(window)
    for code in sorted({code for codes in case_measures().values() for code in codes}):
        for mine_id in scope.mines:
            yield code, _answering(scope, code, mine_id), "clear" if mine_id in watched else "unknown", 1


def _answering(scope: Scope, measure_code: str, mine_id: int) -> int:
    return scope.answering(measure(measure_code), scope.mines[mine_id])


def watched_mines(window: Window) -> frozenset[int]:
    """The mines whose feed told something in the window: it had begun, and was not silent all the time."""
    begun = Point.objects.values("mine_id").annotate(since=Min("first_seen_at")).filter(since__lt=window.end)
    silent = Silence.objects.filter(point=None, started_at__lte=window.start)
    silent = silent.filter(Q(ended_at=None) | Q(ended_at__gte=window.end))
    return frozenset(begun.values_list("mine_id", flat=True)) - frozenset(silent.values_list("mine_id", flat=True))


def is_future(window: Window) -> bool:
    """Whether the period had not begun at the moment."""
    return civil_date(window.at) < window.period.first
