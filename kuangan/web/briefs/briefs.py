"""日报、周报、月报、零报告: computed, looked at, sent and frozen."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, User
from kuangan.office.actions.briefs import send_brief
from kuangan.office.models import Brief, BriefKind
from kuangan.office.queries import briefs as queries
from kuangan.office.standing import own_units
from kuangan.overview.figures import day_report as reports
from kuangan.web.briefs.lists import BRIEFS, OWN, content_tables
from kuangan.web.cases.sight import trail_in_sight
from kuangan.web.frame.doors import door
from kuangan.web.frame.lists import Filters, export, wants_export
from kuangan.web.frame.once import made_once
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import bare, table
from kuangan.web.gate.addresses import unit_named
from kuangan.web.office.forms import SIGHTED, posted, refusals

NAMED = 40
"""How many units without a report are named; of more it says how many."""


class BriefFilters(Filters):
    """Filters of the list of reports."""

    kind = forms.ChoiceField(label="种类", choices=[("", "全部种类"), *BriefKind.choices])
    q = forms.CharField(label="报送单位", max_length=60)


@door(*SIGHTED)
def briefs(request: Request) -> HttpResponse:
    """Reports sent by units in sight; beside them today's own ones and who has not reported."""
    filters = BriefFilters(request)
    briefs_seen = queries.briefs_visible_to(request.user)
    if kind := filters.chosen("kind"):
        briefs_seen = briefs_seen.filter(kind=kind)
    if text := filters.chosen("q"):
        briefs_seen = briefs_seen.filter(unit__name__icontains=text)
    if wants_export(request):
        return export("报告", BRIEFS, briefs_seen)
    units = own_units(request.user)
    today = clock.civil_date(clock.now())
    context: dict[str, Any] = {
        "own": bare(OWN, _own(request.user, units[0], today) if units else []),
        "silent": _silent(units[0], today) if units else [],
        "unit": units[0] if units else None,
    }
    nothing = "还没有符合条件的报告" if filters.narrowing else "还没有报告"
    sent = table(request, BRIEFS, briefs_seen, filters, nothing=nothing, hint="从右侧生成本期报告，核对后报送。")
    return show(request, "briefs/list.html", table=sent, **context)


def _own(reader: User, unit: Unit, today: date) -> list[tuple[BriefKind, str, Brief | None]]:
    """Each kind with its current period and what was sent of it."""
    periods = {kind: reports.period_on(kind, today) for kind in BriefKind}
    sent = queries.own_briefs(reader, unit, periods, periods.values())
    return [(kind, period, sent.get((kind.value, period))) for kind, period in periods.items()]


def _silent(unit: Unit, today: date) -> list[tuple[BriefKind, int, str]]:
    """Each kind that is owed daily with how many units have not sent theirs, and the first of them by name."""
    silent = []
    for kind in (BriefKind.daily, BriefKind.zero):
        units = list(queries.silent_units(unit, kind, reports.period_on(kind, today)))
        names = "、".join(unit.name for unit in units[:NAMED])
        silent.append((kind, len(units), f"{names}等" if len(units) > NAMED else names))
    return silent


def _unit(request: Request) -> Unit:
    units = own_units(request.user)
    if not units:
        raise Http404
    return unit_named(request, units)


@door(*SIGHTED, methods=("GET", "POST"))
def new_brief(request: Request, kind: str, period: str) -> HttpResponse:
    """A report of one's unit as it stands now; sending freezes it."""
    unit = _unit(request)
    days = _days(kind, period)
    moment = clock.now()
    content = reports.content_of(unit, kind, days, moment)
    trouble = _trouble(kind, content)
    receivers = list(queries.offices_above(unit))
    if request.method == "POST":
        with refusals(request), made_once(request) as made_at:
            if trouble:
                raise Refused(trouble)
            made = send_brief(
                actor=request.user,
                unit=unit,
                to=_receiver(request, receivers),
                kind=kind,
                period=period,
                days=days,
                content=content,
                remarks=posted(request, "remarks"),
                at=moment,
            )
            messages.success(request, f"已报送{made.to.name}，内容已固定。")
            made_at(reverse("brief", args=[made.pk]))
            return redirect("brief", pk=made.pk)
    sent = queries.own_briefs(request.user, unit, [kind], [period]).get((kind, period))
    shown: dict[str, Any] = {"kind": BriefKind(kind), "unit": unit, "period": period, "days": days}
    shown |= content_tables(content)
    remarks = posted(request, "remarks")
    return show(request, "briefs/new.html", receivers=receivers, sent=sent, trouble=trouble, remarks=remarks, **shown)


def _days(kind: str, period: str) -> tuple[date, date]:
    """The days of a period. 404 for a kind or period that there isn't."""
    try:
        return reports.days_of(kind, period)
    except ValueError as error:
        raise Http404 from error


def _trouble(kind: str, content: dict[str, Any]) -> str:
    """Why what happened can't be sent as this kind; "" where it can."""
    if kind == BriefKind.zero:
        try:
            reports.check_zero(content)
        except Refused as refused:
            return str(refused)
    return ""


def _receiver(request: Request, receivers: list[Unit]) -> Unit:
    wanted = request.POST.get("to", "")
    receiver = next((unit for unit in receivers if str(unit.pk) == wanted), None)
    if receiver is None:
        raise Refused("请选择接收单位；没有可选单位的，请系统管理员核对上级单位。")
    return receiver


@door(*SIGHTED)
def brief(request: Request, pk: int) -> HttpResponse:
    """One report as it was sent."""
    sent_brief = get_object_or_404(queries.briefs_visible_to(request.user), pk=pk)
    events = trail_in_sight(request, sent_brief, sent_brief.unit)[:30]
    return show(request, "briefs/brief.html", brief=sent_brief, events=events, **content_tables(sent_brief.content))
