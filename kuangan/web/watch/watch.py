"""值班: who is on duty, hand-over and calls."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, User
from kuangan.core.queries import units_among
from kuangan.office.actions import watch as actions
from kuangan.office.queries import watch as queries
from kuangan.overview.figures.watch import broken_feeds, open_alarms
from kuangan.web.frame import shown
from kuangan.web.frame.doors import door
from kuangan.web.frame.forms import BeijingMoment
from kuangan.web.frame.lists import Filters, export, none_of, wants_export
from kuangan.web.frame.once import made_once
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import bare, table
from kuangan.web.gate.addresses import is_key
from kuangan.web.office.forms import (
    SIGHTED,
    OfficeForm,
    Step,
    day_field,
    long_field,
    offer,
    posted,
    refusals,
    stepped,
    unit_field,
)
from kuangan.web.watch.holidays import holidays_ahead
from kuangan.web.watch.lists import CALLS, HAND_OVERS, shift_columns
from kuangan.web.watch.units import unit_asked, units_of

ROSTER_DAYS = 3
NO_SHIFTS = format_html("{}<div>请系统管理员在值班表中排班。</div>", shown.unknown("未排班"))


@door(*SIGHTED, methods=("GET", "POST"))
def watch(request: Request) -> HttpResponse:
    """The watch of one's unit: people, open checks, the hand-over, and what the next shift must know."""
    unit = unit_asked(request)
    if request.method == "POST":
        return stepped(request, _STEPS, unit, f"{reverse('watch')}?unit={unit.pk}")
    moment = clock.now()
    today = clock.civil_date(moment)
    overs = queries.hand_overs_of(request.user).filter(unit=unit)
    context: dict[str, Any] = {
        "unit": unit,
        "units": units_of(request),
        "shifts": bare(
            shift_columns(moment),
            queries.shifts_ahead(request.user, unit, moment, today + timedelta(days=ROSTER_DAYS)),
            nothing=NO_SHIFTS,
        ),
        "asked": queries.checks_to_answer(request.user),
        "open_over": overs.filter(taken_at=None).first(),
        "alarms": open_alarms(unit),
        "feeds": broken_feeds(unit, moment),
        "overs": table(
            request,
            HAND_OVERS,
            overs,
            size=10,
            nothing="还没有交接记录",
            hint="每班结束时在上方交班。",
            unexported=True,
        ),
        "holiday": next((holiday for holiday, plan in holidays_ahead(request.user, unit) if plan is None), None),
    }
    return show(request, "watch/watch.html", **context)


def _hand_over(request: Request, unit: Unit) -> str:
    moment = clock.now()
    actions.hand_over(
        actor=request.user,
        unit=unit,
        alarms=open_alarms(unit),
        feeds=broken_feeds(unit, moment),
        remarks=posted(request, "remarks"),
        at=moment,
    )
    return "已交班，请接班人员接班确认。"


def _take_over(request: Request, unit: Unit) -> str:
    hand_over = queries.hand_overs_of(request.user).filter(unit=unit, taken_at=None).first()
    if hand_over is None:
        raise Refused("没有待接的班。")
    actions.take_over(actor=request.user, hand_over=hand_over, note=posted(request, "note"))
    return "已接班。"


def _answer(request: Request, unit: Unit) -> str:
    wanted = request.POST.get("check", "")
    check = queries.checks_to_answer(request.user).filter(pk=wanted).first() if is_key(wanted) else None
    if check is None:
        raise Refused("没有待应答的查岗。")
    made = actions.answer_check(actor=request.user, check=check, note=posted(request, "note"))
    return f"已应答：{queries.presence_of(made, clock.now()).label}。"


_STEPS: Mapping[str, Step] = {"hand_over": _hand_over, "take_over": _take_over, "answer": _answer}


@door(*SIGHTED)
def handover(request: Request, pk: int) -> HttpResponse:
    """One hand-over as it was written down."""
    hand_over = get_object_or_404(queries.hand_overs_of(request.user), pk=pk)
    return show(request, "watch/handover.html", over=hand_over)


class CallFilters(Filters):
    q = forms.CharField(label="来电人或内容", max_length=60)
    first = day_field("日期起")
    last = day_field("日期止")


class CallForm(OfficeForm):
    unit = unit_field("值班单位")
    called_at = BeijingMoment(label="来电时间")
    caller = forms.CharField(label="来电人（单位）", max_length=100)
    phone = forms.CharField(label="来电号码", max_length=30, required=False)
    matter = long_field("来电内容", 3)
    passed_to = forms.CharField(label="转告（处理）情况", max_length=300, required=False)

    def __init__(self, *args: Any, reader: User, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units_among(reader, units))


@door(*SIGHTED, methods=("GET", "POST"))
def phone_calls(request: Request) -> HttpResponse:
    """The log of calls with the form for the next one."""
    units = units_of(request)
    initial = {"unit": units[0], "called_at": clock.now()}
    form = CallForm(request.POST or None, reader=request.user, units=units, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form), made_once(request) as made_at:
            actions.log_call(actor=request.user, **form.cleaned_data)
            made_at(reverse("phone_calls"))
            messages.success(request, "已登记来电。")
            return redirect("phone_calls")
    filters = CallFilters(request)
    calls_seen = queries.calls_of(request.user)
    if text := filters.chosen("q"):
        calls_seen = calls_seen.filter(Q(caller__icontains=text) | Q(matter__icontains=text))
    if first := filters.chosen("first"):
        calls_seen = calls_seen.filter(at__gte=clock.beijing_midnight(first))
    if last := filters.chosen("last"):
        calls_seen = calls_seen.filter(at__lt=clock.beijing_midnight(last + timedelta(days=1)))
    if wants_export(request):
        return export("来电记录", CALLS, calls_seen)
    calls = table(
        request, CALLS, calls_seen, filters, nothing=none_of("来电记录", filters), hint="接到电话后在此登记。"
    )
    return show(request, "watch/phone_calls.html", table=calls, form=form)
