"""The lists of 通知交办 as columns: what was received, what was sent, what each receiver did, the chain of forwarding."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kuangan.base.numerals import deadline_text
from kuangan.office.models import Circular, CircularKind, Receipt
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import marked
from kuangan.web.office.lists import files_of, send_back, with_below

DUE_WORDS = "发文载明的反馈期限"


def circular_link(pk: int, text: Any, query: str = "", style: str = "") -> Any:
    """Words that lead to a circular."""
    return shown.link(f"{reverse('circular', args=[pk])}{query}", text, style)


def _deadline(circular: Circular) -> str:
    return deadline_text(circular.feedback_due_at) if circular.feedback_due_at else ""


def unread(receipt: Receipt) -> SafeString:
    """The row of a receipt that nobody has signed is marked."""
    return marked(style="" if receipt.notice.received_at or receipt.circular.withdrawn_at else "unread")


def _received_title(receipt: Receipt) -> SafeString:
    style = "" if receipt.notice.received_at else "strong"
    link = circular_link(receipt.circular_id, receipt.circular.title, style=style)
    return with_below(link, receipt.circular.number)


def _signed(receipt: Receipt) -> Any:
    """Who signed a receipt and when; None for who has not."""
    notice = receipt.notice
    if notice.received_at is None:
        return None
    name = notice.received_by.display_name if notice.received_by else ""
    return shown.joined(shown.minute(notice.received_at), shown.small(name), by=" ")


def _received(receipt: Receipt) -> Any:
    if receipt.circular.withdrawn_at:
        return shown.quiet("已撤回")
    return _signed(receipt) or shown.state("待签收", waits=True)


def _answer(receipt: Receipt) -> Any:
    circular = receipt.circular
    if receipt.feedback_at:
        return receipt.feedback_at
    if circular.withdrawn_at or not circular.feedback_due_at:
        return shown.quiet("不要求")
    returned = shown.tag("已退回") if receipt.returned_at else ""
    return shown.joined(shown.due(circular.feedback_due_at, DUE_WORDS), returned, by=" ")


RECEIVED = (
    Column("类别", lambda receipt: receipt.circular.get_kind_display(), style="nowrap"),
    Column("文号", lambda receipt: receipt.circular.number, 24, page=False),
    Column("标题", lambda receipt: receipt.circular.title, 48, _received_title),
    Column("发出单位", lambda receipt: receipt.circular.issuer.name, 24),
    Column("发出时间", lambda receipt: receipt.circular.sent_at, 20, style="nowrap"),
    Column("接收单位", lambda receipt: receipt.unit.name, 24, page=False),
    Column("签收时间", lambda receipt: receipt.notice.received_at, 20, _received, "nowrap", short="签收"),
    Column(
        "签收人",
        lambda receipt: receipt.notice.received_by.display_name if receipt.notice.received_by else "",
        page=False,
    ),
    Column("反馈期限", lambda receipt: _deadline(receipt.circular), 20, page=False),
    Column("反馈时间", lambda receipt: receipt.feedback_at, 20, _answer, short="反馈"),
)


def _part(circular: Any, done: int, missing: str, there: str) -> Any:
    """How many of the receivers did it, leading to those who are missing, or to all when none is."""
    shows = missing if done < circular.to else there
    return circular_link(circular.pk, f"{done}／{circular.to}", f"?show={shows}")


def _ends(circular: Any) -> Any:
    if circular.withdrawn_at:
        return shown.quiet("已撤回")
    if not circular.feedback_due_at:
        return None
    if circular.answered < circular.to:
        return shown.due(circular.feedback_due_at, DUE_WORDS)
    return shown.quiet("已全部反馈")


SENT = (
    Column("类别", lambda circular: circular.get_kind_display(), style="nowrap"),
    Column("文号", lambda circular: circular.number, 24, page=False),
    Column(
        "标题",
        lambda circular: circular.title,
        48,
        lambda circular: with_below(circular_link(circular.pk, circular.title), circular.number),
    ),
    Column("发出单位", lambda circular: circular.issuer.name, 24),
    Column("发出时间", lambda circular: circular.sent_at, 20, style="nowrap"),
    Column("接收单位数", lambda circular: circular.to, page=False),
    Column(
        "已签收",
        lambda circular: circular.signed,
        shown=lambda circular: _part(circular, circular.signed, "unsigned", "signed"),
        style="num",
        short="签收",
    ),
    Column(
        "已反馈",
        lambda circular: circular.answered,
        shown=lambda circular: (
            _part(circular, circular.answered, "unanswered", "answered") if circular.feedback_due_at else None
        ),
        style="num",
        short="反馈",
    ),
    Column("反馈期限", _deadline, 20, _ends),
)


def receipt_columns(
    request: Request, circular: Circular, studies: Mapping[int, Any], *, issues: bool
) -> tuple[Column, ...]:
    """What each receiver did. ``studies``: by unit, of an accident circular; ``issues``: the reader may send feedback back."""

    def signed(receipt: Receipt) -> Any:
        return _signed(receipt) or (None if circular.withdrawn_at else shown.state("未签收"))

    def feedback(receipt: Receipt) -> SafeString:
        return format_html("<div>{}</div>", _feedback(request, circular, receipt, issues=issues))

    def study(receipt: Receipt) -> Any:
        learnt = studies.get(receipt.unit_id)
        if learnt:
            return shown.link(reverse("entry", args=["circular_study", learnt.serial]), learnt.on.isoformat())
        return shown.quiet("未登记") if receipt.unit.kind == "mine" else None

    return (
        Column("单位", lambda receipt: receipt.unit.name),
        Column("签收", signed, style="nowrap"),
        Column("转发", lambda receipt: circular_link(receipt.forwarded_id, "查看") if receipt.forwarded_id else None),
        Column("反馈", feedback),
        Column("学习", study, style="nowrap", page=circular.kind == CircularKind.circular),
        Column(
            "催办",
            lambda receipt: f"{receipt.urged} 次，{shown.minute(receipt.urged_at)}" if receipt.urged else None,
            style="nowrap",
        ),
    )


def _feedback(request: Request, circular: Circular, receipt: Any, *, issues: bool) -> SafeString:
    """What a receiver answered, with its files and the form to send it back; or until when it is to answer."""
    if receipt.feedback_at and receipt.feedback_by:
        return shown.joined(
            shown.cut(receipt.feedback, 60),
            shown.under(f"{receipt.feedback_by.display_name} {shown.minute(receipt.feedback_at)}"),
            files_of(receipt.sent_files, "circulars", circular.pk),
            send_back(request, "receipt", receipt.pk, "return") if issues else "",
        )
    if circular.feedback_due_at and not circular.withdrawn_at:
        returned = shown.tag("已退回") if receipt.returned_at else ""
        return shown.joined(returned, shown.due(circular.feedback_due_at, DUE_WORDS), by=" ")
    return shown.quiet("不要求")


CHAIN = (Column("单位", lambda line: line[0]), Column("情况", lambda line: line[1], style="num small"))
"""A line is who sent it on, and when or how far it came."""


def chain_lines(circular: Circular, above: list[Circular], below: Any, *, named: bool) -> list[tuple[Any, str]]:
    """From the first sender down to those to whom it was forwarded. ``named``: the reader may know who sent it before."""
    sent = [(f"{before.issuer.name} 发出" if named else shown.EMPTY, shown.minute(before.sent_at)) for before in above]
    word = "转发" if above else "发出"
    here = (shown.strong(f"{circular.issuer.name} {word}"), shown.minute(circular.sent_at))
    return [*sent, here, *((_forwarded(after), _reached(after)) for after in below)]


def _forwarded(circular: Any) -> SafeString:
    return shown.joined("└", circular_link(circular.pk, f"{circular.issuer.name} 转发"), by=" ")


def _reached(circular: Any) -> str:
    answered = f"，反馈 {circular.answered}／{circular.to}" if circular.feedback_due_at else ""
    return f"签收 {circular.signed}／{circular.to}{answered}"
