"""Lists over cases: open ones, running clocks, findings, what others demanded of a mine."""

from datetime import datetime
from itertools import starmap
from typing import NamedTuple

from django.db.models import Case as SqlCase
from django.db.models import F, Prefetch, Q, QuerySet, When
from django.db.models.functions import Coalesce

from kuangan.casework.models import Case, CaseClock, Finding
from kuangan.casework.queries.kinds import any_of, of_matter
from kuangan.casework.queries.sight import cases_visible_to
from kuangan.casework.queries.steps import without_internal
from kuangan.core.models import User
from kuangan.core.queries import is_supervised, visible_to
from kuangan.law.content import procedure_by_id, procedures_of
from kuangan.law.procedure import Matter
from kuangan.ledger.telling import rules_on_preparing
from kuangan.mine.models import Mine


def open_cases(user: User, matter: Matter = Matter.none) -> QuerySet[Case]:
    """Open cases (of one kind of matter) with their running clocks, the earliest due first; three queries for any number of rows."""
    cases = cases_visible_to(user).filter(closed_at=None)
    if matter:
        cases = cases.filter(of_matter(matter))
    return with_running_clocks(user, cases)


def open_to_count(user: User, *matters: Matter) -> QuerySet[Case]:
    """Open cases of these matters, the oldest first, to be counted and linked: their unit, level and state, nothing of what they are about."""
    procedures = [procedure for matter in matters for procedure in procedures_of(matter)]
    cases = cases_visible_to(user).select_related(None).filter(closed_at=None, procedure__in=procedures)
    return cases.only("unit", "procedure", "level", "state").order_by("pk")


class OpenCase(NamedTuple):
    """What a page chooses by which open cases it shows."""

    key: int
    procedure: str
    state: str
    level: str
    supervisor: int | None
    """The supervising body of a mine, or who took the case over; of what is about an office nothing is said."""


def open_case_list(user: User) -> list[OpenCase]:
    """Every open case in sight, without what only few of them will need."""
    cases = cases_visible_to(user).filter(closed_at=None).select_related(None).order_by("pk")
    supervisor = Coalesce("taken_over_by", "mine__supervisor")
    return list(starmap(OpenCase, cases.values_list("pk", "procedure", "state", "level", supervisor)))


def with_running_clocks(user: User, cases: QuerySet[Case]) -> QuerySet[Case]:
    """The cases with ``running_clocks``: those the user may know of, the earliest due first."""
    running = without_internal(user, CaseClock.objects.filter(stopped_at=None).order_by("due_at"))
    return cases.prefetch_related(Prefetch("clocks", queryset=running, to_attr="running_clocks"))


def running_clocks(user: User) -> QuerySet[CaseClock]:
    """Deadlines and floors that run in what this user sees, the earliest due first."""
    clocks = CaseClock.objects.filter(stopped_at=None, case__closed_at=None).select_related("case__unit")
    seen = visible_to(user, clocks, "case__path").order_by("due_at")
    open_ones = cases_visible_to(user).filter(closed_at=None).order_by().values("pk")
    return without_internal(user, seen.filter(case__in=open_ones))


def overdue_clocks(user: User, at: datetime) -> QuerySet[CaseClock]:
    """Deadlines that have passed."""
    return running_clocks(user).filter(kind="deadline", paused_at=None, due_at__lte=at)


def findings_visible_to(user: User) -> QuerySet[Finding]:
    """Findings that stand, the newest first."""
    findings = Finding.objects.filter(revoked_at=None).select_related("mine", "case")
    return with_seen_case(user, told_findings(user, visible_to(user, findings))).order_by("-found_at")


def told_findings(user: User, findings: QuerySet[Finding]) -> QuerySet[Finding]:
    """Of what is computed from ledgers in which offices prepare decisions the supervised know what led to a case that they were told of."""
    if not is_supervised(user):
        return findings
    seen = cases_visible_to(user).order_by().values("pk")
    return findings.filter(~Q(rule__in=rules_on_preparing()) | Q(case__in=seen))


def with_seen_case(user: User, findings: QuerySet[Finding]) -> QuerySet[Finding]:
    """The findings with ``seen_case``: the key of the case that each opened or joined, None where the user may not see it."""
    seen = cases_visible_to(user).order_by().values("pk")
    return findings.annotate(seen_case=SqlCase(When(case__in=seen, then=F("case_id")), default=None))


def directives_about(user: User, mine: Mine) -> QuerySet[Case, tuple[datetime | None, int | None, bool | None]]:
    """Of what others demanded of a mine and did not take back: when it was closed, how often its day passed, whether it has now."""
    directives = [procedure_by_id(procedure) for procedure in procedures_of(Matter.directive)]
    standing = any_of(Q(procedure=law.id) & ~Q(state__in=law.states_of("undone")) for law in directives)
    cases = cases_visible_to(user).select_related(None).filter(standing, mine=mine)
    cases = cases.exclude(office=mine.unit_id).order_by()
    return cases.values_list("closed_at", "facts__lapses", "facts__overdue")
