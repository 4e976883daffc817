"""What of a unit is open: cases, duties, requests; counted for previews, named where it stands in the way."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet

from kuangan.casework.models import Case
from kuangan.core.models import Post, Unit
from kuangan.duty.models import Duty
from kuangan.duty.queries import OPEN
from kuangan.flow.changes.grammar import Effect


def open_cases(unit: Unit) -> QuerySet[Case]:
    """Cases that are about the unit, that it opened or has taken over, and that are not closed."""
    concerned = Q(unit=unit) | Q(office=unit) | Q(taken_over_by=unit)
    return Case.objects.filter(concerned, closed_at=None)


def open_duties(unit: Unit) -> QuerySet[Duty]:
    """What the unit still owes."""
    return Duty.objects.filter(OPEN, unit=unit)


def work_lines(unit: Unit, becomes: str) -> Iterator[Effect]:
    """How much open work there is, and what becomes of it."""
    for what, count in (("在办案件", open_cases(unit).count()), ("未办结履职事项", open_duties(unit).count())):
        if count:
            yield Effect(what, f"{count} 件", becomes)


def waiting_for(post: Post) -> Iterator[Effect]:
    """What of the unit is open when a post changes hands: it waits for the post, not for a person."""
    yield from work_lines(post.unit, "随岗位移交，期限不变")
