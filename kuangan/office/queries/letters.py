"""Reads of letters."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from kuangan.base import clock
from kuangan.core.models import User
from kuangan.core.queries import roles_of, visible_to
from kuangan.law.role import Role
from kuangan.office.actions.letters import REVIEWERS, SIGNERS, others_in
from kuangan.office.models import Letter, LetterState
from kuangan.office.standing import own_units


def letters_visible_to(user: User) -> QuerySet[Letter]:
    """Issued letters to units in sight, and all letters of the user's own office; newest first."""
    issued = visible_to(user, Letter.objects.filter(state=LetterState.issued)).values("pk")
    rows = Letter.objects.filter(Q(pk__in=issued) | Q(unit__in=own_units(user)))
    return rows.select_related("unit", "to", "paper", "notice__received_by__person").order_by("-drafted_at", "-pk")


def letters_waiting(user: User, at: datetime) -> QuerySet[Letter]:
    """Letters that wait for the user: to be reviewed, signed or answered."""
    waiting = Q(pk__in=())
    for hold in roles_of(user, at):
        if hold.role in REVIEWERS:
            waiting |= _to_decide(user, hold.unit.pk, REVIEWERS, LetterState.submitted, at)
        if hold.role in SIGNERS:
            waiting |= _to_decide(user, hold.unit.pk, SIGNERS, LetterState.reviewed, at)
    waiting |= Q(to__in=own_units(user, at), state=LetterState.issued, replied_at=None)
    return letters_visible_to(user).filter(waiting)


def _to_decide(user: User, unit_id: int, roles: Sequence[Role], state: LetterState, at: datetime) -> Q:
    """The unit's letters in a state, without the user's own where somebody else can decide."""
    rows = Q(unit=unit_id, state=state)
    return rows & ~Q(drafted_by=user) if others_in(unit_id, roles, user, at) else rows


def unanswered(rows: QuerySet[Letter], at: datetime) -> QuerySet[Letter]:
    """Issued letters whose reply is overdue."""
    return rows.filter(state=LetterState.issued, replied_at=None, reply_due_on__lt=clock.civil_date(at))
