"""The lists of the alarm desk and of a mine's own alarms: the queue, telephones, measures, filed calibrations."""

from datetime import datetime
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kuangan.monitor.models import CalibrationFiling
from kuangan.web.cases.lists import case_link, clock_due, state_badge
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column, query_with
from kuangan.web.frame.once import button
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, bare, marked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kuangan.web.alarms.desk import QueueLine


def queue_table(request: Request, queue: "Iterable[QueueLine]", chosen: str) -> Table:
    """The queue of the desk; ``chosen``: the key of the case beside it."""

    def marks_of(line: "QueueLine") -> SafeString:
        case, current = line.case, str(line.case.pk) == chosen
        style = " ".join(filter(None, (f"has-{case.level}" if case.level else "", "current" if current else "")))
        return marked(style=style, key=case.pk, level=case.level, current="yes" if current else "")

    def place(line: "QueueLine") -> SafeString:
        case = line.case
        address = f"{reverse('desk')}{query_with(request, case=case.pk)}"
        link = format_html('<a class="strong" data-open href="{}">{}</a>', address, case.unit.name)
        below = f"{case.facts.get('place', '')} · {shown.minute(case.opened_at)}"
        return format_html("<div>{}{}</div>", link, shown.under(below))

    columns = (
        Column("等级", lambda line: shown.level(line.case.level), label=""),
        Column("煤矿 · 地点", place, label=""),
        Column("最大值", lambda line: f"{line.case.facts.get('peak', '')}%", style="num strong", label=""),
        Column("状态 · 期限", _state_and_term, label=""),
    )
    return Table(columns, queue, "队列为空。", row=marks_of, style="stack queue")


def _state_and_term(line: "QueueLine") -> SafeString:
    term = shown.joined(line.clock.label, clock_due(line.clock), by=" ") if line.clock else shown.EMPTY
    return shown.joined(state_badge(line.case), format_html('<div class="small">{}</div>', term))


PHONES = (
    Column("单位", attrgetter("who")),
    Column(
        "电话",
        lambda phone: shown.link(
            f"tel:{phone.number}", shown.joined(shown.icon("phone-call"), phone.number, by=" "), "phone"
        ),
        style="num",
    ),
)


def _measure(line: Any) -> SafeString:
    label = case_link(line.case, line.label) if line.case else line.label
    return shown.joined("✔" if line.done else "○", label, by=" ")


def _seen(line: Any) -> SafeString:
    return shown.small(line.seen) if line.seen else shown.unknown("断电情况不明")


MEASURES = (
    Column("措施", itemgetter(0), style="nowrap"),
    Column("矿方填报", itemgetter(1)),
    Column("系统核对", itemgetter(2)),
)
HEADCOUNT = ("区域人数", shown.NONE, shown.unknown("人员定位未接入"))


def measures_table(measures: "Iterable[Any]") -> Table:
    """The four measures with what the mine says and what was seen."""
    return bare(MEASURES, [*((_measure(line), line.said, _seen(line)) for line in measures), HEADCOUNT])


def filing_columns(request: Request, at: datetime) -> tuple[Column, ...]:
    """Filed calibrations, each with the button that takes it back before it starts."""

    def withdrawal(filing: CalibrationFiling) -> SafeString:
        if filing.withdrawn_at:
            return shown.quiet("已撤回")
        if filing.from_at <= at:
            return shown.EMPTY
        return button(request, reverse("withdraw_calibration", args=[filing.pk]), "撤回")

    return (
        Column("测点", lambda filing: shown.link(reverse("point", args=[filing.point_id]), str(filing.point))),
        Column(
            "时段",
            lambda filing: f"{shown.minute(filing.from_at)} — {shown.minute(filing.to_at)}",
            style="nowrap",
        ),
        Column("标气 %CH₄", attrgetter("gas_value"), style="num", label="标气"),
        Column("人员", attrgetter("person_name")),
        Column(
            "报备",
            lambda filing: f"{filing.filed_by.display_name} {shown.minute(filing.filed_at)}",
            style="small",
        ),
        Column("", withdrawal, style="num"),
    )
