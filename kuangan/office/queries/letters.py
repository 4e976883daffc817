"""Reads of letters."""

from datetime import datetime

from django.db.models import Q, QuerySet

from kuangan.base import clock
from kuangan.core.models import User
from kuangan.core.queries import roles_of, visible_to
from kuangan.office.actions.letters import REVIEWERS, SIGNERS
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
            waiting |= Q(unit=hold.unit, state=LetterState.submitted)
        if hold.role in SIGNERS:
            waiting |= Q(unit=hold.unit, state=LetterState.reviewed)
    waiting |= Q(to__in=own_units(user, at), state=LetterState.issued, replied_at=None)
    return letters_visible_to(user).filter(waiting)


def unanswered(rows: QuerySet[Letter], at: datetime) -> QuerySet[Letter]:
    """Issued letters whose reply is overdue."""
    return rows.filter(state=LetterState.issued, replied_at=None, reply_due_on__lt=clock.civil_date(at))
