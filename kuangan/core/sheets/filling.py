"""Filling a superior's sheet below its headings and above its signatures. Runs in the workshop; plain values in and out."""

from copy import copy
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from kuangan.base.text import clean_text
from kuangan.core.sheets.reading import opened

SEARCHED_ROWS: Final = 15
"""Rows in which the headings are looked for."""
DEEPEST_HEADING: Final = 4
"""Rows that the headings may take."""
MOST_ROWS: Final = 2000
MOST_COLUMNS: Final = 200
LONGEST_HEADING: Final = 100


class Unfit(Exception):
    """A sheet that can't be filled; the text says in Chinese why and what to change."""


@dataclass(frozen=True)
class SheetLayout:
    """Where the headings stand, and the first row below them that holds anything: signatures, notes; None for none."""

    first: int
    last: int
    headings: list[str]
    foot: int | None


def headings(content: bytes) -> dict[str, Any]:
    """The ``last`` row of the headings and the ``headings`` by column, "" for none. Raises :class:`Unfit`, ``Unreadable``, ``TooLarge``."""
    layout = _layout(opened(BytesIO(content)).worksheets[0])
    return {"last": layout.last, "headings": layout.headings}


def filled(content: bytes, rows: list[dict[str, Any]]) -> bytes:
    """The sheet with one row for each mapping from heading to value. Raises as :func:`headings`."""
    book = opened(BytesIO(content))
    sheet = book.worksheets[0]
    layout = _layout(sheet)
    _make_room(sheet, layout, len(rows))
    styles = [sheet.cell(layout.last + 1, place) for place in range(1, len(layout.headings) + 1)]
    styles = [copy(cell._style) for cell in styles]  # noqa: SLF001  # borders and fonts of the sheet's own first row
    for number, row in enumerate(rows, 1):
        for place, heading in enumerate(layout.headings, 1):
            cell = sheet.cell(layout.last + number, place)
            cell._style = copy(styles[place - 1])  # noqa: SLF001  # as above
            _put(cell, row.get(heading) if heading else None)
    return _saved(book)


