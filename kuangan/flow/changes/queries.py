"""Register changes as a reader may know them, and what he may do about a thing of the register."""

from typing import Final

from django.db.models import Q, QuerySet

from kuangan.core.models import Unit, User
from kuangan.core.queries import in_sight, is_supervised, units_concerned
from kuangan.core.queries.account_requests import may_ask
from kuangan.core.queries.keeping import administered_units
from kuangan.flow.changes.grammar import ChangeKind
from kuangan.flow.changes.kinds import change_kinds, kinds_about
from kuangan.flow.changes.people import ChangeStanding
from kuangan.flow.changes.subjects import ChangeSubject, change_subject
from kuangan.flow.models import RegisterChange

State = RegisterChange.State
EFFECTIVE: Final = (State.in_effect, State.corrected)


def changes_visible_to(reader: User) -> QuerySet[RegisterChange]:
    """The newest first. The system administrator sees what concerns units, posts and people, a unit's own what concerns it, others what lies in their sight.

    Of people and posts only those who keep them. What is not in effect yet about a reader's own unit he sees only where it was
    asked for by his unit: nobody reads what another office is still considering about him.
    """
    seen = Q(asked_by=reader)
    if may_ask(reader):
        seen |= Q(subject__startswith="unit:") | Q(subject__startswith="post:") | Q(subject__startswith="person:")
    kept = [unit.pk for unit in administered_units(reader)]
    seen |= Q(unit__in=kept) & _told(reader)
    inside = [kind.id for kind in change_kinds().values() if kind.inside]
    seen |= in_sight(reader, "unit__path") & ~Q(kind__in=inside) & _told(reader)
    changes = RegisterChange.objects.filter(seen).select_related(
        "unit", "asked_by__person", "asked_for", "decided_by__person", "request", "file", "corrects"
    )
    return changes.order_by("-asked_at", "-pk")


def _told(reader: User) -> Q:
    """Changes that are not another office's preparation about the reader's own unit; the supervised see their own unit alone."""
    own = Q(unit__in=[unit.pk for unit in units_concerned(reader)])
    ours = Q(asked_for__in=[unit.pk for unit in units_concerned(reader)])
    if is_supervised(reader):
        return own & (ours | Q(state__in=EFFECTIVE))
    return ~own | ours | Q(state__in=EFFECTIVE)


def changes_of_unit(reader: User, unit: Unit) -> QuerySet[RegisterChange]:
    """The history of a unit's file, with the change that made the unit, as far as the reader may know it."""
    made = Q(outcome__unit=unit.code)  # stands in the file of the unit above it
    return changes_visible_to(reader).filter(Q(unit=unit) | made)


def corrections_of(reader: User, change: RegisterChange) -> QuerySet[RegisterChange]:
    """The changes that correct this one, or would."""
    return changes_visible_to(reader).filter(corrects=change)


def offered_kinds(user: User, subject: ChangeSubject) -> list[ChangeKind]:
    """The kinds that the user may make or propose about a thing."""
    standing = ChangeStanding(user)
    return [
        kind
        for kind in kinds_about(subject.kind)
        if kind.fits(subject) and (standing.makes(kind, subject.unit) or standing.proposes(kind, subject.unit))
    ]


def subject_for(user: User, kind: str, key: str) -> ChangeSubject | None:
    """The thing, where the user may make or propose any change about it."""
    subject = change_subject(kind, key)
    return subject if subject and offered_kinds(user, subject) else None
