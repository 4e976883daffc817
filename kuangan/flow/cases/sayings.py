"""The texts of procedures (titles, notices, calls), filled from a case."""

from collections.abc import Mapping
from typing import Any

from kuangan.base.numerals import deadline_text
from kuangan.casework.models import Case, CaseClock


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
    return filled(text, known)


def said_of_clock(text: str, case_clock: CaseClock) -> str:
    """As :func:`said`, with ``label`` and ``due`` of a clock."""
    return said(text, case_clock.case, {"label": case_clock.label, "due": deadline_text(case_clock.due_at)})
