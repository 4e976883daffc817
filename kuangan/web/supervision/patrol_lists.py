"""The lists of commissioners as columns: all of them, and of one his mines, opinions, visits, duties, tasks, appraisals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from kuangan.base.period import Period
from kuangan.duty.models import Duty
from kuangan.duty.status import Status
from kuangan.law.ledger import ledger_by_id
from kuangan.ledger.models import Entry
from kuangan.overview.figures.commissioners import OPINION, PATROL, Assigned, Commissioner
from kuangan.overview.figures.patrol_rates import CountyRates, Rate
from kuangan.web.cases.lists import mine_link
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column

APPRAISAL = "commissioner_appraisal"
STOP = "stop_and_withdraw"
"""The demand of a site opinion that work stops and people leave at once."""


@dataclass(frozen=True)
class MineRow:
    """One of a commissioner's mines with what he should know before he goes there."""

    assigned: Assigned
    opinions: int
    alarms: int
    stop: bool


@dataclass(frozen=True)
class OpinionRow:
    """A site opinion; ``due_on`` is the day of the re-check."""

    entry: Entry
    due_on: date
    late: bool


@dataclass(frozen=True)
class PostDuty:
    """A duty of the post with how far it is done."""

    duty: Duty
    status: Status
    credits: int


def ledger_address(ledger_id: str, **query: Any) -> str:
    """A ledger with the filters that are given."""
    given = {name: value for name, value in query.items() if value}
    return f"{reverse('ledger', args=[ledger_id])}{'?' if given else ''}{urlencode(given)}"


def name_of(commissioner: Commissioner) -> str:
    """Who holds the post, or that nobody does."""
    return commissioner.person.name if commissioner.person else f"{commissioner.post.title}（空缺）"


def _door(month: Period, commissioner: Commissioner, text: Any, part: str = "", style: str = "") -> Any:
    """To the commissioner's page of the month, or a part of it."""
    address = reverse("commissioner", args=[commissioner.post.pk])
    return shown.link(f"{address}?month={month.key}{part}", text, style)


def _figures(month: Period) -> Iterator[Column]:
    """What he did in the month, each number with its door."""

    def counted(heading: str, name: str, part: str) -> Column:
        return Column(
            heading,
            lambda commissioner: getattr(commissioner, name),
            shown=lambda commissioner: _door(month, commissioner, getattr(commissioner, name), part),
            style="num",
        )

    def late(commissioner: Commissioner) -> Any:
        number = commissioner.late_opinions
        return _door(month, commissioner, number, "#opinions", "strong") if number else 0

    yield counted("本周巡查", "week", "#patrols")
    yield counted("本月巡查", "month", "#patrols")
    yield counted("其中下井", "underground", "#patrols")
    yield counted("未闭环意见书", "open_opinions", "#opinions")
    yield Column("其中逾期", lambda commissioner: commissioner.late_opinions, shown=late, style="num", short="逾期")


def commissioner_columns(month: Period) -> tuple[Column, ...]:
    """Every commissioner with his figures of a month, which lead to his page."""
    door = partial(_door, month)
    return (
        Column("单位", lambda commissioner: commissioner.post.unit.name, 28, style="small"),
        Column("岗位", lambda commissioner: commissioner.post.title, page=False),
        Column(
            "姓名",
            lambda commissioner: commissioner.person.name if commissioner.person else "",
            shown=lambda commissioner: door(commissioner, name_of(commissioner), style="strong"),
            short="专员",
        ),
        Column(
            "包联煤矿",
            lambda commissioner: len(commissioner.mines),
            shown=lambda commissioner: door(commissioner, len(commissioner.mines), "#mines"),
            style="num",
        ),
        Column("应巡查煤矿", lambda commissioner: commissioner.owed, page=False),
        Column(
            "本月下井覆盖",
            lambda commissioner: commissioner.covered,
            shown=lambda commissioner: door(commissioner, f"{commissioner.covered}/{commissioner.owed}", "#mines"),
            style="num",
            short="下井覆盖",
        ),
        Column("覆盖率（%）", lambda commissioner: commissioner.rate, shown=_rate, style="num strong", short="覆盖率"),
        *_figures(month),
    )


def _rate(commissioner: Commissioner) -> Any:
    return shown.quiet("无应巡查煤矿") if commissioner.rate is None else f"{commissioner.rate}%"


def rate_columns(months: Sequence[Period]) -> tuple[Column, ...]:
    """The counties' rates, month by month."""
    return (
        Column("县（市、区）", lambda rates: rates.county, style="strong"),
        *(_month(index, month) for index, month in enumerate(months)),
    )


def _month(index: int, month: Period) -> Column:
    def rates(county: CountyRates) -> SafeString:
        lines = county.months[index].items()
        return format_html_join("", "<div>{} {}</div>", ((word, _percent(rate)) for word, rate in lines))

    return Column(month.key, rates, style="num small")


def _percent(rate: Rate) -> Any:
    if rate.percent is None:
        return "—"
    return shown.joined(shown.strong(f"{rate.percent}%"), shown.quiet(f"{rate.met}/{rate.judged}"), by=" ")


