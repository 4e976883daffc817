"""The texts of procedures (titles, notices, calls), filled from a case."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from kuangan.base.numerals import date_text, deadline_text
from kuangan.casework.models import Case, CaseClock

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


class _Names(dict[str, Any]):
    """Names in braces; what a case does not know is left out."""

    def __missing__(self, key: str) -> str:
        return ""


def filled(text: str, known: Mapping[str, Any]) -> str:
    """The text with what is known in place of the names in braces."""
    return text.format_map(_Names(known))


def said(text: str, case: Case, more: Mapping[str, Any] | None = None) -> str:
    """The text with ``unit``, ``number``, ``duty``, the facts of the case and ``more`` in place of the names in braces."""
    known = {**case.facts, **(more or {}), "unit": case.unit.name, "number": case.number}
    if case.duty is not None:
        known["duty"] = case.duty.title
    return filled(text, {name: _written(value) for name, value in known.items()})


def _written(value: Any) -> Any:
    """A day as papers write it; everything else as it is."""
    return date_text(date.fromisoformat(value)) if isinstance(value, str) and _DAY.fullmatch(value) else value


def said_of_clock(text: str, case_clock: CaseClock) -> str:
    """As :func:`said`, with ``label`` and ``due`` of a clock."""
    return said(text, case_clock.case, {"label": case_clock.label, "due": deadline_text(case_clock.due_at)})
