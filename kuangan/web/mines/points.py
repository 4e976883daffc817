"""测点: one measuring point, its history, and what the mine declared against what its readings show."""

from collections.abc import Sized
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404

from kuangan.base import clock
from kuangan.core.models import User
from kuangan.law.limit import place_text
from kuangan.mine.models import Point, PointDefinition
from kuangan.mine.queries import (
    changes_of_point,
    definition_on,
    is_methane,
    place_label,
    placements_of,
    points_visible_to,
)
from kuangan.monitor.fixed import NO_VALUE, to_decimal
from kuangan.monitor.ingest.limits import JudgedPoint, OwnSetPoints, judgement
from kuangan.monitor.models import CalibrationFiling
from kuangan.monitor.queries import declarations_alone, episodes_between, filings_of_point, silences_at_point
from kuangan.web.frame.doors import MINE, OVERSEERS, door
from kuangan.web.frame.lists import Column
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.shown import EMPTY, gas, joined, minute, plain, strong, tag
from kuangan.web.frame.tables import Table, bare
from kuangan.web.mines.changes import CHANGE, noticed
from kuangan.web.mines.offered import offered_about
from kuangan.web.mines.readings import history, latest

SPANS = ((2, "2小时"), (8, "8小时"), (24, "1天"), (72, "3天"), (168, "7天"), (720, "30天"))
LONGEST_HOURS = 24 * 62
BUCKETS = 720


def point_in_sight(request: Request, pk: int) -> Point:
    """The point of a mine the person may see, otherwise 404."""
    return get_object_or_404(points_visible_to(request.user), pk=pk)


LATEST_MS = 4_102_444_800_000
"""The year 2100: later moments are typing errors."""


class ChartWindow(forms.Form):
    """The stretch of time that a chart shows: ``hours`` around or until ``at`` (milliseconds since 1970)."""

    hours = forms.IntegerField(min_value=1, max_value=LONGEST_HOURS, required=False)
    at = forms.IntegerField(min_value=0, max_value=LATEST_MS, required=False)

    def stretch(self, now: datetime) -> tuple[datetime, datetime, int]:
        """Start, end and hours; an ``at`` in the past stands in the middle."""
        valid = self.cleaned_data if self.is_valid() else {}
        hours = valid.get("hours") or 24
        length = timedelta(hours=hours)
        end = now
        if valid.get("at"):
            end = min(datetime.fromtimestamp(valid["at"] / 1000, UTC) + length / 2, now)
        return end - length, end, hours


def _span(stretch: Any, otherwise: str) -> Any:
    """From when to when an over-limit lasted, as one side has it."""
    if stretch is None:
        return strong(otherwise)
    mark = tag("疑似标校") if getattr(stretch, "proposed", False) else None
    return joined(f"{minute(stretch.started_at)} — {minute(stretch.ended_at)}", mark, by=" ")


def _cause(comparison: dict[str, Any]) -> Any:
    declared = comparison["declared"]
    return f"{declared.cause} {declared.measure}" if declared else EMPTY


def _filed(filing: CalibrationFiling) -> str:
    return f"报备 {minute(filing.filed_at)}{'，已撤回' if filing.withdrawn_at else ''}"


COMPARED = (
    Column("推算：开始—结束", lambda comparison: _span(comparison["derived"], "读数未显示超限")),
    Column("最大值", lambda comparison: comparison["derived"] and gas(comparison["derived"].peak), style="num"),
    Column("申报：开始—结束", lambda comparison: _span(comparison["declared"], "未申报")),
    Column("最大值", lambda comparison: comparison["declared"] and gas(comparison["declared"].peak), style="num"),
    Column("原因、措施", _cause, style="small"),
)
FILINGS = (
    Column("时段", lambda filing: f"{minute(filing.from_at)} — {minute(filing.to_at)}", style="nowrap"),
    Column("标准气样", lambda filing: f"标准气样 {plain(filing.gas_value)} %CH₄"),
    Column("人员", lambda filing: filing.person_name),
    Column("报备", _filed, style="small quiet"),
)
CHANGES = (
    Column("变更时间", lambda change: change.at, style="nowrap"),
    CHANGE,
    Column("知悉", lambda change: noticed(change, moment=False), style="small"),
)
PLACEMENTS = (
    Column("自", lambda spell: spell.from_at, style="nowrap"),
    Column("至", lambda spell: spell.to_at or "现在", style="nowrap"),
    Column("工作面", lambda spell: spell.face and spell.face.name),
    Column("地点类别", lambda spell: place_text(spell.place) if spell.place else None, style="small"),
    Column("依据", lambda spell: spell.basis, style="small"),
)


