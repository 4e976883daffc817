"""Tallies of openings all of whose duties have fallen due: the board of a year then adds up hundreds of grouped, not tens of thousands."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Final

from django.contrib.postgres.aggregates import StringAgg
from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, Greatest

from kuangan.duty.models import Duty, Opening, OpeningTally, TallyEnd
from kuangan.duty.proof.standing import standing_obligations
from kuangan.duty.status import status_case

AT_ONCE: Final = 100
"""Openings of one call and transaction: writers of duties wait for its end."""
PATIENCE: Final = "200ms"
"""How long it waits for writers of duties, who wait behind it in the meantime."""
FOR_EVER: Final = datetime(9999, 1, 1, tzinfo=UTC)


def tally_settled(at: datetime) -> int:
    """Tally some of the openings whose duties were all due by ``at``, anew where one has changed; returns how many, 0 when none is left.

    Raises OperationalError where somebody is writing duties for longer than it waits.
    """
    openings = [*_ended(), *_untallied(at)][:AT_ONCE]
    if openings:
        _tally(openings)
    return len(openings)


def _ended() -> list[int]:
    return list(TallyEnd.objects.order_by("opening_id").values_list("opening_id", flat=True).distinct())


def _untallied(at: datetime) -> list[int]:
    untallied = Opening.objects.exclude(obligation__in=standing_obligations())
    untallied = untallied.exclude(Exists(OpeningTally.objects.filter(opening=OuterRef("pk"))))
    settled = Duty.objects.filter(opening__in=untallied).values("opening").annotate(last=Max("due_at"))
    return sorted(settled.filter(last__lte=at).values_list("opening", flat=True))


@transaction.atomic
def _tally(openings: Sequence[int]) -> None:
    """Nobody writes duties meanwhile: a change under way would be in no tally and, written before there was one, end none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
        cursor.execute("LOCK TABLE duty_duty IN SHARE MODE")
    TallyEnd.objects.filter(opening__in=openings).delete()
    OpeningTally.objects.filter(opening__in=openings).delete()
    OpeningTally.objects.bulk_create(_tallies(Duty.objects.filter(opening__in=openings)))


def _tallies(duties: QuerySet[Duty]) -> Iterator[OpeningTally]:
    standing = (
        duties.annotate(status=status_case(FOR_EVER)).order_by().values("opening_id", "measure", "status", "grade")
    )
    grouped = standing.annotate(
        units=StringAgg(Cast("unit_id", TextField()), ","),
        settled_at=Max(Greatest("due_at", "opened_at", "recorded_at", "excused_at", "cancelled_at")),
        begun_on=Max("first_on"),
    ).order_by("opening_id")
    for _, of_opening in groupby(grouped, itemgetter("opening_id")):
        tallies = [OpeningTally(**columns) for columns in of_opening]
        last = max(tally.settled_at for tally in tallies), max(tally.begun_on for tally in tallies)
        for tally in tallies:
            tally.settled_at, tally.begun_on = last
            yield tally
