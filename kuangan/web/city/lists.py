"""The lists of the city's workbook as columns: books, the sheets of one, its rows, headings that are remembered."""

from collections.abc import Callable, Mapping
from operator import attrgetter, itemgetter
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString

from kuangan.city.book.planning import CHANGED, NEW, REFUSED, SAME, STATE_WORDS
from kuangan.city.models import BookLine, BookState, CityBook, ToldHeading
from kuangan.city.queries import sheet_titled
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column
from kuangan.web.frame.once import button
from kuangan.web.frame.request import Request

ONLY: Final = (
    ("", "全部"),
    (REFUSED, STATE_WORDS[REFUSED]),
    (CHANGED, STATE_WORDS[CHANGED]),
    (NEW, STATE_WORDS[NEW]),
    ("signs", "须审批"),
)
LISTED: Final = 12
"""Columns of a new row that the list says."""


def _state(book: CityBook) -> SafeString:
    return shown.state(
        book.get_state_display(),
        terminal=book.state in (BookState.applied, BookState.dropped),
        waits=book.state in (BookState.previewed, BookState.asked),
    )


BOOKS = (
    Column("文件", lambda book: shown.link(reverse("city_book", args=[book.pk]), book.name)),
    Column("自", attrgetter("on"), style="nowrap"),
    Column("状态", _state),
    Column("新增和变更", attrgetter("changed"), style="num"),
    Column("不能导入", lambda book: book.counts[REFUSED], style="num"),
    Column("上传人", lambda book: book.by.display_name),
    Column("上传时间", attrgetter("at"), style="nowrap"),
)


def _meaning(told: ToldHeading) -> str:
    law = sheet_titled(told.sheet)
    labels = {column.name: column.label for column in law.fields} if law else {}
    return labels.get(told.field, told.field) or "不读取"


def heading_columns(request: Request, *, operates: bool) -> tuple[Column, ...]:
    """What headings mean; the system administrator takes it back."""

    def forget(told: ToldHeading) -> Any:
        return button(request, reverse("forget_heading", args=[told.pk]), "删除") if operates else shown.EMPTY

    return (
        Column("工作表", attrgetter("sheet")),
        Column("栏目", attrgetter("heading")),
        Column("对应", _meaning),
        Column("登记人", lambda told: told.by.display_name),
        Column("", forget, style="num"),
    )


def sheet_columns() -> tuple[Column, ...]:
    """What each sheet of a book holds; the numbers lead to the rows."""

    def count(state: str) -> Callable[[Mapping[str, Any]], Any]:
        def cell(sheet: Mapping[str, Any]) -> Any:
            number = sheet["counts"][state]
            query = urlencode({"sheet": sheet["title"], "only": state})
            return shown.link(f"?{query}#rows", number) if number and state != SAME else number

        return cell

    return (
        Column("工作表", itemgetter("title"), style="strong"),
        *(Column(STATE_WORDS[state], count(state), style="num") for state in (NEW, CHANGED, SAME, REFUSED)),
        Column("说明", _remarks),
    )


def _remarks(sheet: Mapping[str, Any]) -> Any:
    fault = shown.strong(f"整表不能导入：{sheet['fault']}") if sheet["fault"] else None
    unread = f"没有读取的栏目：{'、'.join(sheet['unread'])}" if sheet["unread"] else None
    return shown.joined(fault, unread, by="；") if fault or unread else None


def _what(line: BookLine) -> SafeString:
    said = shown.joined(*(_said(line.state, *words) for words in line.said[:LISTED]), by=SafeString("<br>"))
    return shown.markup("<div>{}</div>", said)


def _said(state: str, label: str, first: str, second: str) -> SafeString:
    if state == REFUSED:
        given = f"“{first}”" if first and not second.startswith(f"“{first}”") else ""
        return shown.markup("{}{}：{}", shown.strong(label), given, second)
    if state == CHANGED:
        return shown.markup("{} {} → {}", label, first or "（空）", shown.strong(second or "（空）"))
    return shown.markup("{} {}", label, second)


def _result(line: BookLine) -> SafeString:
    two = shown.tag("须审批", "assumed") if line.signs else None
    return shown.joined(shown.state(STATE_WORDS[line.state], waits=line.state == REFUSED), two, by=" ")


LINES = (
    Column("工作表", attrgetter("sheet"), style="nowrap"),
    Column("行", attrgetter("number"), style="num"),
    Column("结果", _result, style="nowrap"),
    Column("对象", attrgetter("key")),
    Column("内容", _what),
)
