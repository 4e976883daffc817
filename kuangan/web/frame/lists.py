"""Lists: filtered by the address, paged in the database, exported to Excel with the same filters."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, Final
from urllib.parse import quote

from django import forms
from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from kuangan.base import clock
from kuangan.base.text import clean_line, clean_text
from kuangan.base.turns import Turns
from kuangan.web.frame.request import Request

PAGE_SIZE = 50
EXPORT_LIMIT = 50_000
"""Rows an Excel file takes before people should narrow the filter."""

EXPORTS: Final = Turns(at_once=2, waiting=4, patience_s=5.0)
"""Files of lists are written by turns: whoever asks for many at once takes neither the processor nor the connections from the pages."""

_NO_TITLE = re.compile(r"[\\*?:/\[\]]")
"""What the name of a sheet may not hold."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Column:
    """A column of a list, on its page and in its Excel sheet.

    ``cell``: the value of a row, which the sheet holds as it is; ``width``: of the sheet. ``shown``: the page's cell where it is
    more than the value (markup by ``frame.shown``). ``style``: classes of the cell (num, nowrap, small, strong, phone-off);
    ``short``: the heading on the page, where the sheet's is too long; ``label``: what a phone writes before the cell, where
    it is neither ("" for nothing). ``sort``: the field by which
    the head sorts. ``page`` and ``sheet``: where the column stands.
    """

    heading: str
    cell: Callable[[Any], Any]
    width: int = 16
    shown: Callable[[Any], Any] | None = None
    style: str = ""
    short: str = ""
    label: str | None = None
    sort: str = ""
    page: bool = True
    sheet: bool = True

    @property
    def number(self) -> bool:
        """Whether its cells are aligned as numbers, and its head with them."""
        return "num" in self.style.split()


@dataclass(frozen=True)
class Listing:
    """One page of a list, for the template ``frame/_list_foot.html``."""

    page: Page[Any]
    filters: forms.Form | None

    @property
    def rows(self) -> Sequence[Any]:
        return list(self.page.object_list)

    @property
    def total(self) -> int:
        """How many rows the filters leave."""
        return self.page.paginator.count

    @property
    def pages(self) -> list[int | str]:
        """Page numbers with … where some are left out."""
        return list(self.page.paginator.get_elided_page_range(self.page.number, on_each_side=2, on_ends=1))

    @property
    def filtered(self) -> bool:
        """Whether any filter is set."""
        return bool(self.filters and self.filters.is_valid() and any(self.filters.cleaned_data.values()))


def listing(request: Request, rows: Any, filters: forms.Form | None = None, size: int = PAGE_SIZE) -> Listing:
    """The page the address asks for; a page beyond the last gives the last. ``rows``: an ordered QuerySet or a sequence."""
    return Listing(Paginator(rows, size).get_page(request.GET.get("page")), filters)


def query_with(request: HttpRequest, **changes: Any) -> str:
    """The page's own query with some values changed; None or empty drops one. Keeps filters while paging and sorting."""
    query = request.GET.copy()
    for key, wanted in changes.items():
        if wanted in (None, ""):
            query.pop(key, None)
        else:
            query[key] = str(wanted)
    return f"?{query.urlencode()}" if query else "?"


def wants_export(request: Request) -> bool:
    """Whether the address asks for the Excel file."""
    return request.GET.get("export") == "xlsx"


def file_name(name: str) -> str:
    """The name under which a file leaves the pages: that of a practice city says so."""
    return f"演练数据-{name}" if settings.PRACTICE else name


def export(title: str, columns: Sequence[Column], rows: Iterable[Any]) -> HttpResponse:
    """An Excel file of at most ``EXPORT_LIMIT`` rows; text that Excel would take for a formula stays text. Raises ``turns.Busy``."""
    with EXPORTS.turn():
        content = _workbook(title, [column for column in columns if column.sheet], rows)
    stamp = clock.civil(clock.now()).strftime("%Y%m%d-%H%M")
    name = quote(file_name(f"{clean_line(title)}-{stamp}.xlsx"))
    return HttpResponse(
        content,
        content_type=XLSX,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def _workbook(title: str, columns: Sequence[Column], rows: Iterable[Any]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_NO_TITLE.sub("_", file_name(clean_line(title)))[:31])
    for index, column in enumerate(columns):
        sheet.column_dimensions[get_column_letter(index + 1)].width = column.width
    sheet.freeze_panes = "A2"
    sheet.append([_heading(sheet, column.heading) for column in columns])
    for number, row in enumerate(rows):
        if number == EXPORT_LIMIT:
            sheet.append([f"仅导出前 {EXPORT_LIMIT} 行，请缩小筛选范围后再次导出"])
            break
        sheet.append([_cell(sheet, column.cell(row)) for column in columns])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _heading(sheet: Any, text: str) -> WriteOnlyCell:
    cell = text_cell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, datetime):
        return clock.civil(value).replace(tzinfo=None)
    if value is None or isinstance(value, bool | int | float | Decimal):
        return value
    return text_cell(sheet, str(value))


def text_cell(sheet: Any, text: str) -> WriteOnlyCell:
    """A text that stays text, whatever it begins with, and holds only what a workbook can."""
    cell = WriteOnlyCell(sheet, value=clean_text(text))
    cell.data_type = "s"
    return cell


class Filters(forms.Form):
    """A filter form read from the address; an unreadable value filters nothing and is shown as an error."""

    def __init__(self, request: Request, **kwargs: Any) -> None:
        super().__init__(request.GET, **kwargs)
        for field in self.fields.values():
            field.required = False
            kind = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs.setdefault("class", kind)

    def chosen(self, name: str) -> Any:
        """The value of one filter, or None when unset or unreadable."""
        self.is_valid()
        return self.cleaned_data.get(name) or None

    @property
    def narrowing(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())


def none_of(things: str, filters: Filters) -> str:
    """That there are no such things, or none that the filters leave."""
    return f"没有符合条件的{things}" if filters.narrowing else f"没有{things}"
