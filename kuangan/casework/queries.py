"""Shared reads of cases, through the one door."""

from datetime import datetime

from django.db.models import Prefetch, QuerySet

from kuangan.casework.models import Case, CaseClock, Finding
from kuangan.core.models import User
from kuangan.core.queries import is_supervised, visible_to


def cases_visible_to(user: User) -> QuerySet[Case]:
    """Every case this user may see; mine and parent company see a stop from its service on, not its drafting."""
    rows = Case.objects.select_related("mine__unit", "mine__supervisor", "mine__company", "mine__inspectorate")
    cases = visible_to(user, rows)
    return cases.exclude(procedure="suspension", state__in=UNSERVED) if is_supervised(user) else cases


UNSERVED = ("drafted", "proposed", "countersigned", "reviewed", "legally_reviewed", "ordered", "withdrawn")
INTERNAL_MOVES = (
    *("propose", "countersign", "return_proposal", "review", "return_review", "pass_legal_review"),
    *("refuse_legal_review", "decline_order", "join_overlimit"),
)
"""What passes inside the department before its decision."""


def open_cases(user: User, procedure_id: str = "") -> QuerySet[Case]:
    """Open cases with their running clocks, the earliest due first; three queries for any number of rows."""
    running = CaseClock.objects.filter(stopped_at=None).order_by("due_at")
    cases = cases_visible_to(user).filter(closed_at=None)
    if procedure_id:
        cases = cases.filter(procedure=procedure_id)
    return cases.prefetch_related(Prefetch("clocks", queryset=running, to_attr="running_clocks"))


def running_clocks(user: User) -> QuerySet[CaseClock]:
    """Deadlines and floors that run in what this user sees, the earliest due first."""
    clocks = CaseClock.objects.filter(stopped_at=None, case__closed_at=None).select_related("case__mine__unit")
    seen = visible_to(user, clocks, "case__path").order_by("due_at")
    return seen.exclude(case__procedure="suspension", case__state__in=UNSERVED) if is_supervised(user) else seen


def overdue_clocks(user: User, at: datetime) -> QuerySet[CaseClock]:
    """Deadlines that have passed."""
    return running_clocks(user).filter(kind="deadline", paused_at=None, due_at__lte=at)


def findings_visible_to(user: User) -> QuerySet[Finding]:
    """Findings that stand, the newest first."""
    found = Finding.objects.filter(revoked_at=None).select_related("mine", "case")
    return visible_to(user, found).order_by("-found_at")
