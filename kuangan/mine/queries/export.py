"""The list of mines for officials' spreadsheets."""

import io
from datetime import date

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from kuangan.base.text import clean_text
from kuangan.mine.models import AttributeName
from kuangan.mine.queries.mines import mine_list

_WIDTHS = (16, 24, 14, 20, 24, 24)
_OTHER_WIDTH = 16


def export_rows(user: object, on: date) -> tuple[list[str], list[list[str | int]]]:
    """Header and rows of the mines in the user's sight, with their properties on a day."""
    header = ["煤矿编码", "煤矿名称", "所在县（区）", "日常监管主体", "上级公司", "监察机构"]
    header += [*AttributeName.labels, "测点数", "待确认地点测点数", "在采（掘）工作面数"]
    lines: list[list[str | int]] = []
    for line in mine_list(user, on):
        mine = line.mine
        company = mine.company.name if mine.company else ""
        inspectorate = mine.inspectorate.name if mine.inspectorate else ""
        cells: list[str | int] = [mine.code, mine.name, mine.county.name, mine.supervisor.name, company, inspectorate]
        cells += [line.attribute(name) for name in AttributeName.values]
        lines.append([*cells, line.points, line.unplaced, line.faces])
    return header, lines


def export_workbook(user: object, on: date) -> bytes:
    """The same as an .xlsx file; codes are texts, and no cell can become a formula."""
    header, lines = export_rows(user, on)
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "煤矿名册"
    sheet.append(header)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for cells in lines:
        sheet.append([clean_text(value) if isinstance(value, str) else value for value in cells])
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    for column in range(1, len(header) + 1):
        width = _WIDTHS[column - 1] if column <= len(_WIDTHS) else _OTHER_WIDTH
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "C2"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
