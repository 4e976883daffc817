"""Duties counted by status and grade of proof for each unit that owes them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.contrib.postgres.aggregates import StringAgg
from django.db import connection
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from kuangan.core.queries.keys import is_among, keys_in
from kuangan.duty.models import Opening, OpeningTally, TallyEnd
from kuangan.duty.proof.grades import Grade
from kuangan.duty.status import Status

_STATUSES: Final = Status.values
_GRADES: Final = Grade.values
_SHADES: Final = len(_GRADES) * (len(_STATUSES) + 1) + 1
"""One more than the largest number that status and grade make together, each counted from 1."""

Tallied = tuple[str, str, str, str, Mapping[int, int]]
"""Obligation, measure, status, grade of proof, how many duties each unit owes."""


def tallied(duties: QuerySet[Any]) -> Iterator[Tallied]:
    """Duties with their ``status`` and ``proof``, counted. One row for all units: thousands of small rows cost more than counting does.

    Status and proof are added to the unit's key: the database would sort all duties to tell one from another.
    """
    sql, params = (
        duties.values("obligation", "measure", "status", "proof", "unit_id").order_by().query.sql_with_params()
    )
    shade = f"{_SHADES} * unit_id + {len(Grade)} * array_position(%s, status) + array_position(%s, proof)"
    statement = (
        f"SELECT obligation, measure, array_agg({shade})::text FROM ({sql}) AS duty GROUP BY obligation, measure"  # noqa: S608  # Django's own
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, (_STATUSES, _GRADES, *params))
        for obligation, measure, keys in cursor.fetchall():
            units: dict[int, dict[int, int]] = defaultdict(dict)
            for key, number in Counter(keys_in(keys)).items():
                unit_id, place = divmod(key, _SHADES)
                units[place][unit_id] = number
            for place, numbers in units.items():
                status, grade = divmod(place - len(Grade) - 1, len(Grade))
                yield obligation, measure, _STATUSES[status], _GRADES[grade], numbers


class TalliedOpening(NamedTuple):
    """``tally``: the newest of its tallies; another one says that the opening was tallied anew."""

    key: int
    tally: int


class Openings(NamedTuple):
    """The openings of some periods: those whose tallies hold at a moment, and the keys of the others."""

    tallied: tuple[TalliedOpening, ...]
    untallied: list[int]


def openings_in(keys: Collection[str], last: date, at: datetime) -> Openings:
    """Sorted out once for both kinds, so that no duty counts in both; for duties that had begun by the ``last`` day."""
    changed = TallyEnd.objects.filter(opening=OuterRef("pk"))
    holding = Q(~Exists(changed), tallies__settled_at__lte=at, tallies__begun_on__lte=last)
    openings = Opening.objects.filter(period__in=keys).order_by("pk")
    newest = list(openings.annotate(tally=Max("tallies", filter=holding)).values_list("pk", "tally"))
    tallied_ones = tuple(TalliedOpening(key, tally) for key, tally in newest if tally is not None)
    return Openings(tallied_ones, [key for key, tally in newest if tally is None])


def added_up(openings: Iterable[int]) -> Iterator[Tallied]:
    """The tallies of some openings."""
    tallies = OpeningTally.objects.filter(is_among(list(openings), "opening_id")).order_by()
    grouped = tallies.values_list("opening__obligation", "measure", "status", "grade")
    for obligation, measure, status, grade, units in grouped.annotate(together=StringAgg("units", ",")):
        yield obligation, measure, status, grade, Counter(keys_in(f"{{{units}}}"))