@door(*OVERSEERS, *MINE)
def point(request: Request, pk: int) -> HttpResponse:
    """The point's page; the chart fetches its own data."""
    point, moment = point_in_sight(request, pk), clock.now()
    start, end, hours = ChartWindow(request.GET).stretch(moment)
    reading = latest(request.user, point.mine, {point.pk}).get(point.pk)
    context: dict[str, Any] = {
        "point": point,
        "mine": point.mine,
        "reading": reading,
        "definition": definition_on(point, moment),
        "judged": judged_by(point, moment),
        "place": place_label(point),
        "methane": is_methane(point),
        "compared": Table(
            COMPARED, compared(request.user, point, start, end), "所选时段内没有超限，也没有申报。", style=""
        ),
        "filings": bare(FILINGS, filings_of_point(request.user, point)[:10], "没有报备过标校。"),
        "placements": Table(PLACEMENTS, placements_of(request.user, point), "没有确认过归属。", style=""),
        **offered_about(request, "point", str(point.pk)),
        "changes": Table(CHANGES, changes_of_point(request.user, point)[:10], style=""),
        "spans": SPANS,
        "hours": hours,
        "start": start,
        "end": end,
        "at": request.GET.get("at", ""),
        "now": moment,
    }
    return show(request, "mines/point.html", **context)


def judged_by(point: Point, at: datetime) -> JudgedPoint | None:
    """The set-points the point is judged by on the day; None for other quantities or when nothing is known."""
    if not is_methane(point):
        return None
    defined = definition_on(point, at)
    own = OwnSetPoints(defined.alarm, defined.power_off, defined.re_power) if defined else None
    return judgement(point.place, point.place_proposed, own, clock.civil_date(at))


def compared(reader: User, point: Point, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Derived over-limits beside the mine's own declarations, newest first; either side may be missing."""
    episodes = list(episodes_between(point, start, end))
    matched = {episode.declared_id for episode in episodes if episode.declared_id}
    comparisons: list[dict[str, Any]] = [
        {"at": episode.started_at, "derived": episode, "declared": episode.declared} for episode in episodes
    ]
    lone = declarations_alone(reader, point, start, end, matched)
    comparisons += [{"at": declaration.started_at, "derived": None, "declared": declaration} for declaration in lone]
    return sorted(comparisons, key=lambda comparison: comparison["at"], reverse=True)


@door(*OVERSEERS, *MINE)
def point_history(request: Request, pk: int) -> JsonResponse:
    """What the chart draws: buckets, limits, over-limits, calibrations and gaps. Times in milliseconds."""
    point, moment = point_in_sight(request, pk), clock.now()
    start, end, _ = ChartWindow(request.GET).stretch(moment)
    kept = history(request.user, point, start, end, BUCKETS)
    series = kept.chart
    bars = [
        [int(time) * 1000, _shown(low), _shown(high), int(excluded), int(count)]
        for time, low, high, count, excluded in zip(
            series.time, series.low, series.high, series.n, series.excluded, strict=True
        )
        if high != NO_VALUE
    ]
    return JsonResponse(
        {
            "from": _ms(start),
            "to": _ms(end),
            "unit": point.unit,
            "from_zero": is_methane(point),
            "rows": bars,
            "limits": _limits(point, moment),
            "episodes": _episodes(point, start, end),
            "calibrations": _calibrations(request.user, point, start, end),
            "gaps": _gaps(request.user, point, start, end, moment),
            "note": "；".join([_shape(bars), *kept.missing]),
        }
    )


def _shape(bars: Sized) -> str:
    return f"{len(bars)} 段，每段保留最高、最低值" if bars else "所选时段没有读数"


def _limits(point: Point, at: datetime) -> list[dict[str, Any]]:
    judged = judged_by(point, at)
    levels: tuple[tuple[str, str, Decimal | None], ...]
    if judged is not None:
        levels = (
            ("power_off", "断电", judged.limit.power_off),
            ("alarm", "报警", judged.limit.alarm),
            ("re_power", "复电", judged.limit.re_power),
        )
    else:
        levels = _own_limits(definition_on(point, at))
    return [{"kind": kind, "label": label, "value": float(value)} for kind, label, value in levels if value is not None]


def _own_limits(defined: PointDefinition | None) -> tuple[tuple[str, str, Decimal | None], ...]:
    if defined is None:
        return ()
    return (("high", "上限报警（矿设）", defined.alarm), ("low", "下限报警（矿设）", defined.low_alarm))


def _episodes(point: Point, start: datetime, end: datetime) -> list[dict[str, Any]]:
    return [
        {
            "from": _ms(max(episode.started_at, start)),
            "to": _ms(min(episode.ended_at or end, end)),
            "label": "疑似标校" if episode.proposed else "超限过程",
        }
        for episode in episodes_between(point, start, end)
    ]


def _calibrations(reader: User, point: Point, start: datetime, end: datetime) -> list[dict[str, Any]]:
    filings = filings_of_point(reader, point).filter(withdrawn_at=None, from_at__lt=end, to_at__gt=start)
    return [
        {"from": _ms(max(filing.from_at, start)), "to": _ms(min(filing.to_at, end)), "label": "报备标校"}
        for filing in filings
    ]


def _gaps(reader: User, point: Point, start: datetime, end: datetime, now: datetime) -> list[dict[str, Any]]:
    return [
        {"from": _ms(max(silence.started_at, start)), "to": _ms(min(silence.ended_at or now, end)), "label": "数据中断"}
        for silence in silences_at_point(reader, point, start, end)
    ]


def _shown(units: Any) -> float:
    return float(to_decimal(int(units)))


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
