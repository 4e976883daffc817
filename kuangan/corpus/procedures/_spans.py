"""How long a step may take where law leaves it open: the city's local value on the day the clock starts."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from kuangan.law.local import local_span
from kuangan.law.time.span import Span


def by_local(key: str) -> Callable[[date, Mapping[str, Any]], Span]:
    """The span of a clock by the local value ``key``; ``{level}`` in the key stands for the level of the case."""

    def span(on: date, facts: Mapping[str, Any]) -> Span:
        return local_span(key.format_map(facts), on)

    return span
