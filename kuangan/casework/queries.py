"""Shared reads of cases, through the one door."""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TypeVar

from django.db.models import Case as SqlCase
from django.db.models import CharField, F, Model, OuterRef, Prefetch, Q, QuerySet, Subquery, When

from kuangan.casework.models import (
    Case,
    CaseCall,
    CaseCheck,
    CaseClock,
    CaseEpisode,
    CaseMove,
    CaseNotice,
    CasePaper,
    Finding,
)
from kuangan.casework.relations import RELATED, stands_in
from kuangan.core.models import Attachment, User
from kuangan.core.queries import is_supervised, roles_of, units_concerned, visible_to
from kuangan.duty.models import Duty
from kuangan.duty.queries import duties_visible_to
from kuangan.law.content import procedure_by_id, procedures, procedures_of
from kuangan.law.procedure import Fact, Matter, Procedure
from kuangan.mine.models import Mine
from kuangan.paper.models import Paper
from kuangan.paper.queries import papers_visible_to

Row = TypeVar("Row", bound=Model)


def cases_visible_to(user: User) -> QuerySet[Case]:
    """Every case this user may see; the supervised see one from when they were told of it, not its drafting.

    Theirs carry ``told_state``: the state that they have been told of, see :func:`told_state_of`.
    """
    cases = Case.objects.select_related("mine", "person", *RELATED)
    return as_told_to(user, _in_circle(user, visible_to(user, cases)))


def as_told_to(user: User, cases: QuerySet[Case]) -> QuerySet[Case]:
    """The cases that a reader knows of: the supervised, and an office that a case is about, from when they were told (``told_state``)."""
    if is_supervised(user):
        return told(cases)
    concerned = _concerns(user)
    if concerned is None:
        return cases
    told_to_them = SqlCase(When(concerned, then=_told_state()), default=F("state"), output_field=CharField())
    return cases.annotate(told_state=told_to_them).exclude(told_state=None)


def _concerns(user: User, prefix: str = "") -> Q | None:
    """Cases about the user's own office or its area that another deals with: he is told of them as the supervised are.

    So it is with those of procedures whose drafts are for their office only, whomever they are about. ``prefix`` leads to the case (``case__``).
    """
    if user.person is None:
        return None
    about = Q(**{f"{prefix}unit__in": units_concerned(user).values("pk")})
    kept = Q(**{f"{prefix}procedure__in": [law.id for law in procedures() if law.office_only]})
    own = {user.person.unit_id, *(hold.unit.pk for hold in roles_of(user))}
    return (about | kept) & ~Q(**{f"{prefix}office__in": own})


def is_told_only(user: User, case: Case) -> bool:
    """Whether the reader of a case knows of it only what he was told: he is supervised, it is about his own office, or for another alone."""
    if is_supervised(user):
        return True
    own = user.person.unit if user.person else None
    if own is None or case.office_id in {own.pk, *(hold.unit.pk for hold in roles_of(user))}:
        return False
    if procedure_by_id(case.procedure).office_only:
        return True
    return case.unit_id == own.pk or case.unit.scope_path == own.scope_path


def _in_circle(user: User, cases: QuerySet[Case]) -> QuerySet[Case]:
    """Without the cases of procedures that only a circle may know of, unless the user belongs to it."""
    for law in procedures():
        if law.circle:
            within = any_of(
                stands_in(by.relation, hold.unit)
                for hold in roles_of(user)
                for by in law.circle
                if by.role in ("", hold.role)
            )
            cases = cases.exclude(Q(procedure=law.id) & ~Q(pk__in=Case.objects.filter(within).values("pk")))
    return cases


def told(cases: QuerySet[Case]) -> QuerySet[Case]:
    """The cases that the supervised have been told of, with ``told_state``."""
    return cases.annotate(told_state=_told_state()).exclude(told_state=None)


def _told_state() -> SqlCase:
    """An internal state is not told: the case stands in the one from which it came there, or (none) not at all."""
    return SqlCase(
        *(
            When(procedure=law.id, state__in=law.internal_states, then=Subquery(_entered(law).values("source")[:1]))
            for law in procedures()
            if law.internal_states
        ),
        default=F("state"),
        output_field=CharField(),
    )


def _entered(law: Procedure) -> QuerySet[CaseMove]:
    """The moves that took a case (the outer row) from a state that was told into an internal one, the newest first."""
    inside = law.internal_states
    moves = CaseMove.objects.filter(case=OuterRef("pk"), target__in=inside)
    return moves.exclude(source__in=inside).order_by("-at", "-pk")


def told_state_of(case: Case) -> str:
    """The state in which a case stands for the reader it was read for by :func:`cases_visible_to`."""
    return str(getattr(case, "told_state", case.state))


