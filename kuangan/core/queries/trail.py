"""Reads of the audit trail."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db.models import Model, QuerySet

from kuangan.base import clock
from kuangan.base.text import person_name
from kuangan.core.models import Event, EventHead

Subject = Model | tuple[str, object]
"""A saved row, or (kind, id) of something that has no row."""


def subject_key(subject: Subject) -> tuple[str, str]:
    """A subject as the trail names it: ("core.unit", "17"). Raises ValueError for a row that is not saved yet."""
    if not isinstance(subject, Model):
        kind, key = subject
        return kind, str(key)
    label = subject._meta.label_lower  # noqa: SLF001 - Django's documented way to a model's name
    if subject.pk is None:
        raise ValueError(f"{label} is not saved yet; save it before recording what was done to it")
    return label, str(subject.pk)


def events_of(subject: Subject) -> QuerySet[Event]:
    """The subject's events, oldest first, with actor and the post acted for."""
    kind, key = subject_key(subject)
    events = Event.objects.filter(subject_kind=kind, subject_id=key).order_by("seq")
    return events.select_related("actor__person", "acting_for__unit")


def ended_seals(at: datetime) -> QuerySet[EventHead]:
    """The seals of days that have ended, the newest first; one of a day to come is no seal."""
    return EventHead.objects.filter(day__lt=clock.civil_date(at)).order_by("-day")


LATELY = timedelta(days=31)


def newest_events(
    *,
    at: datetime,
    from_on: date | None = None,
    to_on: date | None = None,
    person: str | None = None,
    actions: Collection[str] | None = None,
    source: str | None = None,
) -> QuerySet[Event]:
    """The events of a span of days (by default the last 31), newest first, by the name of who acted, actions and address."""
    since = clock.beijing_midnight(from_on) if from_on else at - LATELY
    events = Event.objects.filter(at__gte=since)
    if to_on:
        events = events.filter(at__lt=clock.beijing_midnight(clock.day_after(to_on)))
    if person:
        events = events.filter(actor__person__name=person_name(person))
    if actions is not None:
        events = events.filter(action__in=actions)
    if source:
        events = events.filter(source=source)
    return events.select_related("actor__person").order_by("-at", "-pk")


def heads_between(first_id: int, last_id: int) -> list[tuple[str, str, int, str]]:
    """The newest (kind, id, seq, digest) of every chain that has an event in this range of row numbers."""
    events = Event.objects.filter(id__gte=first_id, id__lte=last_id).order_by("subject_kind", "subject_id", "-seq")
    newest = events.distinct("subject_kind", "subject_id")
    return list(newest.values_list("subject_kind", "subject_id", "seq", "digest"))
