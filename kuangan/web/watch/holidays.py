"""节假日值班: the holidays to come and each unit's plan of who leads and keeps watch."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString

from kuangan.base import clock
from kuangan.core.models import Person, Unit, User
from kuangan.core.queries import events_of, people_of
from kuangan.office.actions import watch as actions
from kuangan.office.holidays import Holiday, coming_holidays, holidays
from kuangan.office.models import HolidayPlan
from kuangan.office.queries import watch as queries
from kuangan.office.standing import own_offices
from kuangan.web.frame.doors import door
from kuangan.web.frame.editing import overtaken, version_of
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, table
from kuangan.web.gate.addresses import day_asked
from kuangan.web.office.forms import SIGHTED, OfficeForm, offer, refusals
from kuangan.web.watch.lists import DAYS, holiday_columns, plan_columns
from kuangan.web.watch.units import unit_asked

ALL_PLANNED = SafeString('辖区单位均已排定。<a href="?#units">显示全部</a>')


def holidays_ahead(reader: User, unit: Unit) -> list[tuple[Holiday, HolidayPlan | None]]:
    """Holidays to come with the unit's plan for each."""
    plans = queries.own_plans_made(reader, unit)
    coming = list(coming_holidays(clock.civil_date(clock.now())))
    return [(holiday, plans.get(holiday.first)) for holiday in coming]


@door(*SIGHTED)
def holiday_plans(request: Request) -> HttpResponse:
    """The holidays to come, one's own plans, and how many units in sight have theirs."""
    unit = unit_asked(request)
    coming = holidays_ahead(request.user, unit)
    plans = queries.plans_visible_to(request.user).filter(submitted_at__isnull=False).order_by()
    done = {counted["first_on"]: counted["count"] for counted in plans.values("first_on").annotate(count=Count("pk"))}
    asked = queries.planning_units(request.user).count() if own_offices(request.user) else None
    listed = Table(
        holiday_columns(clock.civil_date(clock.now()), asked=asked),
        [(holiday, plan, done.get(holiday.first, 0)) for holiday, plan in coming],
        nothing="年历中没有以后的假期",
        hint="下一年度节假日安排公布并更新年历后显示。",
    )
    return show(request, "watch/holiday_plans.html", unit=unit, table=listed)


class DayForm(OfficeForm):
    """Who leads and who keeps watch on one day."""

    leader: Any = forms.ModelChoiceField(None, label="带班领导", empty_label="请选择")
    officer: Any = forms.ModelChoiceField(None, label="值班人员", empty_label="请选择")

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            offer(self, name, people)
            field.widget.attrs["aria-label"] = field.label


@door(*SIGHTED, methods=("GET", "POST"))
def holiday_plan(request: Request, first: str) -> HttpResponse:
    """One holiday: one's own plan day by day, and the plans of units in sight."""
    unit = unit_asked(request)
    holiday = _holiday(first)
    plan = queries.own_plan(request.user, unit, holiday.first)
    known = {duty_day.on: duty_day for duty_day in plan.duty_days} if plan else {}  # type: ignore[attr-defined]  # by the prefetch
    people = people_of(request.user, unit)
    day_forms = [
        (day, DayForm(request.POST or None, people=people, prefix=day.isoformat(), initial=_initial(known.get(day))))
        for day in holiday.days
    ]
    content, fields = _plan_content(day_forms)
    events = events_of(plan).order_by("-seq") if plan else ()
    changed = overtaken(request, fields, content, events)
    if request.method == "POST" and all(form.is_valid() for _, form in day_forms) and changed is None:
        with refusals(request):
            days = {day: (form.cleaned_data["leader"], form.cleaned_data["officer"]) for day, form in day_forms}
            actions.plan_holiday(actor=request.user, unit=unit, holiday=holiday, days=days)
            messages.success(request, f"已排定{holiday.name}值班表。")
            return redirect("holiday_plan", first=first)
    today = clock.civil_date(clock.now())
    context: dict[str, Any] = {
        "unit": unit,
        "holiday": holiday,
        "plan": plan,
        "overtaken": changed,
        "version": version_of(content),
        "days": Table(DAYS, day_forms),
        "plans": _plans_below(request, holiday, today) if own_offices(request.user) else None,
        "over": holiday.last < today,
    }
    return show(request, "watch/holiday_plan.html", **context)


def _plans_below(request: Request, holiday: Holiday, today: date) -> Table:
    """The plans of the units in sight, or only the units without one."""
    plans = queries.plans_for(request.user, holiday.first)
    missing = request.GET.get("show", "") == "missing"
    lines = [
        (unit, plans.get(unit.pk))
        for unit in queries.planning_units(request.user)
        if not missing or unit.pk not in plans
    ]
    return table(
        request,
        plan_columns(holiday, holiday.days, today),
        lines,
        style="",
        nothing=ALL_PLANNED,
        unexported=True,
    )


def _plan_content(day_forms: list[tuple[date, DayForm]]) -> tuple[dict[str, Any], dict[str, forms.Field]]:
    """What the plan holds and the fields that change it, by the names of the page's controls."""
    content: dict[str, Any] = {}
    fields: dict[str, forms.Field] = {}
    for day, form in day_forms:
        for name, field in form.fields.items():
            field.label = f"{day:%m月%d日}{field.label}"
            fields[form.add_prefix(name)] = field
            content[form.add_prefix(name)] = form.initial.get(name)
    return content, fields


def _holiday(first: str) -> Holiday:
    day = day_asked(first)
    if day is None:
        raise Http404
    for holiday in holidays(day.year):
        if holiday.first == day:
            return holiday
    raise Http404


def _initial(known: Any) -> dict[str, Any]:
    return {"leader": known.leader_id, "officer": known.officer_id} if known else {}
