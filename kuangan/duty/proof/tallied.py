"""Duties counted by status and grade of proof for each unit that owes them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from kuangan.core.queries.keys import keys_in
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
