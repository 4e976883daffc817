"""Paper numbers in the national form 矿安〔2021〕172号: `A+(B)煤安+C〔year〕D号`."""

from datetime import date

from django.db import connection

from kuangan.core.errors import Refused
from kuangan.core.models import Unit
from kuangan.law import local
from kuangan.law.time.dated import NotInForce
from kuangan.paper.models import NumberSeries

AREA_CODE_DIGITS = 6


def format_number(region: str, organ: str, character: str, year: int, serial: int) -> str:
    """晋(襄垣)煤安处〔2026〕3号. A paper without a document character has none between 煤安 and the year."""
    return f"{organ_mark(region, organ)}煤安{character}〔{year}〕{serial}号"


def organ_mark(region: str, organ: str) -> str:
    """晋(襄垣): the part of a number that stands for who gave it."""
    return f"{region}({organ})"


def marks_of(unit: Unit, on: date) -> tuple[str, str]:
    """Region and organ mark in the numbers of this unit, by the local values of its area on that day.

    Refused when the area has no organ mark: only units that answer for an area give numbers.
    """
    organ = _organ_of(unit, on)
    if organ is None:
        raise Refused(
            f"{unit.name}没有文号机关代字（地区代码{_area_code(unit)}），请先在本市参数 paper_number.organs 中登记。"
        )
    return str(local.local("paper_number.region", on).value), organ


def has_organ_mark(unit: Unit, on: date) -> bool:
    """Whether the unit's area has an organ mark on that day, so that its offices can number their papers."""
    try:
        return _organ_of(unit, on) is not None
    except (local.UnknownKey, NotInForce):
        return False


def _area_code(unit: Unit) -> str:
    return unit.scope_path.rstrip("/").rpartition("/")[2].ljust(AREA_CODE_DIGITS, "0")


def _organ_of(unit: Unit, on: date) -> str | None:
    organ = local.local("paper_number.organs", on).value.get(_area_code(unit))
    return None if organ is None else str(organ)


def next_serial(unit: Unit, character: str, on: date) -> int:
    """The serial that the unit's next paper of this character would get on a day."""
    series = NumberSeries.objects.filter(organ=organ_mark(*marks_of(unit, on)), character=character, year=on.year)
    return (series.values_list("last", flat=True).first() or 0) + 1


def take_number(*, region: str, organ: str, character: str, year: int) -> str:
    """The next number of this series, inside the caller's transaction.

    The series' row stays locked until that transaction ends, and goes back with it when it fails: numbers have no
    gaps and no doubles. Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(
            "a number is taken in the transaction that freezes its paper; wrap both in transaction.atomic()"
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO paper_numberseries (organ, character, year, last) VALUES (%s, %s, %s, 1) "
            "ON CONFLICT (organ, character, year) DO UPDATE SET last = paper_numberseries.last + 1 RETURNING last",
            [organ_mark(region, organ), character, year],
        )
        (serial,) = cursor.fetchone()
    return format_number(region, organ, character, year, serial)
