"""Ledgers as Excel files: the template to fill in, and the export."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from kuangan.base.clock import civil
from kuangan.base.text import clean_text
from kuangan.core.models import UnitKind
from kuangan.core.values import stored
from kuangan.core.values.plain import is_empty
from kuangan.core.values.shown import YES_NO, named
from kuangan.law.field import Field
from kuangan.law.instrument import cite_text
from kuangan.law.ledger import Ledger
from kuangan.ledger.models import Entry
from kuangan.ledger.references import MINE, References
from kuangan.ledger.shown import Shown

MOST_ROWS: Final = 20_000
"""Rows one import takes; more are given in several files."""
ROWS_SHEET: Final = "登记表"
OWN_SHEETS: Final = ("填写说明", "样例", "选项")
"""The template's sheets beside it, which hold no rows."""
BEHIND: Final = ("条目号", "记录单位", "记录人", "记录时间")
"""Columns that an export adds and an import passes over."""
KIND_HINTS: Final = {
    "text": "文字",
    "longtext": "文字，可分段",
    "lines": "每行一项（单元格内按 Alt+Enter 换行）",
    "choice": "从下拉列表选择",
    "flag": "是／否",
    "date": "日期，例如 2026-03-12",
    "moment": "时间，例如 2026-03-12 08:30",
    "number": "整数",
    "decimal": "数字",
    "phone": "电话号码",
    "mine": "煤矿名称或12位编码",
    "unit": "单位名称或编码",
    "person": "姓名",
    "face": "一矿一册登记的工作面名称",
}
FORMATS: Final = {"date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm"}
_GREY = PatternFill("solid", fgColor="E6EEF8")
_WRAP = Alignment(vertical="top", wrap_text=True)


def columns(found: Ledger) -> tuple[Field, ...]:
    """The fields that a sheet holds: all but files, which are added on the entry's page."""
    return tuple(field for field in found.fields if field.kind != "files")


def importable(found: Ledger) -> bool:
    """Whether whole entries fit in a sheet: not where a file must come with each."""
    return not any(field.required and field.kind == "files" for field in found.fields)


def template(found: Ledger, refs: References) -> bytes:
    """An empty sheet with lists to choose from, one with explanations and one with the sample rows."""
    book = Workbook()
    rows, notes, samples, lists = (book.create_sheet(name) for name in (ROWS_SHEET, *OWN_SHEETS))
    book.remove(book.worksheets[0])
    _head(rows, found)
    for index, field in enumerate(columns(found), start=1):
        letter = get_column_letter(index)
        rows.column_dimensions[letter].number_format = FORMATS.get(
            field.kind, "General" if field.kind in _NUMBERS else "@"
        )
        _offer(rows, lists, letter, _options(found, field, refs))
    lists.sheet_state = "hidden"
    _explain(notes, found)
    _head(samples, found)
    for line in sample_entries(found):
        shown = Shown(found, [line])
        samples.append([shown.cell(line, field) for field in columns(found)])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def sample_entries(found: Ledger) -> list[Entry]:
    """The corpus's sample rows as unsaved entries, as far as each value can be read alone."""
    return [Entry(ledger=found.id, values=_sample_values(found, dict(row))) for row in found.sample]


