"""The lists of 值班 as columns: shifts, hand-overs, calls, checks of presence, holidays and their plans."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.dateformat import format as written
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kuangan.core.models import Roster, Unit
from kuangan.office.holidays import Holiday
from kuangan.office.models import HandOver, HolidayPlan, PhoneCall, PresenceCheck
from kuangan.office.queries.watch import presence_of
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column


def by_whom(at: datetime | None, name: str) -> SafeString:
    """When something was done and, small, by whom."""
    return shown.joined(shown.minute(at), shown.small(name), by=" ")


def shift_columns(at: datetime) -> tuple[Column, ...]:
    """Who is on duty now and next."""

    def shift(roster: Roster) -> Any:
        if roster.starts_at <= at:
            return shown.strong("当班")
        return f"{roster.on:%m-%d} {roster.get_shift_display()}"

    return (
        Column("班次", shift, style="nowrap"),
        Column("人员", lambda roster: shown.joined(roster.person.name, shown.under(roster.get_role_display()))),
        Column("电话", lambda roster: shown.phone(roster.person.phone), style="num"),
    )


def _handed(over: HandOver) -> SafeString:
    link = shown.link(reverse("handover", args=[over.pk]), shown.minute(over.at))
    return shown.joined(link, shown.small(over.by.display_name), by=" ")


def _taken(over: HandOver) -> SafeString:
    return by_whom(over.taken_at, over.taken_by.display_name) if over.taken_by else shown.state("待接班")


HAND_OVERS = (
    Column("交班", _handed, style="nowrap"),
    Column("接班", _taken, style="nowrap"),
    Column("在办报警", lambda over: len(over.alarms), style="num"),
    Column("数据中断", lambda over: len(over.feeds), style="num"),
    Column("来电", lambda over: over.calls, style="num"),
    Column("交代事项", lambda over: shown.cut(over.remarks, 50)),
)


def _caller(call: PhoneCall) -> SafeString:
    number = format_html('<div class="small">{}</div>', shown.phone(call.phone)) if call.phone else ""
    return format_html("<div>{}{}</div>", call.caller, number)


CALLS = (
    Column("来电时间", lambda call: call.at, 20, style="nowrap", short="时间"),
    Column("来电人（单位）", lambda call: call.caller, 24, _caller, label="来电人"),
    Column("来电号码", lambda call: call.phone, page=False),
    Column("来电内容", lambda call: call.matter, 60, lambda call: linebreaksbr(call.matter), short="内容"),
    Column("转告（处理）情况", lambda call: call.passed_to, 40, label="转告处理"),
    Column("接电人", lambda call: call.by.display_name, style="nowrap"),
)

UNASKED = "随机，未到"
"""Nobody learns beforehand when a check at random comes, neither from the page nor from the sheet."""


def _answered(check: PresenceCheck) -> Any:
    if check.answered_at and check.answered_by:
        return shown.joined(shown.moment(check.answered_at), shown.small(check.answered_by.display_name), by=" ")
    return shown.due(check.due_at, "查岗的应答时限") if check.due_at else None


def check_columns(at: datetime) -> tuple[Column, ...]:
    """Checks of presence with their results."""
    return (
        Column(
            "查岗时间",
            lambda check: check.asked_at or UNASKED,
            20,
            lambda check: check.asked_at or shown.quiet(UNASKED),
            "nowrap",
        ),
        Column("被查单位", lambda check: check.unit.name, 24),
        Column("应答时间", lambda check: check.answered_at, 20, _answered, "nowrap", short="应答"),
        Column("应答人", lambda check: check.answered_by.display_name if check.answered_by else "", page=False),
        Column("当班情况", lambda check: check.note, 40),
        Column(
            "结果",
            lambda check: presence_of(check, at).label,
            shown=lambda check: shown.state(presence_of(check, at).label),
        ),
    )


HolidayLine = tuple[Holiday, HolidayPlan | None, int]
"""A holiday, the unit's plan for it, and how many units in sight have theirs."""


def _holiday(line: HolidayLine) -> SafeString:
    return shown.joined(line[0].name, shown.tag("暂按推定年历", "assumed") if line[0].provisional else "", by=" ")


def _planned(line: HolidayLine) -> Any:
    return f"{shown.minute(line[1].submitted_at)} 已排定" if line[1] else shown.state("未排定")


def _plan_address(holiday: Holiday) -> str:
    return reverse("holiday_plan", args=[holiday.first.isoformat()])


def _plan_button(line: HolidayLine) -> Any:
    planned = line[1] is not None
    style = "btn btn-sm" if planned else "btn btn-sm btn-primary"
    return shown.link(_plan_address(line[0]), "查看" if planned else "排班", style)


def holiday_columns(today: date, *, asked: int | None) -> tuple[Column, ...]:
    """Holidays to come. ``asked``: how many units in sight owe a plan; None for who oversees none."""

    def due(line: HolidayLine) -> SafeString:
        holiday, plan, _ = line
        late = plan is None and holiday.due_on < today
        return shown.joined(holiday.due_on.isoformat(), LATE if late else "", by=" ")

    def done(line: HolidayLine) -> Any:
        return shown.link(f"{_plan_address(line[0])}?show=missing#units", f"{line[2]}／{asked}")

    return (
        Column("假期", _holiday),
        Column("天数", lambda line: len(line[0].days), style="num"),
        Column("排定期限", due, style="nowrap"),
        Column("本单位", _planned),
        Column("辖区已排定", done, style="num", page=asked is not None),
        Column("", _plan_button, style="num"),
    )


LATE = SafeString('<span class="due late">已逾期</span>')
NOT_PLANNED = SafeString('<span class="due late">逾期未排定</span>')


def _control(bound: Any) -> SafeString:
    """A control of a form with what is wrong about it."""
    wrong = format_html_join("", '<div class="small strong">✕ {}</div>', ((error,) for error in bound.errors))
    return format_html("<div>{}{}</div>", bound, wrong)


DAYS = (
    Column("日期", lambda line: written(line[0], "m月d日 l"), style="nowrap"),
    Column("带班领导", lambda line: _control(line[1]["leader"])),
    Column("值班人员", lambda line: _control(line[1]["officer"])),
)
"""A line is a day of a holiday with its form."""

PlanLine = tuple[Unit, HolidayPlan | None]
"""A unit in sight and its plan with its days."""


def plan_columns(holiday: Holiday, days: Sequence[date], today: date) -> tuple[Column, ...]:
    """The plans of units in sight: when they were made, and who leads and keeps watch on each day."""

    def made(line: PlanLine) -> Any:
        if line[1]:
            return shown.minute(line[1].submitted_at)
        return NOT_PLANNED if holiday.due_on < today else shown.state("未排定")

    return (
        Column("单位", lambda line: line[0].name, style="nowrap"),
        Column("排定", made, style="nowrap"),
        *(Column(f"{day:%m-%d}", _on_watch(day), style="small") for day in days),
    )


def _on_watch(on: date) -> Any:
    """The cell of a day: who leads, who keeps watch and his number."""

    def people(line: PlanLine) -> SafeString | None:
        planned = next((day for day in getattr(line[1], "duty_days", ()) if day.on == on), None)
        if planned is None:
            return None
        leader, officer = planned.leader, planned.officer
        return format_html("{}（带班）<br>{} {}", leader.name, officer.name, officer.phone)

    return people
