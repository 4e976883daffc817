"""启用清单: what is still missing before the platform works, in the order in which it is done."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString

from kuangan.city.start.checklist import StartLine, checklist, open_items
from kuangan.web.frame import shown
from kuangan.web.frame.doors import ACCOUNT_KEEPERS, MINE, OVERSEERS, door, opens
from kuangan.web.frame.lists import Column
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, marked

READERS = (*ACCOUNT_KEEPERS, *OVERSEERS, *MINE)


@door(*READERS)
def start(request: Request) -> HttpResponse:
    """Every item that concerns the reader, done ones too."""
    lines = checklist(request.user)
    table = Table(
        _columns(request),
        lines,
        nothing="没有需要您办理的启用事项",
        hint="启用事项由系统管理员和各单位负责人、经办人办理。",
        style="stack checklist",
        row=lambda line: marked(style="done" if line.is_done else ""),
        group=lambda line: line.group.heading,
    )
    context: dict[str, Any] = {"table": table, "sees_numbers": opens(request, "number_series"), **_counts(lines)}
    return show(request, "start/checklist.html", **context)


def _counts(lines: Sequence[StartLine]) -> dict[str, int]:
    return {
        "open": sum(1 for line in lines if line.is_open),
        "done": sum(1 for line in lines if line.is_done),
        "waiting": sum(1 for line in lines if not line.progress.total),
    }


@door(*READERS)
def start_hint(request: Request) -> HttpResponse:
    """The line that the first page loads after itself while something is open."""
    return show(request, "start/_hint.html", waiting=open_items(request.user))


def _columns(request: Request) -> tuple[Column, ...]:
    return (
        Column("事项", _what),
        Column("完成标准", lambda line: line.item.done, style="small"),
        Column("已办", _share, style="num nowrap"),
        Column("情形", _state, style="nowrap"),
        Column("办理", lambda line: _link(request, line), style="nowrap"),
    )


def _what(line: StartLine) -> SafeString:
    """In one box, so that a phone puts the text below the title."""
    return shown.markup("<div>{}{}</div>", shown.strong(line.item.title), shown.under(line.item.text))


def _share(line: StartLine) -> str:
    return f"{line.progress.done} / {line.progress.total}" if line.progress.total else "—"


def _state(line: StartLine) -> SafeString:
    if line.is_done:
        return shown.tag("已完成")
    if not line.progress.total:
        return shown.quiet(line.item.nothing)
    return shown.strong(f"待办 {line.progress.open}")


def _link(request: Request, line: StartLine) -> Any:
    if not line.item.pages:
        return shown.quiet("在服务器上办理")
    open_to_him = [page for page in line.item.pages if opens(request, page)]
    if not open_to_him:
        return shown.quiet("由系统管理员办理")
    return shown.link(reverse(open_to_him[0]), "查看" if line.is_done else "去办理")
