"""Shared reads of cases, through the one door."""

from datetime import datetime

from django.db.models import Case as SqlCase
from django.db.models import F, OuterRef, Prefetch, Q, QuerySet, Subquery, When

from kuangan.casework.models import Case, CaseCall, CaseClock, CaseMove, CaseNotice, Finding
from kuangan.core.models import User
from kuangan.core.queries import is_supervised, visible_to


def cases_visible_to(user: User) -> QuerySet[Case]:
    """Every case this user may see; mine and parent company see a stop from its service on, not its drafting.

    Theirs carry ``told_state``: the state that they have been told of, see :func:`told_state_of`.
    """
    rows = Case.objects.select_related("mine__unit", "mine__supervisor", "mine__company", "mine__inspectorate")
    cases = visible_to(user, rows)
    return cases.exclude(UNSERVED_STOP).annotate(told_state=_TOLD_STATE) if is_supervised(user) else cases


_EXTENSIONS = CaseMove.objects.filter(case=OuterRef("pk"), move="extend").order_by("-at", "-pk").values("source")[:1]
_TOLD_STATE = SqlCase(
    When(procedure="suspension", state="extended", then=Subquery(_EXTENSIONS)),
    default=F("state"),
)
"""An extension binds from its service on; until then the stop is for its mine in the state that it was extended from."""


def told_state_of(case: Case) -> str:
    """The state in which a case stands for the reader it was read for by :func:`cases_visible_to`."""
    return str(getattr(case, "told_state", case.state))


UNSERVED = ("drafted", "proposed", "countersigned", "reviewed", "legally_reviewed", "ordered", "withdrawn")
UNSERVED_STOP = Q(procedure="suspension", state__in=UNSERVED)
"""A stop of which its mine has not been served: for the supervised it is not there, neither as a row nor in a count."""

INTERNAL_CLOCKS = ("propose", "countersign", "review", "legal_review", "decide", "serve")
"""Deadlines of a stop that run inside the department before its service."""
INTERNAL = Q(case__procedure="suspension", clock__in=INTERNAL_CLOCKS)


def is_inside(case: Case) -> bool:
    """Whether what happens to the case now is kept from the supervised: a stop, or its extension, that is not served."""
    return case.procedure == "suspension" and case.state in (*UNSERVED, "extended")


INTERNAL_MOVES = (
    *("propose", "countersign", "return_proposal", "review", "return_review", "pass_legal_review"),
    *("refuse_legal_review", "decline_order", "join_overlimit"),
)
"""What passes inside the department before its decision."""


def moves_visible_to(user: User, case: Case) -> QuerySet[CaseMove]:
    """The steps of a case in sight; the supervised see none inside the department, nor an extension before its service."""
    moves = case.moves.all()
    if not is_supervised(user) or case.procedure != "suspension":
        return moves
    moves = moves.exclude(move__in=INTERNAL_MOVES)
    if case.state != "extended":
        return moves
    newest = case.moves.filter(move="extend").order_by("-at", "-pk").values("pk")[:1]
    return moves.exclude(pk__in=newest)


def clocks_visible_to(user: User, case: Case) -> QuerySet[CaseClock]:
    """The clocks of a case in sight; the supervised see none that run inside the department."""
    clocks = case.clocks.all()
    if is_supervised(user) and case.procedure == "suspension":
        return clocks.exclude(clock__in=INTERNAL_CLOCKS)
    return clocks


def notices_visible_to(user: User, case: Case) -> QuerySet[CaseNotice]:
    """What was sent on behalf of a case in sight; the supervised see what went to their own units."""
    notices = case.notices.all()
    return visible_to(user, notices, "notice__unit__path") if is_supervised(user) else notices


def calls_visible_to(user: User, case: Case) -> QuerySet[CaseCall]:
    """Who was rung up for a case in sight; the supervised see calls to their own units."""
    calls = case.calls.all()
    return visible_to(user, calls, "call__unit__path") if is_supervised(user) else calls


def open_cases(user: User, procedure_id: str = "") -> QuerySet[Case]:
    """Open cases with their running clocks, the earliest due first; three queries for any number of rows."""
    cases = cases_visible_to(user).filter(closed_at=None)
    if procedure_id:
        cases = cases.filter(procedure=procedure_id)
    return with_running_clocks(user, cases)


def with_running_clocks(user: User, cases: QuerySet[Case]) -> QuerySet[Case]:
    """The cases with ``running_clocks``: those the user may know of, the earliest due first."""
    running = CaseClock.objects.filter(stopped_at=None).order_by("due_at")
    if is_supervised(user):
        running = running.exclude(INTERNAL)
    return cases.prefetch_related(Prefetch("clocks", queryset=running, to_attr="running_clocks"))


def running_clocks(user: User) -> QuerySet[CaseClock]:
    """Deadlines and floors that run in what this user sees, the earliest due first."""
    clocks = CaseClock.objects.filter(stopped_at=None, case__closed_at=None).select_related("case__mine__unit")
    seen = visible_to(user, clocks, "case__path").order_by("due_at")
    if not is_supervised(user):
        return seen
    return seen.exclude(INTERNAL).exclude(case__procedure="suspension", case__state__in=UNSERVED)


def overdue_clocks(user: User, at: datetime) -> QuerySet[CaseClock]:
    """Deadlines that have passed."""
    return running_clocks(user).filter(kind="deadline", paused_at=None, due_at__lte=at)


def findings_visible_to(user: User) -> QuerySet[Finding]:
    """Findings that stand, the newest first."""
    found = Finding.objects.filter(revoked_at=None).select_related("mine", "case")
    return with_seen_case(user, visible_to(user, found)).order_by("-found_at")


def with_seen_case(user: User, findings: QuerySet[Finding]) -> QuerySet[Finding]:
    """The findings with ``seen_case``: the key of the case that each opened or joined, None where the user may not see it."""
    seen = cases_visible_to(user).order_by().values("pk")
    return findings.annotate(seen_case=SqlCase(When(case__in=seen, then=F("case_id")), default=None))
