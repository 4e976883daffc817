"""Kinds of rows that are held against the trail, and how those that do not fit are found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection

from kuangan.core.models import Event
from kuangan.core.trail.verify import Break


@dataclass(frozen=True)
class RowKind:
    """One kind of row: the events that keep it, and how those that do not fit are found."""

    subject: str
    actions: tuple[str, ...]
    misfits: Callable[[], Iterator[Break]]

    def count(self) -> int:
        """How many events of these actions there are."""
        return Event.objects.filter(subject_kind=self.subject, action__in=self.actions).count()


def found_by(sql: str, subject: str, reason: str) -> Callable[[], Iterator[Break]]:
    """The rows that a statement finds, as (key, number of the event)."""

    def misfits() -> Iterator[Break]:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            for key, seq in cursor.fetchall():
                yield Break(subject, str(key), int(seq), reason)

    return misfits
