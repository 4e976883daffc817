"""The lists of 今日: one's own work, and the state of the area beside it."""

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kuangan.casework.models import Case, CaseClock
from kuangan.web.cases.lists import clock_due, mine_link
from kuangan.web.cases.words import state_of
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column
from kuangan.web.frame.once import button
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import marked

if TYPE_CHECKING:
    from kuangan.web.today.today import Work

DETAIL = 80
"""Characters of the detail that a row shows."""


def level_row(work: Any) -> SafeString:
    return marked(style=f"has-{work.level}" if work.level else "")


def _what(work: "Work") -> SafeString:
    link = shown.link(work.address or "#", work.what, "strong")
    return format_html("<div>{}{}</div>", link, shown.under(shown.cut(work.detail, DETAIL)))


def work_columns(request: Request) -> tuple[Column, ...]:
    """One's own work: what, where, until when, and the button that does it or leads to it."""

    def does(work: "Work") -> Any:
        if work.post:
            return button(request, work.post, work.button, "btn btn-primary btn-sm")
        return shown.link(work.address, work.button, "btn btn-sm" if work.overdue_below else "btn btn-primary btn-sm")

    return (
        Column("等级", lambda work: shown.level(work.level) if work.level else shown.NONE),
        Column("事项", _what),
        Column("煤矿（单位）", lambda work: work.mine or shown.EMPTY, style="nowrap", label="煤矿"),
        Column("期限", lambda work: shown.due(work.due_at, work.derivation)),
        Column("", does, style="num"),
    )


def _case_mine(case: Case, below: str) -> SafeString:
    link = shown.link(reverse("case", args=[case.pk]), case.unit.name)
    return shown.joined(link, shown.under(below))


ALARMS = (
    Column("煤矿 · 地点", lambda case: _case_mine(case, case.facts.get("place", ""))),
    Column(
        "等级 · 状态",
        lambda case: shown.joined(shown.level(case.level), shown.under(state_of(case).label)),
        style="num",
    ),
)


def _floor(floor: CaseClock | None) -> SafeString:
    """How long a stop must last at least."""
    if floor is None:
        return shown.EMPTY
    return shown.joined(clock_due(floor), shown.under(f"最早 {shown.minute(floor.due_at)}"))


STOPS = (
    Column("煤矿 · 状态", lambda line: _case_mine(line[0], state_of(line[0]).label)),
    Column("最短期限", lambda line: _floor(line[1]), style="num"),
)


def _silent_since(silence: Any) -> SafeString:
    since = format_html('<time data-since="{}" data-after=" "></time>', shown.epoch(silence.started_at))
    what = silence.get_kind_display() if silence.kind else "数据中断"
    return shown.unknown(shown.joined(what, since, by=" "))


def _silent(silence: Any) -> SafeString:
    return shown.joined(mine_link(silence.mine), shown.under(str(silence.point)) if silence.point else None)


SILENCES = (
    Column("煤矿 · 测点", _silent),
    Column("数据", _silent_since, style="num"),
)
