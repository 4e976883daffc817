"""A workbook as it comes: its sheets by title, its headings by their own words or those of other lists, every cell that cannot be taken named.

What one row says never keeps another from being read; a sheet that is missing is passed over.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from kuangan.base.workshop import JobLimits
from kuangan.city.book.grammar import BookSheet
from kuangan.core.sheets.workbooks import Odd, RowsOfSheet, read_sheets
from kuangan.core.values.cleaning import cleaned
from kuangan.core.values.plain import LONGEST, MOST_BLANKS, is_empty, plain_text

UNREADABLE: Final = "文件不是有效的 Excel 工作簿（.xlsx），请用平台的建市工作簿模板填写。"
MOST_ROWS: Final = 50_000
LIMITS: Final = JobLimits(cpu_s=60, wall_s=120.0)
"""A whole city is read in a job of its own, never while somebody waits for a page."""
LONGEST_CELL: Final = max(LONGEST.values()) + MOST_BLANKS
REASONS: Final = "不能导入的原因"
"""The last column of the workbook that holds the rows of a book that were refused; it is not read."""
HEADING_ROWS: Final = 5
"""Rows at the top of a sheet in which its headings are looked for: lists of other origin have a title above them."""

_NARROW: Final = {
    0xFF00 + code - 0x20: code
    for first, last in (("0", "9"), ("A", "Z"), ("a", "z"))
    for code in range(ord(first), ord(last) + 1)
} | {0x3000: " "}


@dataclass
class BookRow:
    """One row: its number, its stored values by field, what is wrong by field ("" = the row), and its cells as they were given."""

    number: int
    values: dict[str, Any]
    faults: dict[str, str] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class ReadSheet:
    """A sheet of the book as it was read. ``unread``: headings that belong to no column; ``fault``: why it could not be read at all."""

    law: BookSheet
    rows: list[BookRow] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    fault: str = ""


def read_book(
    content: bytes, laws: Sequence[BookSheet], told: Mapping[str, Mapping[str, str]]
) -> tuple[tuple[str, ...], list[ReadSheet]]:
    """The titles of all visible sheets, and those of the book. ``told``: by sheet, what somebody said headings mean. Refused: no workbook."""
    titles, sheets = read_sheets(
        content,
        UNREADABLE,
        [law.title for law in laws],
        most_rows=MOST_ROWS + HEADING_ROWS,
        longest=LONGEST_CELL,
        limits=LIMITS,
    )
    return titles, [
        read_book_sheet(law, sheets[law.title], told.get(law.title, {})) for law in laws if law.title in sheets
    ]


def read_book_sheet(law: BookSheet, sheet: RowsOfSheet, told: Mapping[str, str]) -> ReadSheet:
    """One sheet. ``told``: by heading of other origin, the field that somebody said it means, "" for none."""
    read = ReadSheet(law, fault=sheet.fault)
    if sheet.more:
        read.fault = f"一张工作表最多 {MOST_ROWS} 行，请分成几个文件导入"
    if read.fault or not sheet.rows:
        return read
    top, names = _headings(law, sheet, told)
    cells = dict(sheet.rows)[top]
    ignored = {heading_key(REASONS)} | {heading_key(text) for text, name in told.items() if not name}
    texts = [plain_text(text) for at, text in cells.items() if at not in names and not isinstance(text, Odd)]
    read.unread = [text for text in texts if heading_key(text) not in ignored]
    missing = [column.label for column in law.fields if column.required and column.name not in names.values()]
    if missing:
        read.fault = f"表头缺少“{'”“'.join(missing)}”"
        return read
    read.rows = [_row(law, number, values, names) for number, values in sheet.rows if number > top]
    read.rows = [row for row in read.rows if row.values or row.faults]
    return read


def heading_key(text: str) -> str:
    """A heading as it is compared: full-width forms folded, without blanks, marks of duty and what stands in brackets."""
    folded = "".join(unicodedata.normalize("NFKC", text).split()).rstrip("*")
    return folded.partition("(")[0] or folded


def _headings(law: BookSheet, sheet: RowsOfSheet, told: Mapping[str, str]) -> tuple[int, dict[int, str]]:
    """The row of the headings and the field of each of its columns: the row among the first that names most of them."""
    known = {heading_key(column.label): column.name for column in law.fields}
    for name, aliases in law.aliases.items():
        for alias in aliases:
            known.setdefault(heading_key(alias), name)
    known |= {heading_key(text): name for text, name in told.items() if name}
    best: tuple[int, dict[int, str]] = (1, {})
    for number, cells in sheet.rows[:HEADING_ROWS]:
        names: dict[int, str] = {}
        for at, text in cells.items():
            name = "" if isinstance(text, Odd) else known.get(heading_key(plain_text(text)), "")
            if name and name not in names.values():
                names[at] = name
        if len(names) > len(best[1]):
            best = number, names
    return best


def _row(law: BookSheet, number: int, cells: Mapping[int, Any], names: Mapping[int, str]) -> BookRow:
    given: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for at, name in names.items():
        value = cells.get(at)
        if isinstance(value, Odd):
            faults[name] = "是错误值、公式或者过长的文字，请改为直接填写的内容"
        elif not is_empty(value):
            given[name] = _folded(value)
    if not given and not faults:
        return BookRow(number, {})
    values, wrong = cleaned(law.fields, given)
    return BookRow(number, values, wrong | faults, given)


def _folded(value: Any) -> Any:
    """Full-width digits and letters are the same as narrow ones; brackets and stops of a Chinese name stay."""
    return value.translate(_NARROW) if isinstance(value, str) else value
