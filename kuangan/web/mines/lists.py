"""The list of mines: its columns on the page and in the sheet."""

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kuangan.mine.models import AttributeName
from kuangan.monitor.models import LiveRow
from kuangan.web.cases.lists import case_link
from kuangan.web.cases.words import state_of
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column
from kuangan.web.frame.tables import marked

if TYPE_CHECKING:
    from kuangan.web.mines.mines import ListedMine


def level_row(line: "ListedMine") -> SafeString:
    """A mine with open alarms is marked with their gravest level."""
    return marked(style=f"has-{line.level}" if line.level else "")


def _mine(line: "ListedMine") -> SafeString:
    mine = line.line.mine
    link = shown.link(reverse("mine", args=[mine.code]), mine.name, "strong")
    return shown.joined(link, shown.small(mine.code), by=" ")


def _status(line: "ListedMine") -> SafeString:
    stop = line.stop and case_link(line.stop, state_of(line.stop).label, "small strong")
    return shown.joined(shown.value(line.attribute("status")), stop, by=" ")


def _highest(line: "ListedMine") -> Any:
    if line.stale or line.live is None:
        return shown.unknown()
    return shown.unknown("无读数") if line.live.highest is None else shown.gas(line.live.highest)


def _highest_at(line: "ListedMine") -> Any:
    point = None if line.stale or line.live is None else line.live.highest_point
    if point is None:
        return shown.EMPTY
    return shown.link(reverse("point", args=[point.pk]), shown.cut(point.place_text, 18))


def data_mark(live: LiveRow | None, *, stale: bool, silent: str) -> SafeString:
    """How old a mine's newest data is; ``silent``: the word before how long it has been silent."""
    if live is None or live.at is None:
        return shown.unknown("从未收到")
    if not stale:
        return shown.age(live.at)
    since = format_html('<time data-since="{}" data-after=" "></time>', shown.epoch(live.at))
    return shown.unknown(shown.joined(silent, since, by=" "))


def _data(line: "ListedMine") -> SafeString:
    mark = data_mark(line.live, stale=line.stale, silent="中断")
    return mark if line.stale else shown.small(mark)


def _alarms(line: "ListedMine") -> Any:
    if not line.alarms:
        return shown.quiet("无")
    words = shown.joined(shown.level(line.level), f"{line.alarms} 件", by=" ")
    return shown.link(reverse("mine_tab", args=[line.line.mine.code, "cases"]), words)


def _attribute(name: str, **looks: Any) -> Column:
    """A column of a dated attribute; unknown where none is known."""
    return Column(
        str(AttributeName(name).label),
        lambda line: line.attribute(name),
        shown=lambda line: shown.value(line.attribute(name)),
        **looks,
    )


COLUMNS = (
    Column("煤矿编码", lambda line: line.line.mine.code, 16, page=False),
    Column("煤矿名称", lambda line: line.line.mine.name, 24, _mine, short="煤矿"),
    Column("县（区）", lambda line: line.line.mine.county.name, style="nowrap phone-off"),
    Column("日常监管主体", lambda line: line.line.mine.supervisor.name, 24, style="small phone-off", label="监管主体"),
    Column("上级公司", lambda line: line.line.mine.company.name if line.line.mine.company else "", 24, page=False),
    Column(str(AttributeName.status.label), lambda line: line.attribute("status"), shown=_status, short="状态"),
    _attribute("gas_grade", style="nowrap"),
    _attribute("approved_capacity", style="num phone-off", short="能力 万吨/年", label="能力"),
    *(_attribute(name, page=False) for name in ("headcount_limit", "rock_burst", "standardization_grade")),
    Column("在采（掘）工作面", lambda line: line.line.faces, style="num phone-off", short="工作面"),
    Column("测点数", lambda line: line.line.points, page=False),
    Column("未定地点测点", lambda line: line.line.unplaced, page=False),
    Column(
        "甲烷最高（%CH₄）",
        lambda line: line.live.highest if line.live else None,
        shown=_highest,
        style="num strong",
        short="甲烷最高",
    ),
    Column("最高处", _highest_at, style="small", sheet=False),
    Column("最新数据时间", lambda line: line.live.at if line.live else None, 20, _data, "nowrap", short="数据"),
    Column("在办报警", lambda line: line.alarms, shown=_alarms, style="nowrap", short="报警"),
)
