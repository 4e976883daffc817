"""Reads of incoming papers: an office's own, and nobody else's."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from kuangan.core.models import Attachment, Person, Unit, User
from kuangan.office.models import Incoming, IncomingStep
from kuangan.office.standing import own_offices


def incoming_of(user: User) -> QuerySet[Incoming]:
    """The papers of the user's own offices, newest first."""
    incomings = Incoming.objects.filter(unit__in=own_offices(user))
    return incomings.select_related("unit", "handler").order_by("-received_at", "-pk")


def steps_of(user: User, incoming: Incoming) -> QuerySet[IncomingStep]:
    """What was done about a paper of the user's own office, with the files of each step (``sent_files``)."""
    steps = IncomingStep.objects.filter(incoming=incoming, incoming__unit__in=own_offices(user))
    return steps.select_related("by__person", "person").prefetch_related(Prefetch("files", to_attr="sent_files"))


def papers_with(user: User, incoming: Incoming) -> QuerySet[Attachment]:
    """The files that came with a paper of the user's own office."""
    seen = incoming_of(user).filter(pk=incoming.pk).order_by().values("attachments")
    return Attachment.objects.filter(pk__in=seen)


def files_of(user: User, incoming: Incoming) -> QuerySet[Attachment]:
    """Every file of a paper of the user's own office: those that came with it and those of its steps."""
    steps = steps_of(user, incoming).order_by().values("files")
    return Attachment.objects.filter(Q(pk__in=papers_with(user, incoming).values("pk")) | Q(pk__in=steps))


def staff_of(user: User, units: Collection[Unit]) -> QuerySet[Person]:
    """Those who hold a post in these units, as far as they are the user's own offices, by name."""
    own = {unit.pk for unit in own_offices(user)} & {unit.pk for unit in units}
    staff = Person.objects.filter(tenures__post__unit__in=own, tenures__to_at=None)
    return staff.distinct().order_by("name")


def overdue_incoming(incomings: QuerySet[Incoming], at: datetime) -> QuerySet[Incoming]:
    """Open papers past their due time."""
    return incomings.filter(closed_at=None, due_at__lte=at)
