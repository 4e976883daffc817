"""The figures of daily, weekly, monthly and zero reports, computed for a unit's area and some days."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Count, Max, Q

from kuangan.base import clock
from kuangan.base.period import FIRST_DAY, LAST_DAY, Period, parse_period, period_of
from kuangan.casework.models import Finding
from kuangan.casework.queries import of_matter
from kuangan.core.errors import Refused
from kuangan.core.models import Unit
from kuangan.core.subject import about
from kuangan.duty.status import Status, status_case
from kuangan.law.content import procedures_of
from kuangan.law.procedure import Matter
from kuangan.office.models import BriefKind
from kuangan.overview.queries.areas import cases_of, duties_of, findings_of, overlimits_of, silent_feeds_of

SHOWN = 100
LEVELS = (("red", "红色"), ("orange", "橙色"), ("yellow", "黄色"), ("blue", "蓝色"))
DUE_STATUSES = (Status.met, Status.late, Status.overdue, Status.excused, Status.due)
PARTS: Final = frozenset(
    {
        *(f"alarms_{level}" for level, _ in LEVELS),
        "alarms_closed",
        *(f"duties_{status.value}" for status in DUE_STATUSES),
    }
)
"""The keys of figures that are parts of the one above them; reports that were sent keep their keys."""
PERIODS = {BriefKind.weekly: "week", BriefKind.monthly: "month"}


@dataclass(frozen=True)
class Figure:
    """One figure; ``link``: the subject under which its rows stand, or a place on the report itself. ``none``: it must be nothing in a zero report."""

    key: str
    label: str
    value: int
    unit: str
    link: str
    none: bool = False


def days_of(kind: BriefKind | str, period: str) -> tuple[date, date]:
    """First and last day of a report's period: a day, a week or a month. Raises ``ValueError`` for another key."""
    kind_of_period = PERIODS.get(BriefKind(kind))
    if kind_of_period is None:
        day = date.fromisoformat(period)
        if not FIRST_DAY <= day <= LAST_DAY:
            raise ValueError(f"{period!r} lies outside the calendar")
        return day, day
    parsed: Period = parse_period(period)
    if parsed.kind != kind_of_period:
        raise ValueError(f"{period!r} is no {kind_of_period}")
    return parsed.first, parsed.last


def period_on(kind: BriefKind | str, day: date) -> str:
    """The key of the period in which a day lies."""
    kind_of_period = PERIODS.get(BriefKind(kind))
    return period_of(kind_of_period, day).key if kind_of_period else day.isoformat()


def content_of(unit: Unit, kind: BriefKind | str, days: tuple[date, date], at: datetime) -> dict[str, Any]:
    """Figures and tables of a report as they stand at ``at``, ready to be frozen as JSON."""
    figures = [asdict(figure) for figure in _figures(unit, days, at)]
    return {
        "figures": figures,
        "overlimits": _overlimits(unit, days),
        "findings": _findings(unit, days),
        "silences": _silences(unit, days),
    }


def check_zero(content: Mapping[str, Any]) -> None:
    """Refused when a zero report would not be true: something of it happened."""
    happened = [
        f"{figure['label']}{figure['value']}{figure['unit']}"
        for figure in content["figures"]
        if figure["none"] and figure["value"]
    ]
    if happened:
        raise Refused(f"本期有{'、'.join(happened)}，不能按零报告报送，请报送日报。")


def _bounds(days: tuple[date, date]) -> tuple[datetime, datetime]:
    return clock.beijing_midnight(days[0]), clock.beijing_midnight(clock.day_after(days[1]))


def _figures(unit: Unit, days: tuple[date, date], at: datetime) -> Iterator[Figure]:
    yield from _case_figures(unit, days)
    yield from _monitor_figures(unit, days)
    yield from _duty_figures(unit, days, at)


