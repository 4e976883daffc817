"""The evidence behind the task board: duties by one grouped read, then findings, outcomes of rules and cases."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import Case as SqlCase
from django.db.models import CharField, F, Q, QuerySet, Value, When

from kuangan.base.clock import beijing_midnight, civil_date, last_day
from kuangan.base.period import KINDS, Period, periods_between
from kuangan.casework.models import Case, Finding
from kuangan.casework.rule_states import RuleState
from kuangan.core.models import User
from kuangan.core.queries.keys import is_among
from kuangan.duty.models import Duty
from kuangan.duty.proof.holding import with_states
from kuangan.duty.proof.standing import standing_obligations
from kuangan.duty.queries import owed_in
from kuangan.duty.status import Status, status_case
from kuangan.law.content import rules
from kuangan.law.duty.obligation_file import ONCE
from kuangan.law.register import measure
from kuangan.overview.board.scope import Scope
from kuangan.overview.queries.board import cases_between, findings_made, rule_states_between


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
    def last_day(self) -> date:
        """Its last day, or that of the moment of knowledge where that comes earlier."""
        return min(self.period.last, civil_date(self.at))

    @property
    def end(self) -> datetime:
        """The first moment after it, or just after the moment of knowledge where that comes earlier."""
        return min(beijing_midnight(self.period.last + timedelta(days=1)), self.at + timedelta(microseconds=1))


def overlapping_keys(period: Period) -> tuple[str, ...]:
    """The keys of all duties that share a day with a period: periods of every kind, months of events, and what is due once."""
    keys = [span.key for kind in KINDS for span in periods_between(kind, period.first, period.last)]
    events = [f"E{span.key}" for span in periods_between("month", period.first, period.last)]
    return (*keys, *events, ONCE)


def duties_in(window: Window, only: str = "") -> QuerySet[Any]:
    """The duties of a window (of one measure) that were known at its moment, with their ``status`` then and ``proof``; without standing ones."""
    duties = _owed_in(window, only).exclude(obligation__in=standing_obligations(only))
    return duties.annotate(status=status_case(window.at), proof=F("grade"))


def standing_in(window: Window, only: str = "") -> QuerySet[Any]:
    """The standing duties of a window with their ``status`` and ``proof``: how each stood on the last day that it asks about."""
    day = min(last_day(window.at), window.period.last)
    duties = _owed_in(window, only).filter(obligation__in=standing_obligations(only))
    return with_states(duties, day, window.at)


def _owed_in(window: Window, only: str) -> QuerySet[Duty]:
    duties = owed_in(window.keys, window.period.last, window.at)
    return duties.filter(measure=only) if only else duties


def status_as_counted(window: Window, code: str, units: Collection[int]) -> SqlCase:
    """The status of a duty as the board counts it, over rows of duties that some units owe of a measure in a window.

    How the few standing ones stand is asked first and by itself: in a list of duties it would be asked for each row.
    """
    stood: dict[str, list[int]] = defaultdict(list)
    if standing_obligations(code):
        standing = standing_in(window, code).filter(unit__in=units)
        for key, status in standing.values_list("pk", "status"):
            stood[status].append(key)
    return SqlCase(
        *(When(is_among(keys), then=Value(status)) for status, keys in stood.items()),
        default=status_case(window.at),
        output_field=CharField(),
    )


def place_of(scope: Scope, measure_code: str, mine_id: int | None, unit_id: int | None) -> int | None:
    """The unit in whose cell a fact about a mine or a unit counts; None for a unit that is not on the board."""
    if mine_id is not None and mine_id in scope.mines:
        return scope.answering(measure(measure_code), scope.mines[mine_id])
    if unit_id is None or unit_id not in scope.units:
        return None
    return scope.seat(measure(measure_code), unit_id)


def standing_findings(window: Window, only: str = "", reader: User | None = None) -> QuerySet[Finding]:
    """Findings (of one measure) that the reader may know of, made by the end of a window that stood at its moment; those of an alarm or a stop end with its case."""
    findings = findings_made(reader, window.end, window.at, _about_alarms())
    return findings.filter(measure=only) if only else findings


@cache
def _about_alarms() -> frozenset[str]:
    """The rules whose subject is the alarm that they judge."""
    return frozenset(rule.id for rule in rules() if rule.topic == "overlimit_confirmed")


def rule_outcomes(window: Window, reader: User | None) -> QuerySet[RuleState]:
    """What rules said in the window; only their newest word is kept, so a window that has passed has none."""
    return rule_states_between(reader, window.start, window.end)


def cases_in(window: Window, reader: User | None, procedures: Collection[str]) -> QuerySet[Case]:
    """Cases of some procedures that were open in a window, as far as the reader was told of them, with ``is_overdue`` and ``was_late`` at its moment."""
    return cases_between(reader, window.start, window.end, window.at, procedures)


def is_closed_by(at: datetime) -> Q:
    """Over cases: those that were closed by a moment."""
    return Q(closed_at__isnull=False, closed_at__lte=at)


def case_status(*, is_closed: bool, is_overdue: bool, was_late: bool) -> Status:
    """A case's status in the words of duties."""
    if is_closed:
        return Status.late if was_late else Status.met
    return Status.overdue if is_overdue else Status.due


def is_future(window: Window) -> bool:
    """Whether the period had not begun at the moment."""
    return civil_date(window.at) < window.period.first
