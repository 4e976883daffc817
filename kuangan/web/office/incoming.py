"""收文: register, due times, who handles what, opinions, reply and closing; the register prints."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, User
from kuangan.core.queries import units_among
from kuangan.law.time.span import workdays
from kuangan.office.actions import incoming as actions
from kuangan.office.models import Incoming, IncomingSource
from kuangan.office.queries import incoming as queries
from kuangan.office.standing import own_offices
from kuangan.web.cases.sight import trail_in_sight
from kuangan.web.frame.doors import door
from kuangan.web.frame.forms import BeijingMoment
from kuangan.web.frame.lists import PAGE_SIZE, Filters, export, none_of, wants_export
from kuangan.web.frame.once import made_once
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.shown import deadline
from kuangan.web.frame.tables import table
from kuangan.web.frame.uploads import let_wait, with_waiting
from kuangan.web.gate.addresses import is_key
from kuangan.web.office.forms import (
    SIGHTED,
    OfficeForm,
    Step,
    day_field,
    files_field,
    long_field,
    offer,
    posted,
    posted_files,
    refusals,
    saved_files,
    stepped,
    unit_field,
)
from kuangan.web.office.lists import incoming_columns

ONLY = (("", "全部"), ("open", "在办"), ("late", "逾期未办结"), ("mine", "我承办的"), ("closed", "已办结"))
PRINTED = 2000
"""Papers that one printed register holds."""


class IncomingFilters(Filters):
    q = forms.CharField(label="标题、字号或来文单位", max_length=60)
    source = forms.ChoiceField(label="来源", choices=[("", "全部来源"), *IncomingSource.choices])
    only = forms.ChoiceField(label="情形", choices=ONLY)
    first = day_field("收文起")
    last = day_field("收文止")


@door(*SIGHTED)
def incoming_list(request: Request) -> HttpResponse:
    """The register of one's own office; ``print`` gives it on paper, whole."""
    _offices(request)
    filters = IncomingFilters(request)
    moment = clock.now()
    every = queries.incoming_of(request.user)
    received = _filtered(request, filters, every)
    printing = "print" in request.GET
    columns = incoming_columns(printing=printing)
    if wants_export(request):
        return export("收文登记簿", columns, received)
    papers = table(
        request,
        columns,
        received,
        filters,
        size=PRINTED if printing else PAGE_SIZE,
        nothing=none_of("收文", filters),
        hint="上级来文、领导批示、监察机构来文、热线转办在此登记，系统按期限提醒。",
    )
    context: dict[str, Any] = {
        "late": queries.overdue_incoming(every, moment).count(),
        "open_ones": every.filter(closed_at=None).count(),
        "printing": printing,
        "table": replace(papers, list=None) if printing else papers,
    }
    return show(request, "office/incoming/list.html", **context)


def _filtered(request: Request, filters: IncomingFilters, received: QuerySet[Incoming]) -> QuerySet[Incoming]:
    if text := filters.chosen("q"):
        received = received.filter(Q(title__icontains=text) | Q(number__icontains=text) | Q(sender__icontains=text))
    if source := filters.chosen("source"):
        received = received.filter(source=source)
    if first := filters.chosen("first"):
        received = received.filter(received_at__gte=clock.beijing_midnight(first))
    if last := filters.chosen("last"):
        received = received.filter(received_at__lt=clock.beijing_midnight(last + timedelta(days=1)))
    only = filters.chosen("only")
    if only == "late":
        return queries.overdue_incoming(received, clock.now())
    tests = {
        "open": Q(closed_at=None),
        "mine": Q(handler=request.user.person_id),
        "closed": Q(closed_at__isnull=False),
    }
    return received.filter(tests[only]) if only in tests else received


def _offices(request: Request) -> list[Unit]:
    """The person's offices. 404 without any: incoming papers are kept by governments and bureaus."""
    offices = own_offices(request.user)
    if not offices:
        raise Http404
    return offices


