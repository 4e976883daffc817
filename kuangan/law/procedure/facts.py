"""The facts of a case that a reader sees: typed fields, as everywhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kuangan.law.field import Field


@dataclass(frozen=True)
class Fact(Field):
    """One fact: shown on the case, exported and printed under its label; empty ones and flags that do not hold are left out.

    ``filter``: the list of cases can be narrowed by it. ``internal``: it speaks of a decision, so the reader to whom that is not told
    yet does not see it. ``inside``: it speaks of the department's own work; who is only told of a case never sees it.
    """

    internal: bool = False

    def text(self, facts: Mapping[str, Any]) -> str:
        """As a reader sees it; "" where there is nothing to say."""
        value = facts.get(self.name)
        if value in (None, "", []) or (self.kind == "flag" and not value):
            return ""
        if self.kind == "flag":
            return "是"
        if self.kind == "rows":  # a list of its own
            return ""
        if isinstance(value, list):
            return "、".join(str(part) for part in value)
        return dict(self.choices).get(str(value), str(value))
