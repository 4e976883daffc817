"""Numbers that an organ gave outside the platform: stated before the first one that it gives here, so that every number is a paper or stands listed."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Max

from kuangan.base import clock
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, User
from kuangan.paper.models import NumberSeries, OutsideNumbers
from kuangan.paper.number import format_number, marks_of, organ_mark

MOST: Final = 100_000
"""A serial beyond this is a slip of the pen."""


@transaction.atomic
def take_over_numbers(
    *, actor: User | None, unit: Unit, character: str, last: int, document: str, at: datetime | None = None
) -> OutsideNumbers:
    """State that all numbers of this year's series up to ``last`` were used outside; the next paper here gets the one after.

    Refused: no document, a serial that is none, a series in which the platform has given a number already.
    """
    moment = at or clock.now()
    on = clock.civil_date(moment)
    region, organ = marks_of(unit, on)
    if not document.strip():
        raise Refused("请写明登记线下已用号码所依据的文号或者登记簿名称。")
    if not 1 <= last <= MOST:
        raise Refused(f"最后一个号码应为1至{MOST}的整数。")
    mark = organ_mark(region, organ)
    series, _ = NumberSeries.objects.select_for_update().get_or_create(
        organ=mark, character=character, year=on.year, defaults={"last": 0}
    )
    stated = _stated(series)
    if series.last > stated:
        number = format_number(region, organ, character, on.year, series.last)
        raise Refused(f"平台已编出{number}，此后的号码均由平台编出，不能再登记线下已用号码。")
    if last <= stated:
        raise Refused(f"线下已用号码已登记至{stated}号，本次应晚于该号。")
    numbers = OutsideNumbers.objects.create(
        organ=mark,
        character=character,
        year=on.year,
        first=stated + 1,
        last=last,
        document=document.strip()[:80],
        unit=unit,
        recorded_at=moment,
        recorded_by=actor,
    )
    _set_last(series, last)
    data = {"series": str(numbers), "first": numbers.first, "last": last, "document": numbers.document}
    record(actor=actor, action="outside_numbers_stated", subject=numbers, data=data, at=moment)
    return numbers


@transaction.atomic
def give_back_numbers(*, actor: User | None, numbers: OutsideNumbers, at: datetime | None = None) -> None:
    """The statement was wrong. Refused once the platform has given a number after it, or another statement followed."""
    moment = at or clock.now()
    series = NumberSeries.objects.select_for_update().get(
        organ=numbers.organ, character=numbers.character, year=numbers.year
    )
    if numbers.withdrawn_at is not None or series.last != numbers.last:
        raise Refused(f"{numbers}之后已编出或者登记了号码，不能更正。")
    OutsideNumbers.objects.filter(pk=numbers.pk).update(withdrawn_at=moment)
    _set_last(series, numbers.first - 1)
    record(actor=actor, action="outside_numbers_given_back", subject=numbers, data={"series": str(numbers)}, at=moment)


def _stated(series: NumberSeries) -> int:
    """The last number of a series that was stated to be used outside; 0 for none."""
    stated = OutsideNumbers.objects.filter(
        organ=series.organ, character=series.character, year=series.year, withdrawn_at=None
    )
    return stated.aggregate(last=Max("last"))["last"] or 0


def _set_last(series: NumberSeries, last: int) -> None:
    NumberSeries.objects.filter(pk=series.pk).update(last=last)
