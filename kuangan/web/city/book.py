"""One workbook: how far it is, what it would change, what cannot be taken, and what is done with it."""

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from kuangan.city import actions
from kuangan.city.models import BookLine, BookState, CityBook
from kuangan.city.queries import books_for, lines_of, sheet_titled
from kuangan.core.errors import Refused
from kuangan.core.queries import events_of
from kuangan.core.queries.roles import units_with_role
from kuangan.law.role import Role
from kuangan.web.city.lists import LINES, ONLY, sheet_columns
from kuangan.web.frame.doors import ACCOUNT_KEEPERS, OPERATOR, door, has_role
from kuangan.web.frame.files import open_attachment
from kuangan.web.frame.lists import Filters, none_of
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, table
from kuangan.web.office.forms import OfficeForm, posted, refusals

RUNNING = (BookState.reading, BookState.queued)
IGNORED = "-"


class LineFilters(Filters):
    sheet = forms.ChoiceField(label="工作表")
    only = forms.ChoiceField(label="结果", choices=ONLY)

    def __init__(self, request: Request, book: CityBook) -> None:
        super().__init__(request)
        titles = [sheet["title"] for sheet in book.sheets]
        sheets = self.fields["sheet"]
        assert isinstance(sheets, forms.ChoiceField)
        sheets.choices = [("", "全部"), *((title, title) for title in titles)]

    def applied(self, lines: QuerySet[BookLine]) -> QuerySet[BookLine]:
        """The rows that the filters leave."""
        if sheet := self.chosen("sheet"):
            lines = lines.filter(sheet=sheet)
        only = self.chosen("only")
        if only == "signs":
            return lines.filter(signs=True)
        return lines.filter(state=only) if only else lines


class HeadingsForm(OfficeForm):
    """For each heading that is not read the column that it means, that it means nothing, or nothing said."""

    def __init__(self, book: CityBook, data: Any = None) -> None:
        super().__init__(data)
        self.asked = dict(_unread(book))
        for name, (sheet, heading) in self.asked.items():
            law = sheet_titled(sheet)
            columns = [(column.name, column.label) for column in law.fields] if law else []
            self.fields[name] = forms.ChoiceField(
                label=f"{sheet}“{heading}”",
                required=False,
                choices=[("", "暂不处理"), (IGNORED, "不读取此栏"), *columns],
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    @property
    def told(self) -> dict[tuple[str, str], str]:
        """What was said, by sheet and heading; "" for nothing."""
        said = {self.asked[name]: meaning for name, meaning in self.cleaned_data.items() if meaning}
        return {heading: "" if meaning == IGNORED else meaning for heading, meaning in said.items()}


def _unread(book: CityBook) -> Iterator[tuple[str, tuple[str, str]]]:
    for place, sheet in enumerate(book.sheets):
        for at, heading in enumerate(sheet["unread"]):
            yield f"heading-{place}-{at}", (sheet["title"], heading)


@door(*ACCOUNT_KEEPERS, methods=("GET", "POST"))
def book(request: Request, pk: int) -> HttpResponse:
    """One book; while it is worked on, how far it is."""
    book = get_object_or_404(books_for(request.user), pk=pk)
    if request.method == "POST":
        return _stepped(request, book)
    running = book.state in RUNNING
    if request.headers.get("HX-Request"):
        if not running:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return show(request, "city/_progress.html", book=book)
    return show(request, "city/book.html", book=book, running=running, **_context(request, book))


@door(*ACCOUNT_KEEPERS)
def refused_rows(request: Request, pk: int) -> HttpResponseBase:
    """The rows that can't be taken, as a workbook to mend and upload again."""
    book = get_object_or_404(books_for(request.user), pk=pk)
    if book.refused_rows is None:
        raise Http404
    return open_attachment(book.refused_rows)


def _context(request: Request, book: CityBook) -> dict[str, Any]:
    looked_at = book.state in (BookState.previewed, BookState.asked)
    operates = has_role(request, *OPERATOR)
    filters = LineFilters(request, book)
    lines = filters.applied(lines_of(request.user, book))
    writable = book.state == BookState.previewed and not book.refused and book.changed > 0
    return {
        "operates": operates,
        "looked_at": looked_at,
        "sheets": Table(sheet_columns(), book.sheets),
        "lines": table(request, LINES, lines, filters, nothing=none_of("要列出的行", filters), unexported=True),
        "headings": HeadingsForm(book) if operates and book.state == BookState.previewed else None,
        "writable": writable,
        "needs_approval": actions.needs_approval(book),
        "unapproved": writable and not units_with_role(Role.security_admin),
        "events": events_of(book).order_by("-seq"),
    }


def _stepped(request: Request, book: CityBook) -> HttpResponse:
    step = _STEPS.get(posted(request, "do")) if has_role(request, *OPERATOR) else None
    with refusals(request):
        if step is None:
            raise Refused("没有这一步骤，或者须由系统管理员办理，请刷新页面后重试。")
        messages.success(request, step(request, book))
    return redirect("city_book", pk=book.pk)


def _told(request: Request, book: CityBook) -> str:
    form = HeadingsForm(book, request.POST)
    if not form.is_valid():
        raise Refused("栏目的对应不在可选项内，请重新选择。")
    actions.tell_headings(actor=request.user, book=book, told=form.told)
    return "已记住栏目对应，正在按此重新核对；以后上传的工作簿同样适用。"


def _read_again(request: Request, book: CityBook) -> str:
    actions.read_again(actor=request.user, book=book)
    return "正在与平台现有登记重新核对。"


def _confirm(request: Request, book: CityBook) -> str:
    actions.confirm_book(actor=request.user, book=book)
    return "已确认，正在后台写入；可以离开本页，稍后回来查看结果。"


def _ask(request: Request, book: CityBook) -> str:
    actions.ask_approval(actor=request.user, book=book, reason=posted(request, "reason"))
    return "已提请审批，批准后自动写入。"


def _drop(request: Request, book: CityBook) -> str:
    actions.drop_book(actor=request.user, book=book)
    return "已放弃这份工作簿，没有写入任何内容。"


_STEPS: dict[str, Callable[[Request, CityBook], str]] = {
    "headings": _told,
    "again": _read_again,
    "confirm": _confirm,
    "ask": _ask,
    "drop": _drop,
}
