"""值班: who is on duty, hand-over, calls, holiday plans and presence checks."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import Person, Roster, Unit
from kuangan.core.queries import visible_to
from kuangan.flow.office_watch import broken_feeds, open_alarms
from kuangan.office.actions import watch as actions
from kuangan.office.holidays import Holiday, coming_holidays, holidays
from kuangan.office.models import HandOver, HolidayPlan
from kuangan.office.queries import watch as queries
from kuangan.office.standing import own_offices, own_units
from kuangan.web.doors import door
from kuangan.web.forms import BeijingMoment
from kuangan.web.lists import Column, Filters, export, listing, wants_export
from kuangan.web.office_forms import (
    SIGHTED,
    OfficeForm,
    ReceiversField,
    Step,
    day_field,
    long_field,
    offer,
    posted,
    receiver_groups,
    refusals,
    stepped,
    unit_field,
)
from kuangan.web.page import show
from kuangan.web.request import Request

ROSTER_DAYS = 3
CALL_COLUMNS = (
    Column("来电时间", lambda row: row.at, 20),
    Column("来电人（单位）", lambda row: row.caller, 24),
    Column("来电号码", lambda row: row.phone),
    Column("来电内容", lambda row: row.matter, 60),
    Column("转告（处理）情况", lambda row: row.passed_to, 40),
    Column("接电人", lambda row: row.by.display_name),
)
CHECK_COLUMNS = (
    Column("查岗时间", lambda row: row.asked_at or row.ask_at, 20),
    Column("被查单位", lambda row: row.unit.name, 24),
    Column("应答时间", lambda row: row.answered_at, 20),
    Column("应答人", lambda row: row.answered_by.display_name if row.answered_by else ""),
    Column("当班情况", lambda row: row.note, 40),
    Column("结果", lambda row: queries.presence_of(row, clock.now()).label),
)


def _units(request: Request) -> list[Unit]:
    """The person's units; 404 for who works for none."""
    units = own_units(request.user)
    if not units:
        raise Http404
    return units


def _unit(request: Request) -> Unit:
    """The unit whose watch the page is about: the one asked for, else the first."""
    units = _units(request)
    wanted = request.POST.get("unit") or request.GET.get("unit", "")
    return next((unit for unit in units if str(unit.pk) == wanted), units[0])


@door(*SIGHTED, methods=("GET", "POST"))
def watch(request: Request) -> HttpResponse:
    """The watch of one's unit: people, open checks, the hand-over, and what the next shift must know."""
    unit = _unit(request)
    if request.method == "POST":
        return stepped(request, _STEPS, unit, f"{reverse('watch')}?unit={unit.pk}")
    moment = clock.now()
    today = clock.civil_date(moment)
    shifts = Roster.objects.filter(unit=unit, ends_at__gt=moment, on__lt=today + timedelta(days=ROSTER_DAYS))
    overs = queries.hand_overs_of(request.user).filter(unit=unit)
    context: dict[str, Any] = {
        "unit": unit,
        "units": _units(request),
        "shifts": shifts.select_related("person").order_by("starts_at", "role", "pk"),
        "asked": queries.checks_to_answer(request.user),
        "open_over": overs.filter(taken_at=None).first(),
        "alarms": open_alarms(unit),
        "feeds": broken_feeds(unit, moment),
        "list": listing(request, overs, size=10),
        "holiday": next((one for one in _coming(request, unit) if one[1] is None), None),
        "now": moment,
        "today": today,
    }
    return show(request, "web/watch.html", **context)


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
    found = HandOver.objects.filter(unit=unit, taken_at=None).first()
    if found is None:
        raise Refused("没有待接的班。")
    actions.take_over(actor=request.user, found=found, note=posted(request, "note"))
    return "已接班。"


def _answer(request: Request, unit: Unit) -> str:
    wanted = request.POST.get("check", "")
    check = queries.checks_to_answer(request.user).filter(pk=wanted).first() if wanted.isdigit() else None
    if check is None:
        raise Refused("没有待应答的查岗。")
    made = actions.answer_check(actor=request.user, check=check, note=posted(request, "note"))
    return f"已应答：{queries.presence_of(made, clock.now()).label}。"