def is_told(user: User, case: Case, fact: Fact) -> bool:
    """Whether the reader of a case may know one of its facts."""
    if fact.inside and is_told_only(user, case):
        return False
    return not fact.internal or told_state_of(case) == case.state


def is_inside(case: Case) -> bool:
    """Whether what happens to the case now is kept from the supervised: its state is internal."""
    return procedure_by_id(case.procedure).state(case.state).internal


def of_matter(matter: Matter, prefix: str = "") -> Q:
    """Cases that deal with one kind of matter; ``prefix`` leads to the case (``case__``)."""
    return Q(**{f"{prefix}procedure__in": procedures_of(matter)})


def in_state(*outcomes: str) -> Q:
    """Cases in a state with one of these outcomes ("" for none yet)."""
    return any_of(Q(procedure=law.id, state__in=law.states_of(*outcomes)) for law in procedures())


def any_of(conditions: Iterable[Q]) -> Q:
    """One of these; none of them: nothing."""
    return reduce(or_, conditions, Q(pk__in=[]))


def moves_visible_to(user: User, case: Case) -> QuerySet[CaseMove]:
    """The steps of a case in sight; the supervised see no internal one, and none since the case went into an internal state."""
    moves = case.moves.all()
    law = procedure_by_id(case.procedure)
    if not is_told_only(user, case):
        return moves
    moves = moves.exclude(move__in=law.internal_moves)
    if not law.state(case.state).internal:
        return moves
    entered = case.moves.filter(target__in=law.internal_states).exclude(source__in=law.internal_states)
    newest = entered.order_by("-at", "-pk").first()
    return moves.exclude(pk__gte=newest.pk) if newest else moves.none()


def clocks_visible_to(user: User, case: Case) -> QuerySet[CaseClock]:
    """The clocks of a case in sight; the supervised see none that run inside the department."""
    clocks = case.clocks.all()
    if is_told_only(user, case):
        return clocks.exclude(clock__in=procedure_by_id(case.procedure).internal_clocks)
    return clocks


def _without_internal(user: User, clocks: QuerySet[CaseClock]) -> QuerySet[CaseClock]:
    """The clocks without those that run inside the department, for whom that is kept from."""
    if is_supervised(user):
        return clocks.exclude(_internal_clocks())
    concerned = _concerns(user, "case__")
    return clocks if concerned is None else clocks.exclude(concerned & _internal_clocks())


def _internal_clocks() -> Q:
    return any_of(Q(case__procedure=law.id, clock__in=law.internal_clocks) for law in procedures())


def duties_of(user: User, case: Case) -> QuerySet[Duty]:
    """The duties that a case in sight is about, the first due first; nothing for who is only told of it."""
    named = [fact for fact in procedure_by_id(case.procedure).facts for column in fact.columns if column.kind == "duty"]
    keys = [
        cells.get(column.name) for fact in named for cells in case.facts.get(fact.name) or () for column in fact.columns
    ]
    if not keys or is_told_only(user, case):
        return Duty.objects.none()
    return duties_visible_to(user).filter(pk__in=[key for key in keys if isinstance(key, int)]).order_by("due_at", "pk")


def locked_case(user: User, pk: int) -> Case:
    """A case in sight read anew, its row locked until the transaction ends. Raises ``Case.DoesNotExist``."""
    return cases_visible_to(user).select_for_update(of=("self",)).get(pk=pk)


def notices_visible_to(user: User, case: Case) -> QuerySet[CaseNotice]:
    """What was sent on behalf of a case in sight; who is only told sees what went to his own units."""
    return _to_own_units(user, case, case.notices.all(), "notice__unit")


def calls_visible_to(user: User, case: Case) -> QuerySet[CaseCall]:
    """Who was rung up for a case in sight; who is only told sees calls to his own units."""
    return _to_own_units(user, case, case.calls.all(), "call__unit")


def _to_own_units(user: User, case: Case, sent: QuerySet[Row], unit: str) -> QuerySet[Row]:
    """For who is only told, what went to his units, but not to the office that deals with the case, even where that is below him."""
    if not is_told_only(user, case):
        return sent
    seen = visible_to(user, sent, f"{unit}__path")
    return seen.exclude(**{unit: case.office_id}) if case.office_id else seen


def open_cases(user: User, matter: Matter = Matter.none) -> QuerySet[Case]:
    """Open cases (of one kind of matter) with their running clocks, the earliest due first; three queries for any number of rows."""
    cases = cases_visible_to(user).filter(closed_at=None)
    if matter:
        cases = cases.filter(of_matter(matter))
    return with_running_clocks(user, cases)


