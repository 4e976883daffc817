"""通知、交办、事故通报: what came and what was sent, who has signed, forwarded and answered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.safestring import SafeString

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import Unit
from kuangan.core.offices import OFFICE_KINDS
from kuangan.flow.office import circulars as flow
from kuangan.office.actions import circulars as actions
from kuangan.office.models import Circular, CircularKind, Receipt
from kuangan.office.queries import circulars as queries
from kuangan.office.standing import own_offices, own_units
from kuangan.web.cases.sight import trail_in_sight
from kuangan.web.frame.doors import door
from kuangan.web.frame.lists import Filters, export, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import bare, table
from kuangan.web.gate.addresses import is_key
from kuangan.web.office.circular_forms import CircularForm
from kuangan.web.office.circular_lists import CHAIN, RECEIVED, SENT, chain_lines, receipt_columns, unread
from kuangan.web.office.forms import (
    SIGHTED,
    ReceiversField,
    Step,
    posted,
    posted_files,
    receiver_groups,
    stepped,
)
from kuangan.web.office.sending import sending_page

BOXES = {"received": "收到的", "sent": "发出的"}
EMPTY_BOXES = {
    "received": ("还没有收到通知、交办或事故通报", "收到后会出现在这里和“今日”中，无需刷新。"),
    "sent": ("还没有下发过通知、交办或事故通报", "点击右上角“下发”开始。"),
}
ONLY = (("", "全部"), ("open", "待签收或待反馈"), ("late", "反馈逾期"))
RECEIPTS_SHOWN = 200
NO_RECEIPTS = SafeString('没有符合的单位。<a href="?#receipts">显示全部</a>')
NO_OFFICE = (
    "本单位不下发通知",
    "通知、交办由政府和监管部门下发。煤矿和企业在“收到的”中签收、反馈。",
)


class CircularFilters(Filters):
    q = forms.CharField(label="标题或文号", max_length=60)
    kind = forms.ChoiceField(label="类别", choices=[("", "全部类别"), *CircularKind.choices])
    only = forms.ChoiceField(label="情形", choices=ONLY)


@door(*SIGHTED)
def circulars(request: Request) -> HttpResponse:
    """What the person's units received, or what offices in sight sent."""
    issues = bool(own_offices(request.user))
    box = request.GET.get("box", "received")
    if box not in BOXES or (box == "sent" and not issues):
        raise Http404
    filters = CircularFilters(request)
    moment = clock.now()
    circulars_shown: QuerySet[Any]
    circulars_shown = _received(request, filters, moment) if box == "received" else _sent(request, filters, moment)
    columns = RECEIVED if box == "received" else SENT
    if wants_export(request):
        return export(f"{BOXES[box]}通知交办", columns, circulars_shown)
    nothing, hint = ("没有符合条件的文件", "") if filters.narrowing else EMPTY_BOXES[box]
    listed = table(
        request,
        columns,
        circulars_shown,
        filters,
        row=unread if box == "received" else None,
        nothing=nothing,
        hint=hint,
        clear=f"?box={box}",
    )
    open_ones = queries.open_receipts(queries.received_by(request.user)).count()
    return show(request, "office/circulars/list.html", table=listed, box=box, issues=issues, open_ones=open_ones)


def _received(request: Request, filters: CircularFilters, at: datetime) -> QuerySet[Receipt]:
    receipts = queries.received_by(request.user)
    only = filters.chosen("only")
    if only == "open":
        receipts = queries.open_receipts(receipts)
    if only == "late":
        receipts = queries.late_receipts(receipts, at)
    return _filtered(receipts, filters, "circular__")


def _sent(request: Request, filters: CircularFilters, at: datetime) -> QuerySet[Circular]:
    circulars = queries.sent_by_offices(request.user)
    only = filters.chosen("only")
    unanswered = Q(feedback_due_at__isnull=False, answered__lt=F("to"))
    if only == "open":
        circulars = circulars.filter(Q(signed__lt=F("to")) | unanswered, withdrawn_at=None)
    if only == "late":
        circulars = circulars.filter(unanswered, feedback_due_at__lte=at, withdrawn_at=None)
    return _filtered(circulars, filters, "")


def _filtered(asked_for: QuerySet[Any], filters: CircularFilters, prefix: str) -> QuerySet[Any]:
    if text := filters.chosen("q"):
        asked_for = asked_for.filter(
            Q(**{f"{prefix}title__icontains": text}) | Q(**{f"{prefix}number__icontains": text})
        )
    if kind := filters.chosen("kind"):
        asked_for = asked_for.filter(**{f"{prefix}kind": kind})
    return asked_for


@door(*SIGHTED, methods=("GET", "POST"))
def new_circular(request: Request) -> HttpResponse:
    """Write and send a notice, assignment or accident circular."""
    return sending_page(request, CircularForm, "circular", absent=NO_OFFICE, send=_send)


def _send(**given: Any) -> tuple[Circular, str]:
    made = flow.send_circular(**given)
    number = queries.receipts_visible_to(given["actor"], made).count()
    return made, f"已发出，接收单位 {number} 个。"


