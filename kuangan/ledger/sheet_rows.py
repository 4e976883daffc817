"""The rows of a filled-in sheet: every cell is a value, a fault that names its cell, or said to be passed over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from openpyxl.utils import get_column_letter

from kuangan.core.errors import Refused
from kuangan.core.sheets.workbooks import Odd, Range, Sheet, read_sheet
from kuangan.core.values.plain import LONGEST, MOST_BLANKS, is_empty, plain_text
from kuangan.law.field import Field
from kuangan.law.ledger import Ledger
from kuangan.ledger.row_sheets import KEY, grouped, headings, key_fields, marks, row_fields, sheet_title
from kuangan.ledger.sheets import BEHIND, MOST_ROWS, OWN_SHEETS, ROWS_SHEET, SAMPLE_OF, columns

UNREADABLE: Final = "文件不是有效的 Excel 工作簿（.xlsx），请用本台账的模板重新填写。"
LONGEST_CELL: Final = max(LONGEST.values()) + MOST_BLANKS
NUMBERS: Final = ("number", "decimal")
WORDS: Final = ("text", "longtext", "lines")


@dataclass(frozen=True)
class SheetRow:
    """One filled-in row: its number in the sheet, what stands in it by field name, and what is wrong with cells ("" = the row)."""

    number: int
    given: dict[str, Any]
    faults: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SheetRows:
    """All of a sheet: its rows, how many blank ones lie between them, and what was passed over, in words."""

    rows: list[SheetRow]
    blank: int
    notes: list[str]


def read_rows(ledger: Ledger, content: bytes) -> SheetRows:
    """The filled-in rows. Refused: no Excel file, an unknown or a missing heading, too many rows, none."""
    sheet = read_sheet(content, UNREADABLE, prefer=ROWS_SHEET, most_rows=MOST_ROWS + 1, longest=LONGEST_CELL)
    first = dict(sheet.rows[:1])
    names = _headings(ledger, first.get(1, {}))
    if sheet.more:
        raise Refused(f"一次最多导入 {MOST_ROWS} 行，请分成几个文件上传。")
    filled = [(number, dict(cells)) for number, cells in sheet.rows if number > 1]
    _spread(sheet.merged, filled, names)
    rows: list[SheetRow] = []
    passed: list[SheetRow] = []
    for number, cells in filled:
        row = _row(ledger, number, cells, names)
        (rows if row.given or row.faults else passed).append(row)
    notes = _notes(sheet, ledger, names, first.get(1, {}), [row.number for row in passed])
    for table in row_fields(ledger):
        if sheet_title(table) in sheet.others:
            _take_table(ledger, table, content, rows)
    if not rows:
        raise Refused("表内没有填写任何行，请自第 2 行起逐行填写后再上传。")
    blank = filled[-1][0] - 1 - len(filled)
    return SheetRows(rows, blank, notes)


Names = Mapping[int, str]
"""The field of each column of the sheet; "" for a column that is passed over by its heading."""


def _headings(ledger: Ledger, line: Mapping[int, Any]) -> Names:
    lines = [field for field in row_fields(ledger) if field.by_lines]
    known = {text: field.name for field in (*columns(ledger), *lines) for text in (field.label, field.heading)}
    elsewhere = [field for field in ledger.fields if field.kind == "files" or field.name in ledger.of_others]
    passed = {text for field in elsewhere for text in (field.label, field.heading)}
    texts = {at: plain_text(given).rstrip("*") for at, given in line.items() if not isinstance(given, Odd)}
    unknown = [text for text in texts.values() if text and text not in known and text not in passed | {*BEHIND}]
    if unknown or any(isinstance(given, Odd) for given in line.values()):
        tables = [
            f"“{field.heading}”已改为工作表“{sheet_title(field)}”"
            for field in row_fields(ledger)
            if field.label in unknown
        ]
        if tables:
            raise Refused(f"{'，'.join(tables)}，请下载新模板，在该工作表内逐行填写后重新上传。")
        wrong = "、".join(text[:60] for text in unknown[:10]) or "（公式或错误值）"
        raise Refused(f"表头“{wrong}”不属于“{ledger.title}”，请使用本台账的模板，不要改动表头。")
    names = {at: known.get(text, "") for at, text in texts.items() if text}
    twice = [ledger.field(name).label for name in {*names.values()} - {""} if [*names.values()].count(name) > 1]
    if twice:
        raise Refused(f"表头“{'、'.join(twice)}”重复，请使用本台账的模板，不要增加列。")
    missing = [field.label for field in columns(ledger) if field.required and field.name not in names.values()]
    if missing:
        raise Refused(f"表头缺少“{'、'.join(missing)}”，请使用本台账的模板，不要删除列。")
    return names


def _spread(merged: Iterable[Range], filled: Sequence[tuple[int, dict[int, Any]]], names: Names) -> None:
    """Give the value of cells that are merged downwards to each of their rows. Refused: merged across columns or with the heading."""
    by_number = dict(filled)
    for merge in merged:
        own = [at for at in range(merge.first_column, min(merge.last_column, max(names)) + 1) if names.get(at)]
        if not own or merge.last_row == 1:
            continue
        if merge.first_row == 1 or merge.last_column > merge.first_column:
            raise Refused(f"单元格 {_range_name(merge)} 合并了几栏或表头，请取消合并，逐格填写后重新上传。")
        value = by_number.get(merge.first_row, {}).get(merge.first_column)
        last = min(merge.last_row, filled[-1][0] if filled else 0)
        for number in range(merge.first_row + 1, last + 1):
            if value is not None and number in by_number:
                by_number[number].setdefault(merge.first_column, value)


def _row(ledger: Ledger, number: int, cells: Mapping[int, Any], names: Names) -> SheetRow:
    row = SheetRow(number, {})
    for at, value in cells.items():
        if not isinstance(value, Odd) and is_empty(value):
            continue
        name = names.get(at)
        if name is None:
            row.faults[""] = f"单元格 {_cell_name(at, number)} 在表头各栏之外，请移入相应的栏或删去"
        elif isinstance(value, Odd) and name:
            _odd(row, ledger.field(name), value, _cell_name(at, number))
        elif name:
            row.given[name] = value
    return row


def _odd(row: SheetRow, field: Field, cell: Odd, place: str) -> None:
    """A percent is what is shown; all else is a fault."""
    if cell.kind == "percent" and cell.value is not None:
        shown = cell.value * 100
        if field.kind in NUMBERS and field.suffix == "%":
            row.given[field.name] = shown
        elif field.kind in WORDS:
            row.given[field.name] = f"{shown:.12g}%"
        else:
            unit = f"本栏单位为“{field.suffix}”" if field.suffix else "本栏不是百分数"
            row.faults[field.name] = f"单元格 {place} 为百分比格式，{unit}，请改为常规格式后填写"
    elif cell.kind == "error":
        row.faults[field.name] = f"单元格 {place} 是错误值 {cell.text}，请改正后重新上传"
    elif cell.kind == "formula":
        row.faults[field.name] = f"单元格 {place} 的公式没有计算结果，请用 Excel 打开保存后再上传"
    else:
        row.faults[field.name] = f"单元格 {place} 共 {cell.text} 字，超过本栏长度，请精简"


def _take_table(ledger: Ledger, field: Field, content: bytes, lines: Sequence[SheetRow]) -> None:
    """Give the rows of a table's sheet to the lines that they name; those that name none are faults of the first line.

    Refused: too many rows, headings that are not the table's.
    """
    title = sheet_title(field)
    sheet = read_sheet(content, UNREADABLE, prefer=title, most_rows=MOST_ROWS + 1, longest=LONGEST_CELL)
    if sheet.more:
        raise Refused(f"工作表“{title}”一次最多导入 {MOST_ROWS} 行，请分成几个文件上传。")
    names = _table_headings(ledger, field, dict(sheet.rows[:1]).get(1, {}))
    faults: list[str] = []
    rows = [(number, _table_row(names, number, cells, title, faults)) for number, cells in sheet.rows if number > 1]
    tables, astray = grouped(ledger, field, [(number, row) for number, row in rows if row])
    for line in lines:
        table = tables.pop(marks(ledger, line.given, line.number), None)
        if table is not None:
            line.given[field.name] = table
    lost = sorted([*astray, *(number for table in tables.values() for number in table.numbers)])
    if lost:
        said = "、".join(str(number) for number in lost[:10])
        keys = "、".join(key.label for key in key_fields(ledger))
        faults.append(f"工作表“{title}”第 {said} 行的“{keys}”与“{ROWS_SHEET}”中任何一行都不相符，请核对")
    if faults and lines:
        lines[0].faults[field.name] = "；".join(faults[:10])


def _table_headings(ledger: Ledger, field: Field, line: Mapping[int, Any]) -> Names:
    texts = headings(ledger, field)
    own = [*(KEY + key.name for key in key_fields(ledger)), *(column.name for column in field.columns)]
    known = dict(zip(texts, own, strict=True))
    given = {at: plain_text(text).rstrip("*") for at, text in line.items() if not isinstance(text, Odd)}
    if sorted(text for text in given.values() if text) != sorted(texts):
        raise Refused(f"工作表“{sheet_title(field)}”的表头应为“{'、'.join(texts)}”，请使用本台账的模板，不要改动表头。")
    return {at: known[text] for at, text in given.items() if text}


def _table_row(names: Names, number: int, cells: Mapping[int, Any], title: str, faults: list[str]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for at, value in cells.items():
        if isinstance(value, Odd):
            faults.append(f"工作表“{title}”单元格 {_cell_name(at, number)} 不是可直接读取的值，请改为常规格式后填写")
        elif not is_empty(value) and at in names:
            row[names[at]] = value
        elif not is_empty(value):
            faults.append(f"工作表“{title}”单元格 {_cell_name(at, number)} 在表头各栏之外，请移入相应的栏或删去")
    return row


def _notes(sheet: Sheet, ledger: Ledger, names: Names, line: Mapping[int, Any], passed: Sequence[int]) -> list[str]:
    """What of the workbook becomes no entry."""
    notes = []
    own = {*OWN_SHEETS, *(name for field in row_fields(ledger) for name in _titles(field))}
    unread = [title for title in sheet.others if title not in own]
    if unread:
        notes.append(f"只读取工作表“{sheet.title}”；工作表“{'”“'.join(unread[:10])}”没有读取")
    aside = [str(line[at]) for at, name in names.items() if not name]
    if aside:
        notes.append(f"“{'”“'.join(aside)}”各列由平台登记或须在条目页面上传，没有导入")
    if passed:
        shown = "、".join(str(number) for number in passed[:20])
        notes.append(
            f"第 {shown} 行{'等' if len(passed) > 20 else ''}只在上述列中有内容，没有导入（共 {len(passed)} 行）"
        )
    return notes


def _titles(field: Field) -> tuple[str, str]:
    return sheet_title(field), f"{SAMPLE_OF}{sheet_title(field)}"


def _cell_name(column: int, row: int) -> str:
    return f"{get_column_letter(column)}{row}"


def _range_name(span: Range) -> str:
    return f"{_cell_name(span.first_column, span.first_row)}:{_cell_name(span.last_column, span.last_row)}"
