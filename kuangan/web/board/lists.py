"""The lists of a cell of the board: its units, the findings, cases and entries behind it."""

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kuangan.web.cases.lists import case_link, mine_link
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column

if TYPE_CHECKING:
    from kuangan.web.board.cell import UnitCell


def status_badge(status: Any, icon: str = "") -> SafeString:
    """A status of the board, with its sign where there is one."""
    return format_html('<span class="st st-{}">{}</span>', status.value, shown.joined(icon, status.label, by=" "))


def _reason(part: "UnitCell") -> str:
    return part.cell.reason or part.words


PARTS = (
    Column("单位", lambda part: shown.link(part.address, part.unit.name)),
    Column("状态", lambda part: status_badge(part.cell.status, part.icon), style="nowrap"),
    Column("情况", _reason, style="small"),
)


def _rule(finding: Any) -> SafeString:
    rule = shown.link(reverse("rule", args=[finding.rule]), "查看规则")
    case = finding.seen_case and shown.link(reverse("case", args=[finding.seen_case]), finding.case.number)
    return shown.joined(rule, case, by="　")


FINDINGS = (
    Column("单位", lambda finding: mine_link(finding.mine) if finding.mine else finding.unit.name),
    Column("认定", attrgetter("reason")),
    Column("规则", _rule),
    Column("认定时间", attrgetter("found_at"), style="nowrap"),
)


def _about(line: Any) -> SafeString:
    case = line[0]
    return shown.joined(case.unit.name, shown.under(case.title))


CASES = (
    Column("编号", lambda line: case_link(line[0]), style="nowrap"),
    Column("煤矿 · 事由", _about),
    Column("状态", lambda line: status_badge(line[1]), style="nowrap"),
)


def _entries(line: Any) -> SafeString:
    ledger, entries = line
    links = (
        (reverse("entry", args=[ledger.id, entry.serial]), f"{entry.on:%Y-%m-%d}　{entry.unit.name}")
        for entry in entries
    )
    return format_html_join("", '<div><a href="{}">{}</a></div>', links)


ENTRIES = (
    Column("台账", lambda line: shown.link(reverse("ledger", args=[line[0].id]), line[0].title), style="strong"),
    Column("条目", _entries),
)