class IncomingForm(OfficeForm):
    """A paper to be registered."""

    unit = unit_field("收文单位")
    source = forms.ChoiceField(label="来源", choices=IncomingSource.choices, widget=forms.RadioSelect)
    sender = forms.CharField(
        label="来文单位（人）", max_length=100, help_text="领导批示填写批示人，热线转办填写转办单号所属热线"
    )
    number = forms.CharField(label="来文字号", max_length=60, required=False)
    title = forms.CharField(label="标题", max_length=200)
    summary = long_field("内容摘要", 3, required=False)
    received_at = BeijingMoment(label="收文时间", help_text="北京时间")
    due_at = BeijingMoment(label="办理期限", required=False, help_text="来文写明期限的填写")
    days = forms.IntegerField(
        label="或按工作日计",
        min_value=1,
        max_value=250,
        required=False,
        help_text="个工作日，次日起算；两项均不填的，按本市规定的期限",
    )
    handler: Any = forms.ModelChoiceField(None, label="承办人", required=False, empty_label="暂不交办")
    attached = files_field("来文附件")

    def __init__(self, *args: Any, reader: User, offices: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units_among(reader, offices))
        offer(self, "handler", queries.staff_of(reader, offices))


@door(*SIGHTED, methods=("GET", "POST"))
def new_incoming(request: Request) -> HttpResponse:
    offices = _offices(request)
    initial = {"unit": offices[0], "received_at": clock.now(), "source": IncomingSource.higher}
    form = IncomingForm(
        request.POST or None, request.FILES or None, reader=request.user, offices=offices, initial=initial
    )
    if request.method == "POST" and with_waiting(request, form).is_valid():
        with refusals(request, form), made_once(request) as made_at:
            given = dict(form.cleaned_data)
            days = given.pop("days")
            files = saved_files(request.user, given.pop("attached"))
            made = actions.register_incoming(
                actor=request.user, span=workdays(days) if days else None, attachments=files, **given
            )
            messages.success(request, f"已登记：{made.register_number}。")
            made_at(reverse("incoming", args=[made.pk]))
            return redirect("incoming", pk=made.pk)
    let_wait(request, form)
    return show(request, "office/incoming/new.html", form=form)


@door(*SIGHTED, methods=("GET", "POST"))
def incoming(request: Request, pk: int) -> HttpResponse:
    """One paper with its steps."""
    incoming = get_object_or_404(queries.incoming_of(request.user), pk=pk)
    if request.method == "POST":
        return stepped(request, _STEPS, incoming, reverse("incoming", args=[pk]))
    context: dict[str, Any] = {
        "incoming": incoming,
        "due_words": _due_words(incoming),
        "steps": queries.steps_of(request.user, incoming),
        "files": queries.papers_with(request.user, incoming),
        "staff": queries.staff_of(request.user, [incoming.unit]),
        "events": trail_in_sight(request, incoming, incoming.unit)[:30],
    }
    return show(request, "office/incoming/incoming.html", **context)


def _due_words(paper: Incoming) -> str:
    """Until when a paper is to be dealt with, and how that came about."""
    return f"{deadline(paper.due_at)}（{paper.span or '来文写明'}）"


def _assign(request: Request, incoming: Incoming) -> str:
    wanted = request.POST.get("handler", "")
    handler = queries.staff_of(request.user, [incoming.unit]).filter(pk=wanted).first() if is_key(wanted) else None
    if handler is None:
        raise Refused("请选择承办人。")
    actions.assign_incoming(actor=request.user, incoming=incoming, handler=handler, text=posted(request, "text"))
    return f"已交{handler.name}承办。"


def _opinion(request: Request, incoming: Incoming) -> str:
    actions.note_opinion(actor=request.user, incoming=incoming, text=posted(request, "text"))
    return "已登记意见。"


def _reply(request: Request, incoming: Incoming) -> str:
    actions.reply_incoming(
        actor=request.user,
        incoming=incoming,
        text=posted(request, "text"),
        number=posted(request, "number"),
        files=posted_files(request),
    )
    return "已登记回复。"


def _close(request: Request, incoming: Incoming) -> str:
    actions.close_incoming(actor=request.user, incoming=incoming, text=posted(request, "text"))
    return "已办结。"


def _reopen(request: Request, incoming: Incoming) -> str:
    actions.reopen_incoming(actor=request.user, incoming=incoming, reason=posted(request, "text"))
    return "已恢复办理。"


_STEPS: Mapping[str, Step] = {
    "assign": _assign,
    "opinion": _opinion,
    "reply": _reply,
    "close": _close,
    "reopen": _reopen,
}