def _case_figures(unit: Unit, days: tuple[date, date]) -> Iterator[Figure]:
    start, end = _bounds(days)
    asked = {"since": days[0], "until": days[1]}
    opened = cases_of(unit).select_related(None).filter(opened_at__gte=start, opened_at__lt=end)
    alarms = opened.filter(of_matter(Matter.alarm))
    counts = alarms.aggregate(every=Count("pk"), **{key: Count("pk", filter=Q(level=key)) for key, _ in LEVELS})
    alike = {"procedure": procedures_of(Matter.alarm)[0], **asked}
    yield Figure("alarms", "瓦斯超限报警", counts["every"], "起", str(about("cases", **alike)), none=True)
    for key, label in LEVELS:
        yield Figure(f"alarms_{key}", f"其中{label}", counts[key], "起", str(about("cases", **alike, level=key)))
    closed = alarms.filter(closed_at__isnull=False, closed_at__lt=end).count()
    yield Figure("alarms_closed", "其中已办结", closed, "起", str(about("cases", **alike, open="no")))
    stops = opened.filter(of_matter(Matter.halt)).count()
    link = about("cases", procedure=procedures_of(Matter.halt)[0], **asked)
    yield Figure("stops", "停产整顿（含拟办）立案", stops, "件", str(link), none=True)


def _monitor_figures(unit: Unit, days: tuple[date, date]) -> Iterator[Figure]:
    start, end = _bounds(days)
    overs = overlimits_of(unit, start, end).count()
    yield Figure("overlimits", "监测超限过程", overs, "次", "#overlimits", none=True)
    silences = silent_feeds_of(unit).filter(started_at__gte=start, started_at__lt=end).count()
    yield Figure("silences", "煤矿数据中断", silences, "次", "#silences")
    findings = findings_of(unit, start, end).count()
    yield Figure("findings", "平台认定的问题", findings, "项", "#findings", none=True)


def _duty_figures(unit: Unit, days: tuple[date, date], at: datetime) -> Iterator[Figure]:
    start, end = _bounds(days)
    duties = duties_of(unit).filter(due_at__gt=start, due_at__lte=end)
    counted = duties.annotate(status=status_case(at)).order_by().values("status").annotate(count=Count("pk"))
    counts = {counted_status["status"]: counted_status["count"] for counted_status in counted}
    due = sum(count for status, count in counts.items() if status != Status.cancelled)
    asked = {"tab": "area", "since": days[0], "until": days[1]}
    yield Figure("duties", "到期履职事项", due, "项", str(about("duties", **asked)))
    for status in DUE_STATUSES:
        yield Figure(
            f"duties_{status.value}",
            f"其中{status.label}",
            counts.get(status, 0),
            "项",
            str(about("duties", **asked, status=status.value)),
        )


def _overlimits(unit: Unit, days: tuple[date, date]) -> list[dict[str, Any]]:
    start, end = _bounds(days)
    episodes = overlimits_of(unit, start, end)
    grouped = episodes.order_by().values("mine__name", "mine__code").annotate(count=Count("pk"), peak=Max("peak"))
    return [
        {
            "mine": of_mine["mine__name"],
            "count": of_mine["count"],
            "peak": f"{of_mine['peak']:.2f}" if of_mine["peak"] is not None else "",
            "link": str(about("mine_history", of_mine["mine__code"], on=days[1])),
        }
        for of_mine in grouped.order_by("-count", "mine__code")[:SHOWN]
    ]


def _silences(unit: Unit, days: tuple[date, date]) -> list[dict[str, Any]]:
    start, end = _bounds(days)
    silences = silent_feeds_of(unit).filter(started_at__gte=start, started_at__lt=end)
    return [
        {
            "mine": silence.mine.name,
            "from": clock.civil(silence.started_at).strftime("%m-%d %H:%M"),
            "to": clock.civil(silence.ended_at).strftime("%m-%d %H:%M") if silence.ended_at else "未恢复",
            "link": str(about("mine_monitoring", silence.mine.code)),
        }
        for silence in silences[:SHOWN]
    ]


def _findings(unit: Unit, days: tuple[date, date]) -> list[dict[str, Any]]:
    findings = list(findings_of(unit, *_bounds(days))[:SHOWN])
    told = set(cases_of(unit).filter(pk__in=[finding.case_id for finding in findings]).values_list("pk", flat=True))
    return [
        {
            "about": _about(finding),
            "reason": finding.reason,
            "link": str(about("case", finding.case_id) if finding.case_id in told else about("rule", finding.rule)),
        }
        for finding in findings
    ]


def _about(finding: Finding) -> str:
    """The mine or the unit that a finding is about, by name."""
    about = finding.mine or finding.unit
    return about.name if about is not None else ""
