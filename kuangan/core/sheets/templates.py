"""Empty sheets to fill in: headings, formats, lists to choose from. For pages and commands that hand a template out."""

from collections.abc import Sequence
from typing import Any, Final

from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from kuangan.base.text import clean_text
from kuangan.core.sheets.workbooks import LISTS_SHEET
from kuangan.law.field import Field

MOST_ROWS: Final = 20_000
"""Rows below the heading for which a list is offered."""
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
    "point": "测点编码",
    "entry": "条目号",
    "money": "金额，单位：元",
    "reading": "读数，保留两位小数",
    "period": "起止日期，例如 2026-03-01 至 2026-03-31",
    "place": "地点，可在后面写（纬度，经度）",
}
FORMATS: Final = {"date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm"}
GREY: Final = PatternFill("solid", fgColor="E6EEF8")


def head(sheet: Any, fields: Sequence[Field], texts: Sequence[str]) -> None:
    """The first row of a sheet, and how wide its columns are."""
    for index, (field, text) in enumerate(zip(fields, texts, strict=True), start=1):
        cell = sheet.cell(1, index, text)
        cell.font, cell.fill = Font(bold=True), GREY
        sheet.column_dimensions[get_column_letter(index)].width = width(field)
    sheet.freeze_panes = "A2"


def hint(field: Field) -> str:
    """How a column is filled in."""
    return KIND_HINTS[field.kind] + (f"，单位：{field.suffix}" if field.suffix else "")


def width(field: Field) -> int:
    return {"longtext": 40, "lines": 32, "text": 24, "mine": 30, "unit": 30, "moment": 18}.get(field.kind, 14)


class Lists:
    """The hidden sheet of lists to choose from, a column for each."""

    def __init__(self, sheet: Any) -> None:
        self._sheet, self._used = sheet, 0

    def offer(self, sheet: Any, letter: str, options: Sequence[str]) -> None:
        """Let the cells of a column be chosen from a list."""
        if not options:
            return
        self._used += 1
        own = get_column_letter(self._used)
        for index, text in enumerate(options, start=1):
            cell = self._sheet[f"{own}{index}"]
            cell.value = clean_text(text)
            cell.data_type = "s"
        check = DataValidation(type="list", formula1=f"{LISTS_SHEET}!${own}$1:${own}${len(options)}", allow_blank=True)
        check.error, check.errorTitle, check.showErrorMessage = "请从下拉列表中选择", "不在可选项内", True
        sheet.add_data_validation(check)
        check.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
