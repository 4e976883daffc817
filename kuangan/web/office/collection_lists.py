"""The lists of 数据报送 as columns: collections, what is owed, the roll-up, the returns, the design of a form."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kuangan.office import columns as designed
from kuangan.office.models import Collection, Return
from kuangan.office.queries.collections import Roll
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column
from kuangan.web.frame.request import Request
from kuangan.web.office.lists import LISTED, faults, send_back

DUE_WORDS = "下发单位规定的报送期限"


def _link(pk: int, text: Any, query: str = "", style: str = "") -> Any:
    return shown.link(f"{reverse('collection', args=[pk])}{query}", text, style)


def _owed(unit_return: Return) -> SafeString:
    link = _link(unit_return.collection_id, unit_return.collection.title, style="strong")
    return shown.joined(link, shown.tag("已退回") if unit_return.returned_for else "", by=" ")


OWED = (
    Column("标题", _owed),
    Column("单位", lambda unit_return: unit_return.unit.name),
    Column("期限", lambda unit_return: shown.due(unit_return.collection.due_at, DUE_WORDS), style="num"),
    Column(
        "填报",
        lambda unit_return: _link(unit_return.collection_id, "填报", style="btn btn-primary btn-sm"),
        style="num",
    ),
)


def _ends(collection: Any) -> SafeString:
    if collection.closed_at:
        return shown.quiet("已结束")
    if collection.reported == collection.asked:
        return shown.quiet("已报齐")
    return shown.due(collection.due_at, DUE_WORDS)


def collection_columns(*, issues: bool) -> tuple[Column, ...]:
    """Collections with how many have reported, leading offices to those who have not."""

    def reported(collection: Any) -> Any:
        query = "?show=missing" if issues and collection.reported < collection.asked else ""
        return _link(collection.pk, f"{collection.reported}／{collection.asked}", query)

    return (
        Column("标题", lambda collection: _link(collection.pk, collection.title)),
        Column("发起单位", lambda collection: collection.unit.name),
        Column("下发时间", lambda collection: collection.sent_at, style="nowrap"),
        Column("期限", _ends),
        Column("已报", reported, style="num"),
    )


def roll_columns(columns: Sequence[designed.ReturnColumn]) -> tuple[Column, ...]:
    """The roll-up by county: how many reported, and the total of each column that has one."""
    return (
        Column(
            "县（区）",
            lambda roll: shown.link(f"?county={roll.path}#returns", roll.name) if roll.path else roll.name,
            label="",
        ),
        Column("已报／应报", _reported, style="num", label=""),
        *(_total(index, column) for index, column in enumerate(columns) if column.total),
    )


def _reported(roll: Roll) -> Any:
    county = f"county={roll.path}&" if roll.path else ""
    return shown.link(f"?{county}show=missing#returns", f"{roll.reported}／{roll.asked}")


def _total(index: int, column: designed.ReturnColumn) -> Column:
    word = "合计" if column.total == "sum" else "平均"
    heading = format_html('{}<span class="small quiet"> {}</span>', column.heading, word)
    return Column(heading, lambda roll: roll.totals[index], style="num", label="")


def return_columns(
    request: Request, collection: Collection, columns: Sequence[designed.ReturnColumn], *, sends_back: bool
) -> tuple[Column, ...]:
    """The units' figures. ``sends_back``: the reader may send a return back while the collection is open."""

    def reported(unit_return: Return) -> SafeString:
        if unit_return.submitted_at is None or unit_return.signed_by is None:
            urged = shown.small(f"{shown.minute(unit_return.urged_at)} 已催报") if unit_return.urged_at else ""
            returned = shown.tag("已退回") if unit_return.returned_for else ""
            return shown.joined(shown.state("未报送"), urged, returned, by=" ")
        late = shown.tag("逾期报送") if unit_return.submitted_at > collection.due_at else ""
        back = sends_back and not collection.closed_at
        return shown.joined(
            shown.minute(unit_return.submitted_at),
            shown.small(unit_return.signed_by.display_name),
            late,
            send_back(request, "return", unit_return.pk, "back") if back else "",
            by=" ",
        )

    return (
        Column("单位", lambda unit_return: unit_return.unit.name, style="nowrap", label=""),
        Column(
            "县（区）",
            lambda unit_return: unit_return.county.name if unit_return.county else "市直",
            style="nowrap",
            label="",
        ),
        *(_figure(column) for column in columns),
        Column("报送", reported, style="nowrap", label=""),
    )


def _figure(column: designed.ReturnColumn) -> Column:
    def figure(unit_return: Return) -> str:
        return shown.cut(designed.shown(column, unit_return.values.get(column.field.name)), LISTED)

    return Column(column.heading, figure, label="")


DESIGN = (
    Column("序号", lambda line: line[0]),
    Column("栏目", lambda line: line[1]["label"]),
    Column("类型", lambda line: line[1]["kind"]),
    Column("计量单位", lambda line: line[1]["suffix"]),
    Column("可选项", lambda line: line[1]["choices"]),
    Column("汇总", lambda line: line[1]["total"]),
    Column("必填", lambda line: shown.joined(str(line[1]["required"]), faults(line[1].errors.values()), by=" ")),
)
"""A line is a number and the form of a column that is designed."""
