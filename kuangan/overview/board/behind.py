"""What lies behind one cell of the task board: the findings, unanswered questions and cases that it counts."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from kuangan.casework.models import Finding
from kuangan.casework.queries import cases_visible_to, with_seen_case
from kuangan.casework.rule_states import RuleState
from kuangan.core.models import User
from kuangan.duty.status import Status
from kuangan.law.clause import clauses_of
from kuangan.law.content import procedure_by_id
from kuangan.law.procedure import Quiet
from kuangan.mine.models import Mine
from kuangan.overview.board.clauses import of_case, of_procedures
from kuangan.overview.board.counts import Counts
from kuangan.overview.board.rows import (
    Window,
    case_status,
    cases_in,
    is_closed_by,
    place_of,
    rule_outcomes,
    standing_findings,
)
from kuangan.overview.board.scope import Scope


@dataclass(frozen=True)
class Behind:
    """The evidence of a cell that is not a duty. ``quiet``: mines without a case, where nothing shows that none was called for."""

    findings: tuple[Finding, ...]
    unanswered: tuple[RuleState, ...]
    cases: tuple[tuple[Any, Status], ...]
    quiet: tuple[Mine, ...]


def behind(
    user: User, scope: Scope, window: Window, measure_code: str, units: Collection[int], counts: Counts
) -> Behind:
    """What is counted in the cells of these units for a measure, as far as the user sees it; ``counts``: those of the cells together."""
    standing = with_seen_case(user, standing_findings(window, measure_code, user)) if counts.breached else ()
    findings = tuple(
        finding for finding in standing if place_of(scope, measure_code, finding.mine_id, finding.unit_id) in units
    )
    unanswered = _unanswered(user, scope, window, measure_code, units) if counts.unknown else ()
    named = {clause.id for clause in clauses_of(measure_code)}
    serving = [procedure for procedure, served in of_procedures().items() if not named.isdisjoint(served)]
    cases = _cases(user, scope, window, measure_code, units, named, serving) if serving else ()
    serving = [procedure for procedure in serving if procedure_by_id(procedure).quiet_when != Quiet.silent]
    busy = {case.mine_id for case, _ in cases}
    quiet = tuple(
        mine
        for mine_id, mine in scope.mines.items()
        if serving and mine_id not in busy and place_of(scope, measure_code, mine_id, None) in units
    )
    return Behind(findings, unanswered, cases, quiet)


def _unanswered(
    user: User, scope: Scope, window: Window, measure_code: str, units: Collection[int]
) -> tuple[RuleState, ...]:
    asked = rule_outcomes(window, user).filter(measure=measure_code, outcome=RuleState.Outcome.unknown)
    return tuple(
        rule_state
        for rule_state in asked.select_related("unit", "mine").order_by("rule", "subject")
        if place_of(scope, measure_code, rule_state.mine_id, rule_state.unit_id) in units
    )


def _cases(
    user: User,
    scope: Scope,
    window: Window,
    measure_code: str,
    units: Collection[int],
    named: Collection[str],
    serving: Collection[str],
) -> tuple[tuple[Any, Status], ...]:
    cases = cases_in(window, user, serving).filter(pk__in=cases_visible_to(user).values("pk"))
    cases = cases.annotate(is_closed=is_closed_by(window.at))
    shown: list[tuple[Any, Status]] = []
    for case in cases.select_related("unit").order_by("-opened_at", "-pk"):
        serves = not set(named).isdisjoint(of_case(case.procedure, case.facts.get("clauses")))
        if serves and place_of(scope, measure_code, case.mine_id, case.unit_id) in units:
            dated: Any = case  # with what the query adds
            status = case_status(is_closed=dated.is_closed, is_overdue=dated.is_overdue, was_late=dated.was_late)
            shown.append((case, status))
    return tuple(shown)
