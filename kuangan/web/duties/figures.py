"""The figures of monthly reports and rankings in lists; each leads to the rows behind it."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.urls import reverse

from kuangan.base.period import Period
from kuangan.core.models import Unit
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column


def _figure(heading: str, number: Callable[[Any], Any], status: str = "") -> Column:
    """A number of a line that leads to its duties, of one status where one is given."""

    def cell(line: Any) -> Any:
        return shown.link(f"{line.address}&status={status}" if status else line.address, number(line.line))

    return Column(heading, cell, style="num")


def _name(line: Any) -> Any:
    return line.line.name


def bulletin_columns(heading: str, name: Callable[[Any], Any] = _name) -> tuple[Column, ...]:
    """The lines of a monthly report: tiers, units or measures."""
    return (
        Column(heading, name),
        _figure("到期", attrgetter("fallen")),
        _figure("按期", attrgetter("counts.met"), "met"),
        _figure("逾期办结", attrgetter("counts.late"), "late"),
        _figure("逾期未办", attrgetter("counts.overdue"), "overdue"),
        _figure("免责", attrgetter("counts.excused"), "excused"),
        Column("按期完成率", attrgetter("line.rate"), style="num strong"),
    )


def measure_columns(area: Unit, period: Period) -> tuple[Column, ...]:
    """The measures of a monthly report, each leading to its cell of the board."""

    def measure(line: Any) -> Any:
        address = reverse("board_cell", args=[line.line.key, area.code])
        return shown.link(f"{address}?period={period.key}", line.line.name)

    return bulletin_columns("措施", measure)


def _breached(breach: Any) -> Any:
    if breach.mine is None:
        return breach.unit.name
    return shown.link(reverse("mine", args=[breach.mine.code]), breach.mine.name)


BREACHES = (
    Column("单位", _breached),
    Column("认定", attrgetter("reason")),
    Column("规则", lambda breach: shown.link(reverse("rule", args=[breach.rule]), "规则"), style="nowrap"),
)


def _ranked(heading: str, address: Callable[[Any], str], middle: tuple[Column, ...]) -> tuple[Column, ...]:
    return (
        Column("名次", attrgetter("line.rank"), style="num strong"),
        Column(heading, lambda line: shown.link(address(line), line.line.name), label="单位"),
        Column("按期完成率", lambda line: shown.link(line.address, line.line.rate), style="num strong"),
        *middle,
        _figure("逾期未办", attrgetter("counts.overdue"), "overdue"),
        Column("违反", attrgetter("line.breached"), style="num"),
    )


def county_columns(kind: str, period: Period) -> tuple[Column, ...]:
    """Counties by rank, with the shares of their own offices and of their mines."""
    return _ranked(
        "县（区）",
        lambda line: reverse("report", args=[kind, line.line.key, period.key]),
        (
            Column("其中县级", lambda line: line.parts[0], style="num"),
            Column("其中煤矿", lambda line: line.parts[1], style="num"),
        ),
    )


MINES = _ranked("煤矿", lambda line: reverse("mine", args=[line.line.key]), (_figure("到期", attrgetter("fallen")),))


def _newest_period(line: Any) -> Any:
    kind, area, period = line
    return shown.link(reverse("report", args=[kind.id, area.code, period.key]), period.label)


NEWEST = (
    Column("区域", lambda line: line[1].name),
    Column("种类", lambda line: line[0].title),
    Column("期间", _newest_period, style="num"),
)
DRAFTS = (
    Column("标题", lambda paper: shown.link(reverse("report_paper", args=[paper.pk]), paper.title)),
    Column("制发机关", attrgetter("unit.name")),
    Column("状态", lambda paper: shown.state(paper.get_state_display())),
    Column("起草时间", attrgetter("created_at"), style="nowrap"),
)
