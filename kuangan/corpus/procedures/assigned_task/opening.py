"""A task is a row of the ledger of tasks: what, by when, for which commissioner."""

from datetime import date
from typing import Any

from kuangan.base.text import person_name
from kuangan.law.procedure import Fact, Field, FromEntry, RowView

COLUMNS = (
    Field("item", "任务内容"),
    Field("due_on", "完成期限", "date", required=False),
    Field("dropped", "已取消", "flag", required=False),
)
FACTS = (
    Fact("item", "任务内容"),
    Fact("commissioner", "监管专员", filter=True),
    Fact("issued_on", "下达日期", "date"),
    Fact("due_on", "完成期限", "date"),
    Fact("returned", "退回次数", "number"),
    Fact("overdue", "逾期未完成", "flag", filter=True),
    Fact("gone", "所依据的台账记录已更正或者作废", "flag"),
)


def _from_row(view: RowView) -> dict[str, Any]:
    return {
        "item": view.cells.get("item"),
        "commissioner": name_of(view.values.get("commissioner")),
        "issued_on": view.on.isoformat(),
        "due_on": view.due_on.isoformat(),
        "clauses": list(view.clauses),
    }


def name_of(person: Any) -> str:
    """The name of a person as an entry keeps it."""
    return person_name(str(person["name"] if isinstance(person, dict) else person or ""))


def due_of(facts: Any) -> date:
    """By when the task is to be done."""
    return date.fromisoformat(str(facts["due_on"]))


FROM_ENTRY = FromEntry(
    columns=COLUMNS,
    facts=_from_row,
    amend=("amend", "amend_overdue", "amend_text"),
    due="due_on",
    told=("市级下达{count}项监管专员任务", "请监管专员按期完成并在办件中报送，科（股）长督促：\n{items}"),
    settled="dropped",
    title="{unit}：{item}",
)
