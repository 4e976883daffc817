"""What a person may see of things that his pages name: one case, and the trail of what was done to a thing."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from kuangan.casework.models import Case
from kuangan.casework.queries import cases_visible_to
from kuangan.core.models import Event, Unit
from kuangan.core.queries import events_of, is_supervised, units_visible_to
from kuangan.core.queries.trail import Subject
from kuangan.office.standing import own_units
from kuangan.web.frame.request import Request


def case_in_sight(request: Request, pk: int) -> Case:
    """The case if the person may see it, otherwise 404."""
    return get_object_or_404(cases_visible_to(request.user), pk=pk)


def trail_in_sight(request: Request, subject: Subject, keeper: Unit) -> QuerySet[Event]:
    """The events of a thing that the unit ``keeper`` made, the newest first: for that unit and for those above it.

    A trail holds drafts, drafters and opinions in full, so who only receives the thing, or is supervised, sees none of it.
    """
    events = events_of(subject).order_by("-seq")
    if any(unit.pk == keeper.pk for unit in own_units(request.user)):
        return events
    above = not is_supervised(request.user) and units_visible_to(request.user).filter(pk=keeper.pk).exists()
    return events if above else events.none()
