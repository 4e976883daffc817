"""Fixed-point values: every reading and every limit is an integer number of micro-units (value × 10^6).

Feeds print decimals, so integers compare exactly at a limit, where binary floats do not.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

DECIMALS: Final = 6
SCALE: Final = 10**DECIMALS
NO_VALUE: Final = -(2**63)
"""A record that carries no usable number (empty, placeholder or text)."""

MAX_INTEGER_DIGITS: Final = 12
"""More digits before the point are no measurement."""
LARGEST_UNITS: Final = 10 ** (MAX_INTEGER_DIGITS + DECIMALS)
"""The first number of micro-units that no column holds (`numeric(18, 6)`)."""


def to_units(value: Decimal | int | str) -> int:
    """Micro-units of a decimal; digits after the sixth are rounded half up (they are float noise of the writer)."""
    return int((Decimal(value) * SCALE).to_integral_value(ROUND_HALF_UP))


def to_decimal(units: int, decimals: int | None = None) -> Decimal:
    """The decimal of `units`, with exactly `decimals` places, or the shortest exact form when None."""
    exact = Decimal(units).scaleb(-DECIMALS)
    if decimals is not None:
        return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    shortest = exact.normalize()
    return shortest if int(shortest.as_tuple().exponent) <= 0 else shortest.quantize(Decimal(1))
