"""Excel sheets of collections: the superior's heading row read, and its sheet filled below it."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment
from kuangan.core.store import read_content
from kuangan.core.workbooks import opened_workbook
from kuangan.office.columns import Column
from kuangan.office.models import Collection, Return

SEARCHED_ROWS: Final = 15
BUILT_IN: Final = {
    "序号": "number",
    "单位": "unit",
    "单位名称": "unit",
    "填报单位": "unit",
    "煤矿": "unit",
    "煤矿名称": "unit",
    "县（区）": "county",
    "县区": "county",
    "县市区": "county",
    "所属县（区）": "county",
    "报送时间": "at",
    "填报时间": "at",
    "签报人": "signer",
    "填报人": "signer",
}
"""Headings that the platform fills by itself."""


def headings_of(content: bytes) -> tuple[int, list[str]]:
    """The heading row of a sheet (the one with the most texts near the top) and its headings.

    Refused: not a workbook, no row with two headings.
    """
    sheet = _opened(content).worksheets[0]
    rows = list(sheet.iter_rows(min_row=1, max_row=SEARCHED_ROWS, values_only=True))
    texts = [[_text(value) for value in row] for row in rows]
    best = max(range(len(texts)), key=lambda index: (sum(1 for text in texts[index] if text), index), default=None)
    if best is None or sum(1 for text in texts[best] if text) < 2:
        raise Refused("表样中没有找到表头行：请在第一个工作表的前 15 行内放置栏目名称。")
    return best + 1, texts[best]


def own_headings(headings: Sequence[str]) -> list[str]:
    """The headings that must be reported, without those the platform fills."""
    return [heading for heading in headings if heading and heading not in BUILT_IN]


def unmatched(headings: Sequence[str], columns: Sequence[Column]) -> list[str]:
    """Headings for which the form has no column; they stay empty in the export."""
    known = {*BUILT_IN, *(one.field.label for one in columns), *(one.heading for one in columns)}
    return [heading for heading in headings if heading and heading not in known]


def sheet_of(collection: Collection, columns: Sequence[Column], returns: Sequence[Return]) -> bytes:
    """The returns in the superior's sheet, or in the platform's own layout where none was given."""
    template: Attachment | None = collection.template
    if template is None or collection.heading_row is None:
        book, sheet, row = _own_layout(collection, columns)
        headings = [_text(cell.value) for cell in sheet[row]]
    else:
        book = _opened(read_content(template.sha256))
        sheet, row = book.worksheets[0], collection.heading_row
        headings = [_text(cell.value) for cell in sheet[row]]
    for number, found in enumerate(returns, 1):
        values = _values(found, columns, number)
        for place, heading in enumerate(headings, 1):
            if values.get(heading) is not None:
                cell = sheet.cell(row + number, place, values[heading])
                if isinstance(values[heading], str):
                    cell.data_type = "s"
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _own_layout(collection: Collection, columns: Sequence[Column]) -> tuple[Workbook, Worksheet, int]:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "汇总"
    headings = ["序号", "县（区）", "单位名称", *(one.heading for one in columns), "报送时间", "签报人"]
    sheet.append([collection.title])
    sheet.append(headings)
    for cell in (sheet["A1"], *sheet[2]):
        cell.data_type = "s"  # a title that begins with = is no formula
    sheet["A1"].font = Font(bold=True, size=14)
    for place in range(1, len(headings) + 1):
        sheet.cell(2, place).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = 8 if place == 1 else 18
    sheet.freeze_panes = "D3"
    return book, sheet, 2


def _values(found: Return, columns: Sequence[Column], number: int) -> Mapping[str, Any]:
    """What each heading shows for one return."""
    at = clock.civil(found.submitted_at).replace(tzinfo=None) if found.submitted_at else None
    built_in = {
        "number": number,
        "unit": found.unit.name,
        "county": found.county.name if found.county else "",
        "at": at,
        "signer": found.signed_by.display_name if found.signed_by else "",
    }
    values: dict[str, Any] = {heading: built_in[key] for heading, key in BUILT_IN.items()}
    for one in columns:
        value = _cell(one, found.values.get(one.field.name) if found.submitted_at else None)
        values[one.field.label] = values[one.heading] = value
    return values


def _cell(one: Column, value: Any) -> Any:
    if value is None or one.field.kind == "number":
        return value
    if one.field.kind == "decimal":
        return float(value)
    if one.field.kind == "flag":
        return "是" if value else "否"
    return str(value)


def _opened(content: bytes) -> Workbook:
    with opened_workbook(BytesIO(content), "表样不是有效的 Excel 工作簿（.xlsx），请另存后重新上传。") as book:
        return book


def _text(value: Any) -> str:
    return "" if value is None else "".join(str(value).split())