def workbook(found: Ledger, entries: Iterable[Sequence[Entry]], open_units: frozenset[int]) -> bytes:
    """The entries (in chunks, with unit and recorder) as a file that an import reads back; text stays text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(ROWS_SHEET)
    fields = found.fields
    for index, field in enumerate(fields, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = _width(field)
    sheet.freeze_panes = "A2"
    sheet.append([_bold(sheet, text) for text in (*(field.heading for field in fields), *BEHIND)])
    for chunk in entries:
        shown = Shown(found, chunk, open_units)
        for entry in chunk:
            line = [_cell(sheet, field, shown.cell(entry, field)) for field in fields]
            by = entry.recorded_by.display_name if entry.recorded_by else "平台"
            recorded = civil(entry.recorded_at).replace(tzinfo=None)
            sheet.append([*line, entry.serial, *(_text_cell(sheet, text) for text in (entry.unit.name, by)), recorded])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


_NUMBERS: Final = ("number", "decimal")


def _sample_values(found: Ledger, row: dict[str, Any]) -> dict[str, Any]:
    values = {}
    for field in columns(found):
        if field.name in row and not is_empty(row[field.name]):
            given = row[field.name]
            values[field.name] = given if field.kind in ("mine", "unit", "face") else stored(field, given)
    return values


def _options(found: Ledger, field: Field, refs: References) -> list[str]:
    if field.kind == "choice":
        return [label for _, label in field.choices]
    if field.kind == "flag":
        return list(YES_NO.values())
    if field.kind == "mine":
        return [named(mine.name, mine.code) for mine in refs.mines.values()]
    if field.kind == "unit":
        return [named(unit.name, unit.code) for unit in refs.units.values()]
    if field.kind == "face" and refs.keeper.kind == UnitKind.mine:
        return [face.name for mine in refs.mines.values() for face in refs.faces_of(mine)]
    return []


def _offer(rows: Any, lists: Any, letter: str, options: Sequence[str]) -> None:
    if not options:
        return
    for index, text in enumerate(options, start=1):
        cell = lists[f"{letter}{index}"]
        cell.value = clean_text(text)
        cell.data_type = "s"
    check = DataValidation(type="list", formula1=f"选项!${letter}$1:${letter}${len(options)}", allow_blank=True)
    check.error, check.errorTitle, check.showErrorMessage = "请从下拉列表中选择", "不在可选项内", True
    rows.add_data_validation(check)
    check.add(f"{letter}2:{letter}{MOST_ROWS + 1}")


def _head(sheet: Any, found: Ledger) -> None:
    for index, field in enumerate(columns(found), start=1):
        cell = sheet.cell(1, index, field.heading + ("*" if _must(found, field) else ""))
        cell.font, cell.fill = Font(bold=True), _GREY
        sheet.column_dimensions[get_column_letter(index)].width = _width(field)
    sheet.freeze_panes = "A2"


def _must(found: Ledger, field: Field) -> bool:
    """A mine's own ledgers needn't name it."""
    return field.required and not (field.name == MINE and found.keepers == ("mine",))


def _explain(sheet: Any, found: Ledger) -> None:
    sheet.append([found.title])
    sheet.append([f"依据：{cite_text(found.cite)}"])
    sheet.append([found.help])
    sheet.append([f"在“{ROWS_SHEET}”自第 2 行起填写，一行一条，带 * 的必填；有一行不合要求，整个文件不导入。"])
    sheet.append(["栏目", "是否必填", "填写方式", "可选项或说明"])
    for field in columns(found):
        more = "、".join(label for _, label in field.choices) or field.help
        hint = KIND_HINTS[field.kind] + (f"，单位：{field.suffix}" if field.suffix else "")
        sheet.append([field.label, "必填" if _must(found, field) else "选填", hint, more])
    for letter, width in zip("ABCD", (24, 10, 36, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(min_row=5):
        for cell in row:
            cell.alignment = _WRAP
    for index in (1, 5):
        for cell in sheet[index]:
            cell.font = Font(bold=True)


def _width(field: Field) -> int:
    return {"longtext": 40, "lines": 32, "text": 24, "mine": 30, "unit": 30, "moment": 18}.get(field.kind, 14)


def _bold(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font, cell.fill = Font(bold=True), _GREY
    return cell


def _cell(sheet: Any, field: Field, value: Any) -> Any:
    """Text is marked as text, so that no spreadsheet takes it for a formula."""
    if value is None or (field.kind in _NUMBERS and not isinstance(value, str)):
        return value
    if isinstance(value, str):
        return _text_cell(sheet, value)
    cell = WriteOnlyCell(sheet, value=value)
    cell.number_format = FORMATS[field.kind]
    return cell


def _text_cell(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=clean_text(text))
    cell.data_type = "s"
    return cell
