"""Controls that browsers do not have of their own: two days as a period, a text with suggestions, a table to fill in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django import forms
from django.http import QueryDict

MORE: Final = "more"
"""The button that adds rows to a table without JavaScript: its value is the table's name."""
ADDED: Final = 10
"""Rows that the button adds."""
BLANK: Final = 3
"""Rows to write in that a table ends with."""
Options = Sequence[tuple[str, str]]


class PeriodInput(forms.Widget):
    """Two days; gives ``{"first", "last"}``."""

    template_name = "frame/fields/period.html"

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        """The two days as the browser's calendar takes them."""
        context = super().get_context(name, None, dict(attrs or {}))
        ends = value if isinstance(value, Mapping) else {}
        return context | {"first": ends.get("first") or "", "last": ends.get("last") or ""}

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        return {end: str(data.get(f"{name}.{end}", "")) for end in ("first", "last")}

    def id_for_label(self, id_: str) -> str:
        """The first day's."""
        return id_


class SuggestInput(forms.TextInput):
    """A text with suggestions that may be taken; anything else may be typed."""

    template_name = "frame/fields/suggest.html"

    def __init__(self, options: Options, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.options = options

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """With the list that the control names."""
        context = super().get_context(name, value, attrs)
        listed = f"{context['widget']['attrs'].get('id', name)}_list"
        context["widget"]["attrs"]["list"] = listed
        return context | {"options": self.options, "listed": listed}


@dataclass
class InputColumn:
    """A column of a table: its heading, its control in every row, and what is suggested in all of them."""

    name: str
    heading: str
    must: bool
    widget: forms.Widget
    options: Options = ()
    wide: bool = False


@dataclass
class InputRow:
    """A row of a table as it is drawn."""

    number: int
    cells: list[tuple[InputColumn, str, str]] = field(default_factory=list)


class RowsInput(forms.Widget):
    """A table to fill in, with rows to spare; gives a list of mappings from column to what was typed.

    ``wrong``: what is wrong with a cell, by row (from 1) and column, shown in the cell.
    """

    template_name = "frame/fields/rows.html"

    def __init__(self, columns: Sequence[InputColumn], most: int) -> None:
        super().__init__()
        self.columns, self.most, self.shown = columns, most, 0
        self.wrong: Mapping[tuple[int, str], str] = {}

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        """The rows to be drawn, one more to be copied by the page's script, and the lists of suggestions."""
        context = super().get_context(name, None, dict(attrs or {}))
        rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []
        count = min(max(len(rows) + BLANK, self.shown), self.most)
        filled = [*rows, *({} for _ in range(count - len(rows)))]
        return context | {
            "name": name,
            "table": [self._line(name, at, row) for at, row in enumerate(filled)],
            "columns": self.columns,
            "most": self.most,
            "added": ADDED,
            "more": len(filled) < self.most,
            "lists": [(self._list_id(name, column), column.options) for column in self.columns if column.options],
        }

    def _line(self, name: str, at: int, row: Mapping[str, Any]) -> InputRow:
        line = InputRow(at + 1)
        for column in self.columns:
            wrong = self.wrong.get((at + 1, column.name), "")
            attrs = {"aria-label": f"第 {at + 1} 行 {column.heading}", "class": "form-control"}
            if isinstance(column.widget, forms.Select):
                attrs["class"] = "form-select"
            if column.options:
                attrs["list"] = self._list_id(name, column)
            if wrong:
                attrs["aria-invalid"] = "true"
            control = column.widget.render(f"{name}.{at}.{column.name}", row.get(column.name), attrs)
            line.cells.append((column, control, wrong))
        return line

    def _list_id(self, name: str, column: InputColumn) -> str:
        return f"id_{name}_{column.name}_list"

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[dict[str, Any]]:
        """The rows as they were typed, blank ones between them too, so that a row keeps its number."""
        numbers = sorted(_numbers(data, name))
        self.shown = len(numbers) + (ADDED if data.get(MORE) == name else 0)
        rows = [
            {
                column.name: column.widget.value_from_datadict(data, files, f"{name}.{at}.{column.name}")
                for column in self.columns
            }
            for at in numbers
        ]
        while rows and not any(_filled(value) for value in rows[-1].values()):
            rows.pop()
        return rows

    def id_for_label(self, id_: str) -> str:
        """No single control is the table's."""
        return ""


def _filled(value: Any) -> bool:
    return any(value.values()) if isinstance(value, Mapping) else bool(value)


def _numbers(data: Mapping[str, Any], name: str) -> set[int]:
    """The numbers of the rows that a form holds."""
    inside = re.compile(rf"{re.escape(name)}\.(\d{{1,4}})\.")
    return {int(match[1]) for key in data if (match := inside.match(key))}


def wants_more(data: QueryDict) -> bool:
    """Whether a form only asks for more rows to write in."""
    return bool(data.get(MORE))