_STEPS: Mapping[str, Step] = {"hand_over": _hand_over, "take_over": _take_over, "answer": _answer}


@door(*SIGHTED)
def handover(request: Request, pk: int) -> HttpResponse:
    """One hand-over as it was written down."""
    found = get_object_or_404(queries.hand_overs_of(request.user), pk=pk)
    return show(request, "web/handover.html", over=found)


class CallFilters(Filters):
    """Filters of the log of calls."""

    q = forms.CharField(label="来电人或内容", max_length=60)
    first = day_field("日期起")
    last = day_field("日期止")


class CallForm(OfficeForm):
    """A call that came in."""

    unit = unit_field("值班单位", Unit.objects.none())
    called_at = BeijingMoment(label="来电时间")
    caller = forms.CharField(label="来电人（单位）", max_length=100)
    phone = forms.CharField(label="来电号码", max_length=30, required=False)
    matter = long_field("来电内容", 3)
    passed_to = forms.CharField(label="转告（处理）情况", max_length=300, required=False)

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", Unit.objects.filter(pk__in=[unit.pk for unit in units]))


@door(*SIGHTED, methods=("GET", "POST"))
def phone_calls(request: Request) -> HttpResponse:
    """The log of calls with the form for the next one."""
    units = _units(request)
    initial = {"unit": units[0], "called_at": clock.now()}
    form = CallForm(request.POST or None, units=units, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            actions.log_call(actor=request.user, **form.cleaned_data)
            messages.success(request, "已登记来电。")
            return redirect("phone_calls")
    filters = CallFilters(request)
    rows = queries.calls_of(request.user)
    if text := filters.chosen("q"):
        rows = rows.filter(Q(caller__icontains=text) | Q(matter__icontains=text))
    if first := filters.chosen("first"):
        rows = rows.filter(at__gte=clock.beijing_midnight(first))
    if last := filters.chosen("last"):
        rows = rows.filter(at__lt=clock.beijing_midnight(last + timedelta(days=1)))
    if wants_export(request):
        return export("来电记录", CALL_COLUMNS, rows)
    return show(request, "web/phone_calls.html", list=listing(request, rows, filters), form=form)


def _coming(request: Request, unit: Unit) -> list[tuple[Holiday, HolidayPlan | None]]:
    """Holidays to come with the unit's plan for each."""
    plans = {plan.first_on: plan for plan in HolidayPlan.objects.filter(unit=unit, submitted_at__isnull=False)}
    coming = list(coming_holidays(clock.civil_date(clock.now())))
    return [(holiday, plans.get(holiday.first)) for holiday in coming]


@door(*SIGHTED)
def holiday_plans(request: Request) -> HttpResponse:
    """The holidays to come, one's own plans, and how many units in sight have theirs."""
    unit = _unit(request)
    coming = _coming(request, unit)
    below = visible_to(request.user, Unit.objects.filter(kind__in=queries.PLANNING_KINDS))
    rows = queries.plans_visible_to(request.user).filter(submitted_at__isnull=False).order_by()
    done = {row["first_on"]: row["count"] for row in rows.values("first_on").annotate(count=Count("pk"))}
    context: dict[str, Any] = {
        "unit": unit,
        "coming": [(holiday, plan, done.get(holiday.first, 0)) for holiday, plan in coming],
        "asked": below.count(),
        "oversees": bool(own_offices(request.user)),
        "today": clock.civil_date(clock.now()),
    }
    return show(request, "web/holiday_plans.html", **context)


class DayForm(OfficeForm):
    """Who leads and who keeps watch on one day."""

    leader: Any = forms.ModelChoiceField(Person.objects.none(), label="带班领导", empty_label="请选择")
    officer: Any = forms.ModelChoiceField(Person.objects.none(), label="值班人员", empty_label="请选择")

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            offer(self, name, Person.objects.filter(unit=unit).order_by("name"))
            field.widget.attrs["aria-label"] = field.label


@door(*SIGHTED, methods=("GET", "POST"))
def holiday_plan(request: Request, first: str) -> HttpResponse:
    """One holiday: one's own plan day by day, and the plans of units in sight."""
    unit = _unit(request)
    holiday = _holiday(first)
    plan = HolidayPlan.objects.filter(unit=unit, first_on=holiday.first).first()
    known = {one.on: one for one in plan.days.all()} if plan else {}
    rows = [
        (day, DayForm(request.POST or None, unit=unit, prefix=day.isoformat(), initial=_initial(known.get(day))))
        for day in holiday.days
    ]
    if request.method == "POST" and all(form.is_valid() for _, form in rows):
        with refusals(request):
            days = {day: (form.cleaned_data["leader"], form.cleaned_data["officer"]) for day, form in rows}
            actions.plan_holiday(actor=request.user, unit=unit, holiday=holiday, days=days)
            messages.success(request, f"已排定{holiday.name}值班表。")
            return redirect("holiday_plan", first=first)
    below = visible_to(request.user, Unit.objects.filter(kind__in=queries.PLANNING_KINDS)).order_by("path")
    plans = {one.unit_id: one for one in queries.plans_visible_to(request.user).filter(first_on=holiday.first)}
    days_of = (
        queries.plans_visible_to(request.user)
        .filter(first_on=holiday.first)
        .prefetch_related("days__leader", "days__officer")
    )
    table = {one.unit_id: list(one.days.all()) for one in days_of}
    shown = request.GET.get("show", "")
    others = [one for one in below if shown != "missing" or one.pk not in plans]
    lines = listing(request, others)
    context: dict[str, Any] = {
        "unit": unit,
        "holiday": holiday,
        "plan": plan,
        "rows": rows,
        "list": lines,
        "lines": [(one, plans.get(one.pk), table.get(one.pk, [])) for one in lines.rows],
        "oversees": bool(own_offices(request.user)),
        "done": len(plans),
        "over": holiday.last < clock.civil_date(clock.now()),
        "today": clock.civil_date(clock.now()),
    }
    return show(request, "web/holiday_plan.html", **context)


def _holiday(first: str) -> Holiday:
    try:
        day = date.fromisoformat(first)
    except ValueError as error:
        raise Http404 from error
    for holiday in holidays(day.year):
        if holiday.first == day:
            return holiday
    raise Http404


def _initial(known: Any) -> dict[str, Any]:
    return {"leader": known.leader_id, "officer": known.officer_id} if known else {}


class CheckForm(OfficeForm):
    """Checks to be planned: now, or at random within a time."""

    checker = unit_field("查岗单位", Unit.objects.none())
    first = BeijingMoment(label="随机抽查时段起", required=False, help_text="两项都不填的，立即查岗")
    last = BeijingMoment(
        label="随机抽查时段止", required=False, help_text="系统在时段内为每个单位随机确定时间，事前不显示"
    )

    def __init__(self, *args: Any, offices: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "checker", Unit.objects.filter(pk__in=[unit.pk for unit in offices]))
        self.fields["checker"].initial = offices[0]
        self.fields["receivers"] = ReceiversField(
            offices[0], label="被查单位", error_messages={"required": "请至少选择一个单位"}
        )

    def clean(self) -> dict[str, Any]:
        """Both ends of the time, or none."""
        given = super().clean() or {}
        if bool(given.get("first")) != bool(given.get("last")):
            self.add_error("last", "抽查时段的起止须同时填写")
        return given


@door(*SIGHTED, methods=("GET", "POST"))
def presence(request: Request) -> HttpResponse:
    """Checks that one's office made, with their results; and the form for new ones."""
    offices = own_offices(request.user)
    if not offices:
        raise Http404
    form = CheckForm(request.POST or None, offices=offices)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            given = form.cleaned_data
            between = (given["first"], given["last"]) if given["first"] else None
            made = actions.plan_checks(
                actor=request.user, checker=given["checker"], units=given["receivers"], between=between
            )
            when = "系统将在时段内随机查岗" if between else "已发出查岗"
            messages.success(request, f"{when}，共 {len(made)} 个单位。")
            return redirect("presence")
    rows = queries.checks_made_by(request.user)
    if wants_export(request):
        return export("查岗记录", CHECK_COLUMNS, rows)
    lines = listing(request, rows)
    moment = clock.now()
    context: dict[str, Any] = {
        "form": form,
        "groups": receiver_groups(form),
        "list": lines,
        "lines": [(one, queries.presence_of(one, moment)) for one in lines.rows],
    }
    return show(request, "web/presence.html", **context)
