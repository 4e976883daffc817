"""All counts of the board: by measure and by clause, of each unit in whose cell they stand; a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.contrib.postgres.aggregates import JSONBAgg

from kuangan.casework.rule_states import RuleState
from kuangan.core.models import User
from kuangan.duty.proof.grades import Grade
from kuangan.duty.queries import tallied
from kuangan.duty.status import Status
from kuangan.law.clause import Clause, clauses
from kuangan.law.content import procedure as law_by_id
from kuangan.law.procedure import Quiet
from kuangan.law.register import measure
from kuangan.monitor.queries import heard_throughout
from kuangan.overview.board.clauses import of_obligations, of_procedures, of_rules, unlisted
from kuangan.overview.board.counts import Counts
from kuangan.overview.board.rows import (
    Window,
    case_status,
    cases_in,
    duties_in,
    is_future,
    place_of,
    rule_outcomes,
    standing_findings,
    standing_in,
)
from kuangan.overview.board.scope import Scope

Of = dict[tuple[str, int], Counts]


@dataclass
class Tallies:
    """Counts by measure and unit, and by clause and unit. What serves several clauses of a measure counts once in the measure."""

    measures: Of = field(default_factory=lambda: defaultdict(Counts))
    clauses: Of = field(default_factory=lambda: defaultdict(Counts))

    def both(self, code: str, named: Iterable[str], unit_id: int) -> list[Counts]:
        """The counts in which a fact of a measure and its clauses stands."""
        return [self.measures[code, unit_id], *[self.clauses[each, unit_id] for each in named]]


def tallies(scope: Scope, window: Window, units: Iterable[int], only: str = "", reader: User | None = None) -> Tallies:
    """All counts of some units in a window (``only`` for one measure), as far as the reader may know of them."""
    found, wanted = Tallies(), frozenset(units)
    _duties(found, scope, window, wanted, only)
    _breaches(found, scope, window, wanted, only)
    _outcomes(found, scope, window, wanted, only)
    _cases(found, scope, window, wanted, only, reader)
    return found


def _duties(found: Tallies, scope: Scope, window: Window, wanted: frozenset[int], only: str) -> None:
    """Duties by their status, done ones by grade; of those owed of each without a list nobody knows whether all were done."""
    served, blind, done = of_obligations(), unlisted(), (Status.met.value, Status.late.value)
    for name, code, status, grade, units, numbers in _duty_rows(scope, window, wanted, only):
        law, clause_ids, unseen = measure(code), served.get(name, ()), name in blind and status in done
        for unit_id, number in zip(units, numbers, strict=True):
            for counts in found.both(code, clause_ids, scope.seat(law, unit_id)):
                counts.count(status, number, grade)
                if unseen:
                    counts.unknown += number


Row = tuple[str, str, str, str, list[int], list[int]]
"""Obligation, measure, status, grade, the units that owe, how many duties of each."""


def _duty_rows(scope: Scope, window: Window, wanted: frozenset[int], only: str) -> Iterator[Row]:
    owing = scope.with_bureaus(wanted)
    rows = duties_in(window)
    if only:
        rows = rows.filter(measure=only)
    if len(wanted) < len(scope.units):
        rows = rows.filter(unit__in=owing)
    yield from tallied(rows)
    for name, code, unit_id, status, grade in standing_in(window):
        if unit_id in owing and only in ("", code):
            yield name, code, status.value, grade, [unit_id], [1]


def _breaches(found: Tallies, scope: Scope, window: Window, wanted: frozenset[int], only: str) -> None:
    rows = standing_findings(window, only).order_by().values_list("rule", "measure", "mine_id", "unit_id")
    for rule, code, mine_id, unit_id in rows:
        place = place_of(scope, code, mine_id, unit_id)
        if place in wanted and place is not None:
            for counts in found.both(code, of_rules().get(rule, ()), place):
                counts.breached += 1


def _outcomes(found: Tallies, scope: Scope, window: Window, wanted: frozenset[int], only: str) -> None:
    """What rules said of units about which they found nothing."""
    asked = rule_outcomes(window).exclude(outcome=RuleState.Outcome.found)
    if only:
        asked = asked.filter(measure=only)
    rows = asked.values_list("rule", "measure", "outcome").annotate(units=JSONBAgg("unit_id")).order_by()
    served = of_rules()
    for rule, code, outcome, units in rows:
        clause_ids, is_clear = served.get(rule, ()), outcome == RuleState.Outcome.clear
        for unit_id in units:
            place = place_of(scope, code, unit_id if unit_id in scope.mines else None, unit_id)
            if place is None or place not in wanted:
                continue
            for counts in found.both(code, clause_ids, place):
                if is_clear:
                    counts.clear += 1
                else:
                    counts.unknown += 1


def _cases(
    found: Tallies, scope: Scope, window: Window, wanted: frozenset[int], only: str, reader: User | None
) -> None:
    """Cases count in the clauses that their procedure shows."""
    served = {each.id: each for each in clauses().values() if each.procedures and only in ("", each.measure)}
    columns = ("procedure", "mine_id", "unit_id", "closed_at", "is_overdue", "was_late")
    busy: set[tuple[str, int]] = set()
    for procedure, mine_id, unit_id, closed_at, is_overdue, was_late in cases_in(window, reader).values_list(*columns):
        status = case_status(closed_at, window.at, is_overdue=is_overdue, was_late=was_late)
        named = [each for each in of_procedures().get(procedure, ()) if each in served]
        busy.update((each, unit_id) for each in named)
        for code in dict.fromkeys(served[each].measure for each in named):
            place = place_of(scope, code, mine_id, unit_id)
            if place in wanted and place is not None:
                own = [each for each in named if served[each].measure == code]
                for counts in found.both(code, own, place):
                    counts.count(status.value, 1, Grade.machine.value)
    if not is_future(window):
        _quiet(found, scope, window, wanted, busy, served)


def _quiet(
    found: Tallies,
    scope: Scope,
    window: Window,
    wanted: frozenset[int],
    busy: set[tuple[str, int]],
    served: Mapping[str, Clause],
) -> None:
    """A mine without a case shows nothing of a clause, unless its procedures say that a feed which spoke all the time does."""
    heard = heard_throughout(window.start, window.end)
    for clause_id, clause in served.items():
        by_feed = all(law.quiet_when == Quiet.feed for law in map(law_by_id, clause.procedures))
        for mine_id in scope.mines:
            place = _answering(scope, clause.measure, mine_id)
            if (clause_id, mine_id) not in busy and place in wanted:
                quiet = "clear" if by_feed and mine_id in heard else "unknown"
                for counts in found.both(clause.measure, (clause_id,), place):
                    setattr(counts, quiet, getattr(counts, quiet) + 1)


def _answering(scope: Scope, measure_code: str, mine_id: int) -> int:
    return scope.answering(measure(measure_code), scope.mines[mine_id])
