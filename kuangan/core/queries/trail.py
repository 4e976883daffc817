"""Reads of the audit trail."""

from django.db.models import Model, QuerySet

from kuangan.core.models import Event


def events_of(subject: Model | tuple[str, object]) -> QuerySet[Event]:
    """The subject's events, oldest first, with actor and the post acted for."""
    kind, key = (subject._meta.label_lower, subject.pk) if isinstance(subject, Model) else subject
    found = Event.objects.filter(subject_kind=kind, subject_id=str(key)).order_by("seq")
    return found.select_related("actor__person", "acting_for__unit")


def heads_between(first_id: int, last_id: int) -> list[tuple[str, str, int, str]]:
    """The newest (kind, id, seq, digest) of every chain that has an event in this range of row numbers."""
    rows = Event.objects.filter(id__gte=first_id, id__lte=last_id).order_by("subject_kind", "subject_id", "-seq")
    newest = rows.distinct("subject_kind", "subject_id")
    return list(newest.values_list("subject_kind", "subject_id", "seq", "digest"))