@door(*SIGHTED, methods=("GET", "POST"))
def circular(request: Request, pk: int) -> HttpResponse:
    """One circular: text and files, the chain, one's own receipt with its steps, and what every receiver did."""
    circular = get_object_or_404(queries.circulars_visible_to(request.user), pk=pk)
    if request.method == "POST":
        return stepped(request, _STEPS, circular, reverse("circular", args=[pk]))
    units = own_units(request.user)
    receipts = queries.receipts_visible_to(request.user, circular)
    own = list(receipts.filter(unit__in=units))
    counts: Any = queries.counts_of(request.user, circular)
    issues = any(unit.pk == circular.issuer_id for unit in units)
    studies = queries.studies_of(request.user, circular)
    whole = queries.sees_whole(request.user, circular)
    chain = list(queries.chain_of(circular))
    forwards = list(queries.forwards_of(request.user, circular))
    context: dict[str, Any] = {
        "circular": circular,
        "chain": bare(CHAIN, chain_lines(circular, chain, forwards, named=whole or bool(own)))
        if chain or forwards
        else None,
        "own": [(receipt, _forward_groups(receipt)) for receipt in own],
        "whole": whole,
        "issues": issues,
        "urges": issues and not circular.withdrawn_at and counts is not None and _anything_missing(circular, counts),
        "counts": counts,
        "receipts": table(
            request,
            receipt_columns(request, circular, studies, issues=issues),
            _narrowed(receipts, request.GET.get("show", "")),
            size=RECEIPTS_SHOWN,
            nothing=NO_RECEIPTS,
            unexported=True,
        ),
        "studies": studies,
        "answers": urlencode({"circular_number": circular.number, "circular_title": circular.title}),
        "files": queries.papers_with(request.user, circular),
        "events": trail_in_sight(request, circular, circular.issuer)[:30],
    }
    return show(request, "office/circulars/circular.html", **context)


def _anything_missing(circular: Circular, counts: Any) -> bool:
    """Whether a receiver has not signed, or not answered what is to be answered."""
    unanswered = circular.feedback_due_at is not None and counts.answered < counts.to
    return counts.signed < counts.to or unanswered


def _narrowed(receipts: QuerySet[Receipt], shown: str) -> QuerySet[Receipt]:
    """The receipts that a count of the page stands for."""
    tests = {
        "unsigned": Q(notice__received_at__isnull=True),
        "signed": Q(notice__received_at__isnull=False),
        "unanswered": Q(feedback_at__isnull=True),
        "answered": Q(feedback_at__isnull=False),
    }
    return receipts.filter(tests[shown]) if shown in tests else receipts


def _forward_groups(receipt: Receipt) -> list[Any]:
    """To whom a signed receipt may be passed on; nothing where that does not arise."""
    ready = receipt.notice.received_at is not None and receipt.forwarded_id is None
    if not ready or receipt.unit.kind not in OFFICE_KINDS:
        return []
    return receiver_groups(_forward_form(receipt.unit, None))


def _forward_form(unit: Unit, data: Any) -> forms.Form:
    form = forms.Form(data)
    form.fields["receivers"] = ReceiversField(
        unit, label="接收单位", error_messages={"required": "请选择转发给哪些单位"}
    )
    return form


def _own_receipt(request: Request, circular: Circular) -> Receipt:
    wanted = request.POST.get("receipt", "")
    receipts = queries.own_receipts(request.user, circular)
    receipt = receipts.filter(pk=wanted).first() if is_key(wanted) else None
    if receipt is None:
        raise Refused("这份文件不是发给您所在单位的。")
    return receipt


def _sign(request: Request, circular: Circular) -> str:
    actions.sign_circular(actor=request.user, receipt=_own_receipt(request, circular))
    return "已签收。"


def _answer(request: Request, circular: Circular) -> str:
    receipt = _own_receipt(request, circular)
    actions.give_feedback(
        actor=request.user, receipt=receipt, text=posted(request, "text"), files=posted_files(request)
    )
    return f"已向{circular.issuer.name}反馈。"


def _forward(request: Request, circular: Circular) -> str:
    receipt = _own_receipt(request, circular)
    form = _forward_form(receipt.unit, request.POST)
    if not form.is_valid():
        raise Refused("请选择转发给哪些单位。")
    made = actions.forward_circular(
        actor=request.user, receipt=receipt, receivers=form.cleaned_data["receivers"], remark=posted(request, "remark")
    )
    return f"已转发 {queries.receipts_visible_to(request.user, made).count()} 个单位。"


def _return(request: Request, circular: Circular) -> str:
    wanted = request.POST.get("receipt", "")
    receipts = queries.receipts_visible_to(request.user, circular)
    receipt = receipts.filter(pk=wanted).first() if is_key(wanted) else None
    if receipt is None:
        raise Refused("没有这条反馈，请刷新页面后重试。")
    actions.return_feedback(actor=request.user, receipt=receipt, reason=posted(request, "reason"))
    return "已退回，请对方重新反馈。"


def _urge(request: Request, circular: Circular) -> str:
    return f"已催办 {actions.urge_receivers(actor=request.user, circular=circular)} 个单位。"


def _withdraw(request: Request, circular: Circular) -> str:
    flow.withdraw_circular(actor=request.user, circular=circular, reason=posted(request, "reason"))
    return "已撤回。"


_STEPS: Mapping[str, Step] = {
    "sign": _sign,
    "feedback": _answer,
    "forward": _forward,
    "return": _return,
    "urge": _urge,
    "withdraw": _withdraw,
}
