"""A whole form: from what was given by field to stored values, with a message for each field that is wrong.

The one cleaner of moves, ledgers and collections. Messages say what is wrong, where and what to do.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol, runtime_checkable

from kuangan.core.values.kinds import OF_THE_MINE, is_reference, stored
from kuangan.core.values.plain import Wrong, is_empty, plain_text
from kuangan.core.values.sight import NoSight, Sight
from kuangan.law.field import Field

MOST_NAMED: Final = 8
"""Wrong cells of a table that one message names."""
Missing = Callable[[Field], str]


def missing_text(field: Field) -> str:
    """What a required field says that was left empty."""
    return f"请{_VERBS.get(field.kind, '填写')}“{field.label}”"


_VERBS: Final = {
    "choice": "选择",
    "mine": "选择",
    "unit": "选择",
    "flag": "选择",
    "entry": "选择",
    "duty": "选择",
    "files": "上传",
}


def cleaned(
    fields: Sequence[Field], given: Mapping[str, Any], sight: Sight | None = None, missing: Missing = missing_text
) -> tuple[dict[str, Any], dict[str, str]]:
    """The stored values of what isn't empty, and the messages by field. What belongs to a mine is read after the mine."""
    asked = sight or NoSight()
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in sorted(fields, key=lambda item: item.over or item.kind in (*OF_THE_MINE, "rows")):
        value = given.get(field.name)
        if is_empty(value):
            if field.required:
                errors[field.name] = missing(field)
            continue
        try:
            values[field.name] = taken(field, value, asked, values)
        except Wrong as wrong:
            errors[field.name] = str(wrong)
    order = [field.name for field in fields]
    return {name: values[name] for name in order if name in values}, {
        name: errors[name] for name in order if name in errors
    }


def taken(field: Field, given: Any, sight: Sight, around: Mapping[str, Any]) -> Any:
    """The stored form of one value that isn't empty; ``around``: the stored values beside it. Raises :class:`Wrong`."""
    if field.kind == "rows":
        return _rows(field, given, sight, around)
    return sight.taken(field, given, around) if is_reference(field) else stored(field, given)


def _rows(field: Field, given: Any, sight: Sight, around: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows, faults = table(field, given, sight, around)
    if faults:
        labels = {column.name: column.label for column in field.columns}
        place = given.place if isinstance(given, Placed) else "第 {} 行".format
        named = [f"{place(at)}“{labels.get(name, name)}”：{text}" for (at, name), text in faults.items()]
        more = f"；另有 {len(named) - MOST_NAMED} 处" if len(named) > MOST_NAMED else ""
        raise Wrong("；".join(named[:MOST_NAMED]) + more)
    return rows


@runtime_checkable
class Placed(Protocol):
    """Rows that know where they were written."""

    def place(self, at: int) -> str:
        """What a message calls the row ``at`` (from 1)."""


Faults = dict[tuple[int, str], str]


def table(field: Field, given: Any, sight: Sight, around: Mapping[str, Any]) -> tuple[list[dict[str, Any]], Faults]:
    """The rows of a table that hold something, as stored, and what is wrong by row (from 1) and column.

    Raises :class:`Wrong` where there is no table, or one that is too long.
    """
    if field.by_lines and isinstance(given, str):
        given = _by_lines(field, plain_text(given).split("\n"))
    if not isinstance(given, list | tuple) or not all(isinstance(row, Mapping) for row in given):
        raise Wrong("应为表格，请逐行逐栏填写")
    filled = [(at, row) for at, row in enumerate(given, start=1) if not is_empty(row)]
    if len(filled) > field.most:
        raise Wrong(f"共 {len(filled)} 行，最多 {field.most} 行，请分条登记")
    known = {column.name for column in field.columns}
    rows: list[dict[str, Any]] = []
    faults: Faults = {}
    for at, row in filled:
        values, errors = cleaned(field.columns, row, _Around(sight, around))
        faults |= {(at, str(name)[:60]): "表中没有这一栏，请删去" for name in row if name not in known}
        faults |= {(at, name): text for name, text in errors.items()}
        rows.append(values)
    return rows, faults


def _by_lines(field: Field, lines: Sequence[str]) -> list[dict[str, str]]:
    """A text of one name a line as rows. Raises :class:`Wrong` for a line that says more than a name where there are columns for it."""
    name, *others = field.columns
    for at, line in enumerate(lines, start=1):
        if name.kind == "person" and others and _says_more(line):
            columns = "、".join(column.label for column in others)
            raise Wrong(f"第 {at} 行“{line[:40]}”不只是姓名：此处每行只写姓名，{columns}请填入表格各栏")
    return [{name.name: line} for line in lines]


def _says_more(line: str) -> bool:
    """Whether a line holds blanks that pad no name: ``王 芳`` and ``John Smith`` are names."""
    parts = line.split()
    return len(parts) > 1 and not line.isascii() and any(len(part) > 1 for part in parts)


class _Around:
    """A row's sight: beside its own cells it knows what stands around the table."""

    def __init__(self, sight: Sight, around: Mapping[str, Any]) -> None:
        self._sight, self._around = sight, around

    def taken(self, field: Field, given: Any, around: Mapping[str, Any]) -> Any:
        """As of the form, the row's own mine before that of the form."""
        return self._sight.taken(field, given, {**self._around, **around})

    def offered(self, field: Field) -> Sequence[tuple[str, str]]:
        return self._sight.offered(field)
