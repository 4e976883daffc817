"""The workbook to fill in: a sheet for each part of the city, lists to choose from, explanations, samples apart."""

from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from kuangan.city.book.grammar import BookSheet
from kuangan.city.book.sheets import NOTES_SHEET, SAMPLE_OF, SHEETS
from kuangan.core.sheets.templates import FORMATS, Lists, head, hint
from kuangan.core.sheets.workbooks import LISTS_SHEET
from kuangan.core.values.shown import NUMBERS, YES_NO
from kuangan.law.field import Field


def template() -> bytes:
    """The empty workbook."""
    book = Workbook()
    notes = book.worksheets[0]
    notes.title = NOTES_SHEET
    lists = book.create_sheet(LISTS_SHEET)
    offers = Lists(lists)
    for law in SHEETS:
        _empty(book.create_sheet(law.title), law, offers)
    for law in SHEETS:
        _samples(book.create_sheet(f"{SAMPLE_OF}{law.title}"), law)
    _explain(notes)
    lists.sheet_state = "hidden"
    book.move_sheet(lists, offset=len(book.worksheets))
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _headings(law: BookSheet) -> list[str]:
    return [column.heading + ("*" if column.required else "") for column in law.fields]


def _empty(sheet: Any, law: BookSheet, offers: Lists) -> None:
    head(sheet, law.fields, _headings(law))
    for index, column in enumerate(law.fields, start=1):
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].number_format = FORMATS.get(
            column.kind, "General" if column.kind in NUMBERS else "@"
        )
        offers.offer(sheet, letter, _options(column))


def _options(column: Field) -> list[str]:
    if column.kind == "flag":
        return list(YES_NO.values())
    return [label for _, label in column.choices]


def _samples(sheet: Any, law: BookSheet) -> None:
    head(sheet, law.fields, _headings(law))
    for sample in law.samples:
        sheet.append(
            [dict(column.choices).get(str(sample.get(column.name)), sample.get(column.name)) for column in law.fields]
        )


def _explain(sheet: Any) -> None:
    sheet.append(["建市工作簿"])
    sheet.append(["各表第 1 行为栏目，自第 2 行起一行填写一项，带 * 的必填；“样例-”各表只供参照，不导入。"])
    sheet.append(["有一行不能导入，整个工作簿不导入；改正后重新导入时，已登记且无变化的不重复登记，只列出差异。"])
    sheet.append(["工作表", "栏目", "是否必填", "填写方式", "可选项或说明"])
    for law in SHEETS:
        sheet.append([law.title, "", "", "", law.help])
        for column in law.fields:
            more = "、".join(_options(column)) or column.help
            sheet.append(["", column.label, "必填" if column.required else "选填", hint(column), more])
    for letter, wide in zip("ABCDE", (14, 24, 10, 30, 70), strict=True):
        sheet.column_dimensions[letter].width = wide
    for number, row in enumerate(sheet.iter_rows(), start=1):
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=number >= 4)
            if number in (1, 4) or (cell.column == 1 and number > 4):
                cell.font = Font(bold=True)
