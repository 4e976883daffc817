"""All counts of the board: by measure and by clause, of each unit in whose cell they stand; a constant number of queries."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping

from kuangan.casework.rule_states import RuleState
from kuangan.core.models import User
from kuangan.core.queries.counting import count_alike
from kuangan.core.queries.keys import KeysTogether, keys_in
from kuangan.duty.proof.grades import Grade, grade_of_word
from kuangan.duty.status import Status
from kuangan.law.clause import Clause, clauses
from kuangan.law.content import procedure_by_id as law_by_id
from kuangan.law.procedure import Procedure, Quiet
from kuangan.law.register import measure
from kuangan.monitor.queries import heard_throughout
from kuangan.overview.board.clauses import of_case, of_rules
from kuangan.overview.board.duties import count_duties
from kuangan.overview.board.rows import (
    Window,
    case_status,
    cases_in,
    is_closed_by,
    is_future,
    place_of,
    rule_outcomes,
    standing_findings,
)
from kuangan.overview.board.scope import Scope
from kuangan.overview.board.sums import Adding, Tallies


def tallies(scope: Scope, window: Window, units: Iterable[int], only: str = "", reader: User | None = None) -> Tallies:
    """All counts of some units in a window (``only`` for one measure), as far as the reader may know of them."""
    wanted = frozenset(units)
    sums = count_duties(scope, window, wanted, only)
    _breaches(sums, scope, window, wanted, only, reader)
    _outcomes(sums, scope, window, wanted, only, reader)
    _cases(sums, scope, window, wanted, only, reader)
    return sums.whole()


def _breaches(
    sums: Adding, scope: Scope, window: Window, wanted: frozenset[int], only: str, reader: User | None
) -> None:
    findings = standing_findings(window, only, reader).order_by().values_list("rule", "measure", "mine_id", "unit_id")
    for rule, code, mine_id, unit_id in findings:
        place = place_of(scope, code, mine_id, unit_id)
        if place in wanted and place is not None:
            for counted in sums.both(code, of_rules().get(rule, ())):
                counted[place].breached += 1


def _outcomes(
    sums: Adding, scope: Scope, window: Window, wanted: frozenset[int], only: str, reader: User | None
) -> None:
    """What rules said of units about which they found nothing."""
    asked = rule_outcomes(window, reader).exclude(outcome=RuleState.Outcome.found)
    if only:
        asked = asked.filter(measure=only)
    outcomes = asked.order_by().values_list("rule", "measure", "outcome").annotate(units=KeysTogether("unit_id"))
    served = of_rules()
    for rule, code, outcome, units in outcomes:
        where, is_clear = scope.places(measure(code)), outcome == RuleState.Outcome.clear
        places = [where[unit_id] for unit_id in keys_in(units) if unit_id in where and where[unit_id] in wanted]
        for counted in sums.both(code, served.get(rule, ())):
            for place in places:
                if is_clear:
                    counted[place].clear += 1
                else:
                    counted[place].unknown += 1


def _cases(sums: Adding, scope: Scope, window: Window, wanted: frozenset[int], only: str, reader: User | None) -> None:
    """Cases count in the clauses that their procedure shows, or in those of them that the case itself names."""
    served = {clause.id: clause for clause in clauses().values() if clause.procedures and only in ("", clause.measure)}
    if not served:
        return
    procedures = {procedure for clause in served.values() for procedure in clause.procedures}
    busy: set[tuple[str, int]] = set()
    for (procedure, mine_id, unit_id, office_id, own_clauses, status), number in _alike(window, reader, procedures):
        grade = _grade(scope, law_by_id(procedure), unit_id, office_id)
        named = [clause_id for clause_id in of_case(procedure, own_clauses) if clause_id in served]
        busy.update((clause_id, unit_id) for clause_id in named)
        for code in dict.fromkeys(served[clause_id].measure for clause_id in named):
            place = place_of(scope, code, mine_id, unit_id)
            if place in wanted and place is not None:
                own = [clause_id for clause_id in named if served[clause_id].measure == code]
                for counted in sums.both(code, own):
                    counted[place].count(status.value, number, grade.value)
    if not is_future(window):
        _quiet(sums, scope, window, wanted, busy, served)


_CaseFacts = tuple[str, int | None, int, int | None, Collection[str] | None, Status]
"""Procedure, mine, unit, office, the clauses that the case itself names (None: none), status."""


def _alike(window: Window, reader: User | None, procedures: Collection[str]) -> Iterator[tuple[_CaseFacts, int]]:
    """Cases that count in the same way, and how many they are: a year of a city has thousands."""
    cases = cases_in(window, reader, procedures).annotate(is_closed=is_closed_by(window.at))
    for procedure, mine_id, unit_id, office_id, own_clauses, is_closed, is_overdue, was_late, number in count_alike(
        cases, "procedure", "mine_id", "unit_id", "office_id", "facts__clauses", "is_closed", "is_overdue", "was_late"
    ):
        status = case_status(is_closed=is_closed, is_overdue=is_overdue, was_late=was_late)
        named = None if own_clauses is None else json.loads(own_clauses)
        yield (procedure, mine_id, unit_id, office_id, named, status), number


def _grade(scope: Scope, law: Procedure, unit_id: int, office_id: int | None) -> Grade:
    """How far a case proves what it shows: seen by the platform, or as far as the word of the office that closes it goes."""
    if not law.office_accepts:
        return Grade.machine
    office, unit = scope.units.get(office_id or 0), scope.units.get(unit_id)
    return grade_of_word(office, unit) if office and unit else Grade.own


def _quiet(
    sums: Adding,
    scope: Scope,
    window: Window,
    wanted: frozenset[int],
    busy: set[tuple[str, int]],
    served: Mapping[str, Clause],
) -> None:
    """A mine without a case shows nothing of a clause, unless its procedures say that a feed which spoke all the time does.

    Where they say that the lack of a case says nothing, it counts as nothing at all.
    """
    quiet_when = {
        clause.id: {law_by_id(procedure_id).quiet_when for procedure_id in clause.procedures}
        for clause in served.values()
    }
    heard = heard_throughout(window.start, window.end) if {Quiet.feed} in quiet_when.values() else frozenset()
    for clause_id, clause in served.items():
        if Quiet.silent in quiet_when[clause_id]:
            continue
        by_feed = quiet_when[clause_id] == {Quiet.feed}
        places, both = scope.places(measure(clause.measure)), sums.both(clause.measure, (clause_id,))
        for mine_id in scope.mines:
            place = places[mine_id]
            if (clause_id, mine_id) in busy or place not in wanted:
                continue
            is_clear = by_feed and mine_id in heard
            for counted in both:
                if is_clear:
                    counted[place].clear += 1
                else:
                    counted[place].unknown += 1
