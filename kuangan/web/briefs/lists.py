"""The lists of reports as columns: those sent, one's own of this period, and the tables of a report's frozen content."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from kuangan.office.models import Brief, BriefKind
from kuangan.overview.figures.day_report import PARTS
from kuangan.web.frame import shown
from kuangan.web.frame.links import address_of
from kuangan.web.frame.lists import Column
from kuangan.web.frame.tables import Table, bare, marked

Line = Mapping[str, Any]
"""A line of a report's content, as it was frozen."""


def _sent(brief: Brief) -> SafeString:
    return shown.joined(shown.minute(brief.sent_at), shown.small(brief.sent_by.display_name), by=" ")


def brief_link(brief: Brief, text: str) -> Any:
    """Words that lead to a report."""
    return shown.link(reverse("brief", args=[brief.pk]), text)


BRIEFS = (
    Column(
        "种类",
        lambda brief: brief.get_kind_display(),
        shown=lambda brief: brief_link(brief, brief.get_kind_display()),
    ),
    Column("期间", lambda brief: brief.period, style="nowrap"),
    Column("报送单位", lambda brief: brief.unit.name, 24),
    Column("接收单位", lambda brief: brief.to.name, 24),
    Column("报送时间", lambda brief: brief.sent_at, 20, _sent, "nowrap"),
    Column("报送人", lambda brief: brief.sent_by.display_name, page=False),
    Column("签收", lambda brief: brief.notice.received_at, style="nowrap", sheet=False),
)

OwnLine = tuple[BriefKind, str, Brief | None]
"""A kind of report, its current period, and what was sent of it."""


def _make_or_see(line: OwnLine) -> Any:
    kind, period, sent = line
    if sent:
        return brief_link(sent, f"已报送 {shown.minute(sent.sent_at)}")
    return shown.link(reverse("new_brief", args=[kind.value, period]), "生成", "btn btn-primary btn-sm")


OWN = (
    Column("种类", lambda line: shown.joined(line[0].label, shown.under(line[1]))),
    Column("报送", _make_or_see, style="num"),
)


def _part(line: Line) -> bool:
    """Whether a figure is a part of the one above it."""
    return line["key"] in PARTS


FIGURES = (
    Column("项目", lambda line: f"　　{line['label']}" if _part(line) else line["label"]),
    Column(
        "数字",
        lambda line: shown.joined(shown.link(address_of(line.get("link")), line["value"]), line["unit"], by=" "),
        style="num",
    ),
)
OVERLIMITS = (
    Column("煤矿", lambda line: shown.link(address_of(line.get("link")), line["mine"])),
    Column("次数", lambda line: line["count"], style="num"),
    Column("最高（%CH₄）", lambda line: line["peak"], style="num"),
)
SILENCES = (
    Column("煤矿", lambda line: shown.link(address_of(line.get("link")), line["mine"])),
    Column("中断", lambda line: line["from"]),
    Column("恢复", lambda line: line["to"]),
)
FINDINGS = (
    Column("对象", lambda line: line["about"], style="nowrap"),
    Column("理由", lambda line: line["reason"]),
    Column("依据", lambda line: shown.link(address_of(line.get("link")), "查看"), style="num"),
)


def content_tables(content: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of a report, by the names of its parts."""
    return {
        "figures": bare(FIGURES, content["figures"], row=lambda line: marked(style="" if _part(line) else "strong")),
        "overlimits": Table(OVERLIMITS, content["overlimits"], "本期监测超限 0 次。", style=""),
        "silences": Table(SILENCES, content["silences"], "本期数据中断 0 次。", style=""),
        "findings": bare(FINDINGS, content["findings"], "本期认定问题 0 项。"),
    }
