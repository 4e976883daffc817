"""The columns of a collection: designed from the kinds of fields that ledgers have, stored as JSON. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kuangan.core.errors import Refused
from kuangan.core.values import cleaned as checked_values
from kuangan.core.values.shown import plain_words
from kuangan.law.field import Field

KINDS: Final = {
    "number": "整数",
    "decimal": "小数",
    "text": "文字",
    "longtext": "长文字",
    "choice": "选项",
    "flag": "是否",
    "date": "日期",
    "person": "姓名",
    "phone": "电话",
}
TOTALS: Final = {"": "不汇总", "sum": "合计", "mean": "平均"}
COUNTED: Final = ("number", "decimal")


@dataclass(frozen=True)
class ReturnColumn:
    """One column: a field as in ledgers, and how the roll-up counts it."""

    field: Field
    total: str

    @property
    def heading(self) -> str:
        """The label with its unit of measurement."""
        return self.field.heading


def column(
    name: str, label: str, kind: str, *, required: bool, suffix: str = "", choices: Sequence[str] = (), total: str = ""
) -> dict[str, Any]:
    """One column as it is stored. Refused: a kind that does not exist, a choice without choices, a total of words."""
    if kind not in KINDS or total not in TOTALS:
        raise Refused(f"“{label}”的类型或汇总方式无法识别，请重新选择。")
    if (kind == "choice") != bool(choices):
        raise Refused(f"“{label}”：选项类栏目须写明可选项，其他栏目不写。")
    if total and kind not in COUNTED:
        raise Refused(f"“{label}”不是数字，不能汇总。")
    return {
        "name": name,
        "label": label,
        "kind": kind,
        "required": required,
        "suffix": suffix,
        "choices": list(choices),
        "total": total,
    }


def checked(columns: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The columns of a form. Refused: none, two of one label."""
    labels = [column["label"] for column in columns]
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if not columns or twice:
        raise Refused(f"栏目“{'、'.join(twice)}”重复。" if twice else "请至少设计一个栏目。")
    return list(columns)


def read(columns: Iterable[Mapping[str, Any]]) -> list[ReturnColumn]:
    """Stored columns as fields."""
    return [
        ReturnColumn(
            Field(
                name=column["name"],
                label=column["label"],
                kind=column["kind"],
                required=column["required"],
                choices=tuple((choice, choice) for choice in column["choices"]),
                suffix=column["suffix"],
                decimals=4,
            ),
            column["total"],
        )
        for column in columns
    ]


def cleaned(columns: Iterable[ReturnColumn], given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The given values as stored, and a message for each column that is wrong."""
    fields = [column.field for column in columns]
    return checked_values(fields, given, None, lambda field: f"请填写“{field.label}”；没有的填 0 或“无”")


def shown(column: ReturnColumn, value: Any) -> str:
    """A stored value as people read it; "" for none."""
    return "" if value is None else plain_words(column.field, value, {})
