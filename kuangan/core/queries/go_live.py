"""From which day units work on the platform: for whoever opens, counts or shows what they owe."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import CharField, DateField, ExpressionWrapper, F, OuterRef, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Length

from kuangan.core.models import GoLive

ALWAYS: Final = date.min
"""The day of a unit of which nothing is said."""
NOT_YET: Final = date.max
"""The day of a unit that does not work on the platform, and has no day yet."""


@dataclass(frozen=True)
class GoLiveDays:
    """By path of a unit or an area: its day, as it holds now."""

    by_path: Mapping[str, date]

    def day_of(self, path: str) -> date:
        """The day of the unit with this path: its own, else that of the nearest area round it."""
        if not self.by_path:
            return ALWAYS
        while path:
            if path in self.by_path:
                return self.by_path[path]
            path = path[: path.rstrip("/").rfind("/") + 1]
        return ALWAYS

    def is_live(self, path: str, on: date) -> bool:
        """Whether the unit works on the platform on a day."""
        return self.day_of(path) <= on


def live_from(path: str) -> Combinable:
    """The day from which the unit whose path lies behind a lookup works on the platform, for a condition of a statement; as ``day_of``."""
    held = GoLive.objects.filter(ended_at=None).annotate(of=ExpressionWrapper(OuterRef(path), output_field=CharField()))
    nearest = held.filter(of__startswith=F("unit__path")).order_by(Length("unit__path").desc())
    day = nearest.values(day=Coalesce(F("on"), Value(NOT_YET), output_field=DateField()))[:1]
    return Coalesce(Subquery(day), Value(ALWAYS), output_field=DateField())


def go_live_days() -> GoLiveDays:
    """The days of all units, read at once."""
    held = GoLive.objects.filter(ended_at=None).values_list("unit__path", "on")
    return GoLiveDays({path: on or NOT_YET for path, on in held})
