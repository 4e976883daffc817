"""Which open cases wait for somebody, found in the database before guards are asked."""

from datetime import datetime

from django.db.models import Q, QuerySet

from kuangan.casework.models import Case, CaseMove
from kuangan.casework.queries import any_of, cases_visible_to, with_running_clocks
from kuangan.casework.relations import stands_in
from kuangan.casework.view import is_meant
from kuangan.core.models import User
from kuangan.core.queries import roles_of
from kuangan.law.content import procedures
from kuangan.law.procedure import Matter, State


def awaiting(user: User, matter: Matter, at: datetime | None = None) -> QuerySet[Case]:
    """Open cases of a kind of matter whose state waits for one of the user's roles; whether he may move them, guards say."""
    waiting = [
        Q(procedure=law.id, state=state.id) & stands_in(by.relation, hold.unit) & _made_by(user, state)
        for law in procedures()
        if law.matter == matter
        for state in law.states
        for by in state.waits_for
        for hold in roles_of(user, at)
        if is_meant(by, hold)
    ]
    keys = list(Case.objects.filter(any_of(waiting), closed_at=None).values_list("pk", flat=True)) if waiting else []
    if not keys:
        return Case.objects.none()
    return with_running_clocks(user, cases_visible_to(user).filter(pk__in=keys, closed_at=None))


def _made_by(user: User, state: State) -> Q:
    """Where the state waits for who made a step: cases in which the user made it."""
    made = CaseMove.objects.filter(move__in=state.maker_of, actor=user)
    return Q(pk__in=made.values("case")) if state.maker_of else Q()