def own(title: str, names: list[str], rows: list[dict[str, Any]], note: str) -> bytes:
    """The rows in the platform's own layout; ``note`` stands beside the title."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "汇总"
    _put(sheet.cell(1, 1), title)
    sheet["A1"].font = Font(bold=True, size=14)
    for place, heading in enumerate(names, 1):
        cell = sheet.cell(2, place)
        _put(cell, heading)
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = 8 if place == 1 else 18
    if note:
        _put(sheet.cell(1, len(names) + 1), note)
    sheet.freeze_panes = "D3"
    for number, row in enumerate(rows, 3):
        for place, heading in enumerate(names, 1):
            _put(sheet.cell(number, place), row.get(heading))
    return _saved(book)


def several(sheets: list[tuple[str, list[str], list[list[Any]]]]) -> bytes:
    """A workbook of several sheets, each by its title, headings and rows."""
    book = Workbook(write_only=True)
    for title, names, rows in sheets:
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for row in (names, *rows):
            cells = [WriteOnlyCell(sheet) for _ in row]
            for cell, value in zip(cells, row, strict=True):
                _put(cell, value)
            sheet.append(cells)
    return _saved(book)


def _put(cell: Any, value: Any) -> None:
    """Text stays text, whatever it begins with, and holds only what a workbook can."""
    if value is None:
        return
    cell.value = None
    if isinstance(value, str):
        cell.value = clean_text(value)
        cell.data_type = "s"
    else:
        cell.value = value
        if isinstance(value, datetime):
            cell.number_format = "yyyy-mm-dd hh:mm"


def _saved(book: Workbook) -> bytes:
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _text(value: Any) -> str:
    return "" if value is None else "".join(str(value).split())[:LONGEST_HEADING]


def _layout(sheet: Worksheet) -> SheetLayout:
    """Raises :class:`Unfit`."""
    if sheet.max_row > MOST_ROWS or sheet.max_column > MOST_COLUMNS:
        raise Unfit(f"表样过大（最多 {MOST_ROWS} 行、{MOST_COLUMNS} 列），请删去表头以外多余的行列和格式后重新上传。")
    texts = [[_text(cell.value) for cell in row] for row in sheet.iter_rows(min_row=1, max_row=SEARCHED_ROWS)]
    best = max(range(len(texts)), key=lambda index: (sum(1 for text in texts[index] if text), index), default=None)
    if best is None or sum(1 for text in texts[best] if text) < 2:
        raise Unfit("表样中没有找到表头行：请在第一个工作表的前 15 行内放置栏目名称。")
    first, last = _block(sheet, best + 1)
    layout = SheetLayout(first, last, _named(texts, first, last), _foot(sheet, last))
    _refuse_unfillable(sheet, layout)
    return layout


def _block(sheet: Worksheet, row: int) -> tuple[int, int]:
    """The rows of the headings: the row found, and those to which cells of it are merged."""
    first = last = row
    for merged in sheet.merged_cells.ranges:
        if merged.max_row > merged.min_row and merged.min_row <= row <= merged.max_row:
            first, last = min(first, merged.min_row), max(last, merged.max_row)
    if last - first >= DEEPEST_HEADING:
        raise Unfit(f"表样第 {first} 至 {last} 行合并为表头，最多 {DEEPEST_HEADING} 行，请调整后重新上传。")
    return first, last


def _named(texts: list[list[str]], first: int, last: int) -> list[str]:
    """The lowest text of each column; the same one twice is told apart by what stands above it."""
    block = texts[first - 1 : last]
    lowest = [next((text for text in reversed(column) if text), "") for column in zip(*block, strict=True)]
    groups: list[str] = []
    for text in block[0]:
        groups.append(text or (groups[-1] if groups else ""))
    twice = {text for text in lowest if text and lowest.count(text) > 1}
    return [
        f"{group}{text}" if text in twice and group != text else text
        for group, text in zip(groups, lowest, strict=True)
    ]


def _foot(sheet: Worksheet, last: int) -> int | None:
    for number, row in enumerate(sheet.iter_rows(min_row=last + 1), last + 1):
        if any(_text(cell.value) for cell in row):
            return number
    return None


def _refuse_unfillable(sheet: Worksheet, layout: SheetLayout) -> None:
    """Raise :class:`Unfit` for a sheet in which rows between headings and signatures would overwrite or break something."""
    names = [heading for heading in layout.headings if heading]
    if len(set(names)) < len(names):
        raise Unfit("表样有相同的栏目名称，请改为不同的名称后重新上传。")
    if layout.foot == layout.last + 1 and sum(1 for cell in sheet[layout.foot] if _text(cell.value)) > 1:
        raise Unfit(
            f"表样第 {layout.foot} 行紧接表头且已有内容：两行表头请把各栏上下合并；示例数据请删去，只保留表头和签字行。"
        )
    for row in sheet.iter_rows(min_row=layout.last + 1):
        for cell in row:
            if cell.data_type == "f":
                raise Unfit(f"表样单元格 {cell.coordinate} 是公式，插入各单位数据后会算错，请删去公式后重新上传。")
    for merged in sheet.merged_cells.ranges:
        if layout.last < merged.max_row and (layout.foot is None or merged.min_row < layout.foot):
            raise Unfit(f"表样数据行有合并单元格 {merged.coord}，请取消合并后重新上传。")


def _make_room(sheet: Worksheet, layout: SheetLayout, count: int) -> None:
    """Move what stands below the headings down, with its merged cells and heights, until ``count`` rows fit above it."""
    if layout.foot is None:
        return
    by = layout.last + 1 + count - layout.foot
    if by <= 0:
        return
    moved = [merged for merged in sheet.merged_cells.ranges if merged.min_row >= layout.foot]
    for merged in moved:
        sheet.unmerge_cells(merged.coord)
    heights = {row: sheet.row_dimensions[row].height for row in range(layout.foot, sheet.max_row + 1)}
    sheet.move_range(f"A{layout.foot}:{get_column_letter(sheet.max_column)}{sheet.max_row}", rows=by)
    for merged in moved:
        merged.shift(row_shift=by)
        sheet.merge_cells(merged.coord)
    for row, height in sorted(heights.items(), reverse=True):
        sheet.row_dimensions[row + by].height = height
        sheet.row_dimensions[row].height = None