def with_running_clocks(user: User, cases: QuerySet[Case]) -> QuerySet[Case]:
    """The cases with ``running_clocks``: those the user may know of, the earliest due first."""
    running = _without_internal(user, CaseClock.objects.filter(stopped_at=None).order_by("due_at"))
    return cases.prefetch_related(Prefetch("clocks", queryset=running, to_attr="running_clocks"))


def running_clocks(user: User) -> QuerySet[CaseClock]:
    """Deadlines and floors that run in what this user sees, the earliest due first."""
    clocks = CaseClock.objects.filter(stopped_at=None, case__closed_at=None).select_related("case__unit")
    seen = visible_to(user, clocks, "case__path").order_by("due_at")
    open_ones = cases_visible_to(user).filter(closed_at=None).order_by().values("pk")
    return _without_internal(user, seen.filter(case__in=open_ones))


def overdue_clocks(user: User, at: datetime) -> QuerySet[CaseClock]:
    """Deadlines that have passed."""
    return running_clocks(user).filter(kind="deadline", paused_at=None, due_at__lte=at)


def findings_visible_to(user: User) -> QuerySet[Finding]:
    """Findings that stand, the newest first."""
    findings = Finding.objects.filter(revoked_at=None).select_related("mine", "case")
    return with_seen_case(user, visible_to(user, findings)).order_by("-found_at")


def with_seen_case(user: User, findings: QuerySet[Finding]) -> QuerySet[Finding]:
    """The findings with ``seen_case``: the key of the case that each opened or joined, None where the user may not see it."""
    seen = cases_visible_to(user).order_by().values("pk")
    return findings.annotate(seen_case=SqlCase(When(case__in=seen, then=F("case_id")), default=None))


def episodes_of(user: User, case: Case) -> QuerySet[CaseEpisode]:
    """The over-limits that a case in sight is about, in the order they began."""
    episodes = CaseEpisode.objects.filter(case=case).select_related("episode__point", "episode__declared")
    return visible_to(user, episodes, "case__path").order_by("episode__started_at")


def checks_of(user: User, case: Case) -> QuerySet[CaseCheck]:
    """What the platform looks after by itself in a case in sight, the next look first."""
    checks = CaseCheck.objects.filter(case=case).select_related("episode__point")
    return visible_to(user, checks, "case__path").order_by("wakes_at", "pk")


def findings_of(user: User, case: Case) -> QuerySet[Finding]:
    """What rules found that opened or joined a case in sight, in that order."""
    return visible_to(user, Finding.objects.filter(case=case)).order_by("found_at")


def papers_of(user: User, case: Case) -> QuerySet[CasePaper]:
    """The papers of a case that the user may see, the newest first."""
    seen = papers_visible_to(user).order_by().values("pk")
    return CasePaper.objects.filter(case=case, paper__in=seen).select_related("paper__unit").order_by("-pk")


def case_of_paper(user: User, paper: Paper) -> CasePaper | None:
    """The case in sight to which a paper belongs."""
    seen = cases_visible_to(user).order_by().values("pk")
    return CasePaper.objects.filter(paper=paper, case__in=seen).select_related("case").first()


def files_of(user: User, case: Case) -> QuerySet[Attachment]:
    """The files that were added to the steps of a case that the user may see."""
    seen = moves_visible_to(user, case).order_by().values("attachments")
    return Attachment.objects.filter(pk__in=seen)


def cases_about(user: User, duty: Duty) -> QuerySet[Case]:
    """The cases in sight that are about a duty, the newest first."""
    return cases_visible_to(user).filter(duty=duty).order_by("-pk")


def children_of(user: User, case: Case) -> QuerySet[Case]:
    """The cases in sight that a case led to, in the order they were opened."""
    return cases_visible_to(user).filter(parent=case).order_by("pk")


def cases_of_entry(user: User, serial: int) -> QuerySet[Case]:
    """The cases in sight that the rows of an entry (in any version) opened or that are about it, in the order they were opened."""
    return cases_visible_to(user).filter(entry__serial=serial).order_by("pk")


def directives_about(user: User, mine: Mine) -> QuerySet[Case, tuple[datetime | None, int | None, bool | None]]:
    """Of what others demanded of a mine and did not take back: when it was closed, how often its day passed, whether it has now."""
    cases = cases_visible_to(user).filter(of_matter(Matter.directive), mine=mine).exclude(in_state("undone"))
    cases = cases.exclude(office=mine.unit).order_by()
    return cases.values_list("closed_at", "facts__lapses", "facts__overdue")


def relied_on(user: User, case: Case) -> QuerySet[Case]:
    """The cases in sight on which a stop rests."""
    return cases_visible_to(user).filter(relied_on_by__stop=case).order_by("pk")


def resting_on(user: User, case: Case) -> QuerySet[Case]:
    """The stops in sight that rest on a case."""
    return cases_visible_to(user).filter(reliances__alarm=case).order_by("pk")
