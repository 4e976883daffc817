"""What a person may see of things that his pages name: one case, and the trail of what was done to a thing."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from kuangan.casework.models import Case
from kuangan.casework.queries import case_of_paper, cases_visible_to, is_told_only
from kuangan.core.models import Event, Unit
from kuangan.core.queries import events_of, is_supervised, units_visible_to
from kuangan.core.queries.trail import Subject
from kuangan.office.standing import own_units
from kuangan.paper.models import Paper
from kuangan.web.frame.request import Request


def case_in_sight(request: Request, pk: int) -> Case:
    """The case if the person may see it, otherwise 404."""
    return get_object_or_404(cases_visible_to(request.user), pk=pk)


def trail_in_sight(request: Request, subject: Subject, keeper: Unit) -> QuerySet[Event]:
    """The events of a thing that the unit ``keeper`` made, the newest first: for that unit and for those above it.

    A trail holds drafts, drafters and opinions in full, so who only receives the thing, is supervised, or is told of a case about himself, sees none of it.
    """
    events = events_of(subject).order_by("-seq")
    if _is_told_only(request, subject):
        return events.none()
    if any(unit.pk == keeper.pk for unit in own_units(request.user)):
        return events
    above = not is_supervised(request.user) and units_visible_to(request.user).filter(pk=keeper.pk).exists()
    return events if above else events.none()


def _is_told_only(request: Request, subject: Subject) -> bool:
    """Whether the thing is a case, or the paper of one, of which the reader knows only what he was told."""
    if isinstance(subject, Paper):
        link = case_of_paper(request.user, subject)
        subject = link.case if link else subject
    return isinstance(subject, Case) and is_told_only(request.user, subject)
