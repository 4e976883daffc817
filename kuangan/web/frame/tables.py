"""Lists as columns: one tuple gives the head, the labels on a phone, the cells and the order of a list, and its Excel sheet.

A view says ``table=table(request, COLUMNS, rows, filters)``, its template ``{% include "frame/_table.html" %}``.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.safestring import SafeString

from kuangan.web.frame import shown
from kuangan.web.frame.lists import PAGE_SIZE, Column, Listing, listing, query_with
from kuangan.web.frame.request import Request

SORT: Final = "sort"
"""The key of the address that says by which column, with - for the greatest first."""
NUMBERS: Final = SafeString(' class="num"')


def marked(**attributes: Any) -> SafeString:
    """The attributes of a row: ``style`` is its class, ``key_name`` is ``data-key-name``; None and "" are left out."""
    parts = [
        shown.markup(' {}="{}"', "class" if name == "style" else f"data-{name.replace('_', '-')}", value)
        for name, value in attributes.items()
        if value not in (None, "")
    ]
    return SafeString("".join(parts))


@dataclass(frozen=True)
class Table:
    """A list on a page. ``row``: the attributes of a row by :func:`marked`; ``nothing`` and ``hint``: what stands in its place.

    ``group``: the words above the rows that share them. ``clear``: where the list without filters is.
    ``style``: classes beside ``list``; on a phone ``stack`` puts the cells below one another. ``headed``: whether columns have heads,
    ``labelled``: whether a phone repeats them before each cell.
    """

    columns: Sequence[Column]
    given: Iterable[Any]
    nothing: str = ""  # or markup
    hint: str = ""  # or markup
    style: str = "stack"
    headed: bool = True
    labelled: bool = True
    row: Callable[[Any], SafeString] | None = None
    group: Callable[[Any], str] | None = None
    list: Listing | None = None
    unexported: bool = False
    clear: str = "?"
    request: Request | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def rows(self) -> Sequence[Any]:
        """The rows of this page, read once."""
        return tuple(self.given)

    @property
    def shown(self) -> Sequence[Column]:
        """The columns of the page; the others stand in the sheet only."""
        return [column for column in self.columns if column.page]

    @property
    def head(self) -> Iterator[SafeString]:
        return (self._head(column) for column in self.shown)

    @property
    def lines(self) -> Iterator[SafeString]:
        cells = [
            (_begin(column, labelled=self.headed and self.labelled), column.shown or column.cell)
            for column in self.shown
        ]
        group = ""
        for row in self.rows:
            if self.group and (words := self.group(row)) != group:
                group = words
                yield shown.markup(
                    '<tr class="group"><th colspan="{}" scope="rowgroup">{}</th></tr>', len(cells), words
                )
            first = f"<tr{shown.escaped(self.row(row))}>" if self.row else "<tr>"
            yield SafeString(first + "".join([f"{begin}{text_of(cell(row))}</td>" for begin, cell in cells]) + "</tr>")

    def _head(self, column: Column) -> SafeString:
        style = NUMBERS if column.number else shown.EMPTY
        heading = column.short or column.heading
        if not column.sort or self.request is None:
            return shown.markup("<th{}>{}</th>", style, heading)
        asked = self.request.GET.get(SORT, "")
        query = query_with(self.request, page=None, sort=f"-{column.sort}" if asked == column.sort else column.sort)
        order = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(asked, "none")
        return shown.markup('<th{} aria-sort="{}"><a href="{}">{}</a></th>', style, order, query, heading)


def _begin(column: Column, *, labelled: bool) -> SafeString:
    """What a cell of a column begins with: its label for phones and its classes."""
    label = (column.short or column.heading) if column.label is None else column.label
    mark = f' data-label="{shown.escaped(label)}"' if labelled and label else ""
    style = f' class="{shown.escaped(column.style)}"' if column.style else ""
    return SafeString(f"<td{mark}{style}>")


_WRITTEN: Final[dict[type, Callable[[Any], str]]] = {
    bool: lambda value: "是" if value else "否",
    datetime: shown.minute,
    date: shown.moment,
    Decimal: shown.plain,
}


def text_of(value: Any) -> str:
    """The markup of a cell's value: — for none, moments to the minute, words escaped, markup as it is."""
    if type(value) is SafeString:
        return value
    if value is None or value == "":
        return "—"
    written = _WRITTEN.get(type(value))
    return written(value) if written else shown.escaped(value)


def bare(columns: Sequence[Column], rows: Iterable[Any], nothing: str = "", **looks: Any) -> Table:
    """A short list without heads, beside other things on a page: it stays a table on a phone."""
    return Table(columns, rows, nothing, style="", headed=False, **looks)


def ordered(request: Request, columns: Sequence[Column], rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows in the order the address asks for; as they are when it asks for none, or for what no column offers."""
    asked = request.GET.get(SORT, "")
    offered = {column.sort for column in columns if column.sort}
    return rows.order_by(asked, "-pk") if asked.removeprefix("-") in offered else rows


def table(
    request: Request,
    columns: Sequence[Column],
    rows: Any,
    filters: forms.Form | None = None,
    *,
    size: int = PAGE_SIZE,
    **looks: Any,
) -> Table:
    """The page of a list that the address asks for, with its foot. ``rows``: an ordered QuerySet or a sequence; ``looks``: of the Table."""
    if isinstance(rows, QuerySet):
        rows = ordered(request, columns, rows)
    page = listing(request, rows, filters, size)
    return Table(columns, page.rows, list=page, request=request, **looks)