def mine_columns(*, current: bool) -> tuple[Column, ...]:
    """The mines of a commissioner. ``current``: the month is this one, so that what is missing can still be done."""

    def week(mine_row: MineRow) -> Any:
        if not mine_row.assigned.owed:
            return shown.small("停产停建，不计")
        if mine_row.assigned.missing_week:
            return shown.state("未巡查", waits=current)
        return f"已巡查 {mine_row.assigned.visits.week} 次"

    def month(mine_row: MineRow) -> Any:
        if not mine_row.assigned.owed:
            return None
        if mine_row.assigned.missing_month:
            return shown.state("未下井", waits=current)
        return f"已下井 {mine_row.assigned.visits.underground} 次"

    return (
        Column("煤矿", _mine),
        Column("本周", week),
        Column("本月下井", month),
        Column("本月巡查", lambda mine_row: mine_row.assigned.visits.month, style="num"),
        Column("最近", lambda mine_row: mine_row.assigned.visits.last_on, style="nowrap"),
        Column(
            "待复查意见",
            lambda mine_row: shown.link("#opinions", mine_row.opinions) if mine_row.opinions else 0,
            style="num",
        ),
        Column("近 7 日报警", _alarms, style="num", label="近7日报警"),
    )


def _mine(mine_row: MineRow) -> SafeString:
    mine = mine_row.assigned.mine
    link = shown.link(reverse("mine", args=[mine.code]), mine.name, "strong")
    return shown.joined(link, shown.tag("停产整顿（含拟办）") if mine_row.stop else "", by=" ")


def _alarms(mine_row: MineRow) -> Any:
    return (
        shown.link(reverse("mine_tab", args=[mine_row.assigned.mine.code, "cases"]), mine_row.alarms)
        if mine_row.alarms
        else 0
    )


def _entry(ledger_id: str, entry: Entry, text: Any) -> Any:
    return shown.link(reverse("entry", args=[ledger_id, entry.serial]), text)


def _mine_of(entry: Entry) -> Any:
    return mine_link(entry.mine) if entry.mine else shown.EMPTY


def _opinion(opinion: OpinionRow) -> SafeString:
    link = _entry(OPINION, opinion.entry, opinion.entry.values["number"])
    return format_html("{}<br>{}", link, shown.small(shown.moment(opinion.entry.on)))


def _problems(opinion: OpinionRow) -> SafeString:
    stop = shown.strong("立即停止作业并撤人") if opinion.entry.values.get("demand") == STOP else ""
    return shown.joined(linebreaksbr(opinion.entry.values.get("problems", "")), stop, by=" ")


def _recheck(opinion: OpinionRow) -> Any:
    day = shown.moment(opinion.due_on)
    return format_html('<span class="due late">应于 {}</span>', day) if opinion.late else f"{day} 前"


OPINIONS = (
    Column("编号", _opinion, style="nowrap"),
    Column("煤矿", lambda opinion: _mine_of(opinion.entry)),
    Column("问题", _problems, style="small"),
    Column("复查日期", _recheck, style="nowrap"),
)
SHIFTS = dict(ledger_by_id(PATROL).field("shift").choices)
GRADES = dict(ledger_by_id(APPRAISAL).field("grade").choices)


def _places(entry: Entry) -> SafeString:
    places = entry.values.get("places")
    return linebreaksbr(places) if places else shown.unknown("未写明，不计")


PATROLS = (
    Column("日期", lambda entry: _entry(PATROL, entry, shown.moment(entry.on)), style="nowrap"),
    Column("煤矿", _mine_of),
    Column("班次", lambda entry: SHIFTS.get(entry.values.get("shift"))),
    Column("下井", lambda entry: bool(entry.values.get("underground"))),
    Column("地点", _places, style="small"),
    Column("发现问题", lambda entry: linebreaksbr(entry.values.get("problems") or "—"), style="small"),
)


def _duty(duty_row: PostDuty) -> SafeString:
    link = shown.link(reverse("duty", args=[duty_row.duty.pk]), duty_row.duty.title)
    return format_html(
        "{}<br>{}", link, shown.small(f"{duty_row.duty.period} · 已办 {duty_row.credits}/{duty_row.duty.needed}")
    )


def _status(duty_row: PostDuty) -> SafeString:
    if duty_row.status in (Status.due, Status.overdue):
        return shown.due(duty_row.duty.due_at, "事项期限")
    return shown.state(str(duty_row.status.label), terminal=True)


DUTIES = (Column("事项", _duty), Column("状态", _status, style="nowrap"))


@dataclass(frozen=True)
class TaskRow:
    """What the city asked of a commissioner; ``case``: where he answers it, None where it was kept in words only."""

    text: str
    given_on: str
    due_on: str
    case: int | None = None


def _task(task: TaskRow) -> SafeString:
    words = shown.link(reverse("case", args=[task.case]), task.text) if task.case else task.text
    return format_html("{}<br>{}", words, shown.small(f"{task.given_on} 下达"))


TASKS = (Column("任务", _task), Column("期限", lambda task: f"{task.due_on} 前", style="nowrap"))
APPRAISALS = (
    Column("年度", lambda entry: f"{entry.values['year']}年"),
    Column("等次", lambda entry: GRADES.get(entry.values["grade"]), style="strong"),
    Column("依据", lambda entry: entry.values.get("basis") or shown.EMPTY, style="small"),
)
