"""Which cases a reader may see, in which state, and which of a case's facts: the one door to rows of cases."""

from django.db.models import Case as SqlCase
from django.db.models import F, Q, QuerySet, When

from kuangan.casework.models import Case
from kuangan.casework.queries.kinds import any_of
from kuangan.casework.relations import RELATED, stands_in
from kuangan.core.models import User
from kuangan.core.queries import is_supervised, roles_of, units_concerned, visible_to
from kuangan.core.queries.roles import kept
from kuangan.law.content import procedure_by_id, procedures
from kuangan.law.procedure import Fact


def cases_visible_to(user: User) -> QuerySet[Case]:
    """Every case this user may see; the supervised see one from when they were told of it, not its drafting.

    Theirs carry ``told_state``: the state that they have been told of (an internal state is not: the case stands in the one from which
    it came there), see :func:`told_state_of`.
    """
    return kept(user, "cases", lambda: _cases_visible_to(user)).all()


def _cases_visible_to(user: User) -> QuerySet[Case]:
    cases = Case.objects.select_related("mine", "person", *RELATED)
    return as_told_to(user, _in_circle(user, visible_to(user, cases)))


def as_told_to(user: User, cases: QuerySet[Case]) -> QuerySet[Case]:
    """The cases that a reader knows of: the supervised, and an office that a case is about, from when they were told (``told_state``)."""
    if is_supervised(user):
        return told(cases)
    concerned = concerns(user)
    if concerned is None:
        return cases
    told_to_them = SqlCase(When(concerned, then=F("told")), default=F("state"))
    return cases.annotate(told_state=told_to_them).exclude(told_state=None)


def concerns(user: User, prefix: str = "") -> Q | None:
    """Cases about the user's own office or its area that another deals with: he is told of them as the supervised are.

    So it is with those of procedures whose drafts are for their office only, whomever they are about. ``prefix`` leads to the case (``case__``).
    """
    if user.person is None:
        return None
    about = Q(**{f"{prefix}unit__in": [unit.pk for unit in units_concerned(user)]})
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
    return cases.annotate(told_state=F("told")).exclude(told=None)


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
