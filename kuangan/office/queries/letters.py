"""Reads of letters."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from kuangan.base import clock
from kuangan.core.models import Attachment, User
from kuangan.core.queries import roles_of, visible_to
from kuangan.duty.models import Duty
from kuangan.law.role import Role
from kuangan.office.actions.letters import REVIEWERS, SIGNERS, others_in
from kuangan.office.models import Letter, LetterState
from kuangan.office.standing import own_units


def letters_visible_to(user: User) -> QuerySet[Letter]:
    """Issued letters to units in sight, and all letters of the user's own office; newest first."""
    issued = visible_to(user, Letter.objects.filter(state=LetterState.issued)).values("pk")
    letters = Letter.objects.filter(Q(pk__in=issued) | Q(unit__in=own_units(user)))
    return letters.select_related("unit", "to", "paper", "notice__received_by__person").order_by("-drafted_at", "-pk")


def locked_letter(user: User, letter: Letter) -> Letter:
    """A letter in the user's sight read anew, its row locked until the transaction ends. Raises ``Letter.DoesNotExist``."""
    return letters_visible_to(user).select_for_update(of=("self",)).get(pk=letter.pk)


def duties_of(user: User, letter: Letter) -> QuerySet[Duty]:
    """The duties that a letter presses, for the office that writes it; nothing for its receiver."""
    duties = Duty.objects.filter(letters=letter, letters__unit__in=own_units(user))
    return duties.select_related("unit").order_by("pk")


def files_of(user: User, letter: Letter) -> QuerySet[Attachment]:
    """The files of the reply, for whoever sees the letter."""
    seen = letters_visible_to(user).filter(pk=letter.pk).order_by().values("files")
    return Attachment.objects.filter(pk__in=seen)


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
    waiting = Q(unit=unit_id, state=state)
    return waiting & ~Q(drafted_by=user) if others_in(unit_id, roles, user, at) else waiting


def unanswered(letters: QuerySet[Letter], at: datetime) -> QuerySet[Letter]:
    """Issued letters whose reply is overdue."""
    return letters.filter(state=LetterState.issued, replied_at=None, reply_due_on__lt=clock.civil_date(at))
