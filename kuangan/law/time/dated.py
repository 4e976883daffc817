"""Values that are in force from a day on."""

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from kuangan.law.cite import Cite

T = TypeVar("T")


class NotInForce(LookupError):
    """No value was in force on the day that was asked about."""


@dataclass(frozen=True)
class Value(Generic[T]):
    """One value from a day on. ``assumed`` holds the open question when law is silent or its text is not at hand.

    ``valid_to``: the first day on which no value is in force any more, where law dropped the number.
    """

    valid_from: date
    value: T
    cite: Cite
    assumed: str = ""
    valid_to: date | None = None


class Dated(Generic[T]):
    """Successive values of one number of law; the newest that started on or before a day is in force on it."""

    def __init__(self, *values: Value[T]) -> None:
        days = [value.valid_from for value in values]
        if not values or days != sorted(set(days)):
            raise ValueError("dated values need at least one entry, with strictly rising days")
        self.values = values

    def on(self, day: date) -> Value[T]:
        """The value in force on ``day``. Raises :class:`NotInForce`."""
        in_force = [value for value in self.values if value.valid_from <= day]
        if not in_force:
            raise NotInForce(f"{day} 无有效数值：最早一条自 {self.values[0].valid_from} 起施行")
        ended = in_force[-1].valid_to
        if ended is not None and day >= ended:
            raise NotInForce(f"{day} 无有效数值：自 {ended} 起不再施行")
        return in_force[-1]
