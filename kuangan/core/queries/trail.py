"""Reads of the audit trail."""

from django.db.models import Model, QuerySet

from kuangan.core.models import Event

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
    found = Event.objects.filter(subject_kind=kind, subject_id=key).order_by("seq")
    return found.select_related("actor__person", "acting_for__unit")


def heads_between(first_id: int, last_id: int) -> list[tuple[str, str, int, str]]:
    """The newest (kind, id, seq, digest) of every chain that has an event in this range of row numbers."""
    rows = Event.objects.filter(id__gte=first_id, id__lte=last_id).order_by("subject_kind", "subject_id", "-seq")
    newest = rows.distinct("subject_kind", "subject_id")
    return list(newest.values_list("subject_kind", "subject_id", "seq", "digest"))
