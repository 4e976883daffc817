"""Where the seat of a county lies, for what has no coordinates of its own: a town's middle, *assumed*, to a kilometre or two."""

import csv
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "county_seats.csv"


@cache
def _seats() -> Mapping[str, tuple[Decimal, Decimal]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return {seat["code"]: (Decimal(seat["north"]), Decimal(seat["east"])) for seat in csv.DictReader(file)}


def seat_of(code: str) -> tuple[Decimal, Decimal] | None:
    """Degrees north and east (CGCS2000) of the seat of a county by its code; None where nobody entered it."""
    return _seats().get(code)
