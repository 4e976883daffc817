"""The lists of incoming papers and letters as columns, and the cells that lists of the office share."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kuangan.base import clock
from kuangan.base.numerals import deadline_text
from kuangan.casework.models import Case, CaseNotice
from kuangan.core.models import Attachment, Notice
from kuangan.office.models import Incoming
from kuangan.web.cases.lists import case_link
from kuangan.web.cases.words import law_of, state_of
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column
from kuangan.web.frame.once import guards
from kuangan.web.frame.request import Request
from kuangan.web.office.word import paper_of

LISTED = 40
"""Characters of a long text that a list shows."""
NUMBER_LATER = shown.tag("暂按推定年历", "assumed")
"""Beside a due time that rests on a year whose holidays are not announced yet."""


def with_below(text: Any, below: Any) -> SafeString:
    """What counts with a line below it, as one block beside its label on a phone."""
    return format_html("<div>{}{}</div>", text, shown.under(below))


def files_of(files: Iterable[Attachment], kind: str, owner: int) -> SafeString:
    """The files that hang on a thing of the office."""
    return render_to_string("office/_files.html", {"files": files, "kind": kind, "owner": owner})


def send_back(request: Request, name: str, pk: int, step: str) -> SafeString:
    """A form that opens in a cell to send something back with a reason. ``step``: the value of ``do``."""
    return format_html(
        '<details><summary class="small">退回</summary><form method="post" class="inline">{}'
        '<input type="hidden" name="{}" value="{}"><input class="form-control" name="reason" maxlength="300" required'
        ' aria-label="退回原因" placeholder="退回原因"><button class="btn btn-sm" name="do" value="{}">退回</button>'
        "</form></details>",
        guards(request),
        name,
        pk,
        step,
    )


def _incoming_link(paper: Incoming) -> Any:
    return shown.link(reverse("incoming", args=[paper.pk]), paper.register_number)


def _handled(paper: Incoming) -> str:
    if paper.closed_at:
        return f"{shown.minute(paper.closed_at)} 办结"
    return "已回复" if paper.replied_at else "在办"


def incoming_columns(*, printing: bool) -> tuple[Column, ...]:
    """The register of incoming papers; on paper a due time does not tick."""

    def due(paper: Incoming) -> SafeString:
        written = paper.closed_at or printing
        ends = shown.deadline(paper.due_at) if written else shown.due(paper.due_at, paper.span)
        return shown.joined(ends, NUMBER_LATER if paper.provisional else "", by=" ")

    return (
        Column("收文号", lambda paper: paper.register_number, shown=_incoming_link, style="nowrap"),
        Column("收文时间", lambda paper: paper.received_at, 20, style="nowrap"),
        Column("来源", lambda paper: paper.get_source_display(), style="nowrap"),
        Column(
            "来文单位（人）",
            lambda paper: paper.sender,
            24,
            lambda paper: with_below(paper.sender, paper.number),
            short="来文单位、字号",
            label="来文单位",
        ),
        Column("来文字号", lambda paper: paper.number, 24, page=False),
        Column("标题", lambda paper: paper.title, 48),
        Column(
            "承办人",
            lambda paper: paper.handler.name if paper.handler else "",
            shown=lambda paper: paper.handler.name if paper.handler else shown.state("未交办"),
            style="nowrap",
        ),
        Column("办理期限", lambda paper: deadline_text(paper.due_at), 20, due, "nowrap", short="期限"),
        Column("复文字号", lambda paper: paper.reply_number, 24, page=False),
        Column("回复时间", lambda paper: paper.replied_at, 20, page=False),
        Column("办结时间", lambda paper: paper.closed_at, 20, page=False),
        Column("办理", _handled, style="nowrap", sheet=False),
    )


def _number(letter: Case) -> str:
    paper = paper_of(letter)
    return (paper.number or "") if paper else ""


def _letter_link(letter: Case) -> Any:
    return case_link(letter, _number(letter) or "未编号")


def _sender(letter: Case) -> str:
    return letter.office.name if letter.office else ""


def _issued_at(letter: Case) -> datetime | None:
    paper = paper_of(letter)
    return paper.frozen_at if paper else None


def _receipt(letter: Case) -> Notice | None:
    """What the receiver was sent, which he signs for."""
    sent: list[CaseNotice] = getattr(letter, "sent")  # noqa: B009  # a prefetch's to_attr, unknown to the stubs
    return sent[0].notice if sent else None


def _received_at(letter: Case) -> datetime | None:
    receipt = _receipt(letter)
    return receipt.received_at if receipt else None


def _replied_at(letter: Case) -> datetime | None:
    return letter.closed_at if state_of(letter).outcome == "done" else None


def _letter_state(letter: Case) -> SafeString:
    if state_of(letter).outcome == "stands" and not _received_at(letter):
        return shown.state("待签收")
    return shown.state(state_of(letter).label, bool(letter.closed_at))


def _answer(letter: Case) -> Any:
    """When a letter was answered, or until when it is to be."""
    if state_of(letter).outcome != "stands":
        return _replied_at(letter)
    due_on = date.fromisoformat(letter.facts["reply_due_on"])
    return shown.due(clock.beijing_midnight(clock.day_after(due_on)), "函件载明的回复期限")


def _opening(letter: Case) -> str:
    return str(letter.facts.get("opening", ""))


LETTERS = (
    Column("种类", lambda letter: law_of(letter).title, style="nowrap"),
    Column("文号", _number, 28, _letter_link, "nowrap"),
    Column("发出单位", _sender, 24, page=False),
    Column(
        "主送单位",
        lambda letter: letter.unit.name,
        24,
        lambda letter: shown.joined(letter.unit.name, shown.under(_sender(letter))),
    ),
    Column("事由", _opening, 48, lambda letter: shown.cut(_opening(letter), LISTED)),
    Column("状态", lambda letter: state_of(letter).label, shown=_letter_state),
    Column("发出时间", _issued_at, 20, page=False),
    Column("签收时间", _received_at, 20, page=False),
    Column("回复期限", lambda letter: letter.facts.get("reply_due_on"), page=False),
    Column("回复时间", _replied_at, 20, _answer, short="回复"),
)
OWING = (
    Column("单位", lambda line: line[0].name),
    Column(
        "逾期",
        lambda line: shown.link(f"{reverse('duties')}?unit={line[0].code}&status=overdue", f"{line[1]} 项"),
        style="num",
    ),
    Column(
        "起草",
        lambda line: shown.link(f"{reverse('new_letter')}?to={line[0].pk}", "起草", "btn btn-sm"),
        style="num",
    ),
)
"""A line is a unit and how many of its duties are overdue."""


def faults(errors: Iterable[Iterable[str | ValidationError]]) -> SafeString:
    """What is wrong about the controls of a line."""
    return shown.joined(
        *(format_html('<div class="small strong">✕ {}</div>', error) for field in errors for error in field)
    )
