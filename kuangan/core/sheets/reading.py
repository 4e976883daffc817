"""Reading a sheet cell by cell, with what a person sees in it: formats, errors, formulas, merged cells. Runs in the workshop.

Plain values in and out; openpyxl is imported here and nowhere near pages that only read.
"""

import logging
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO, RawIOBase
from typing import Any, BinaryIO, Final
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._reader import FORMULA_TAG, INLINE_STRING, VALUE_TAG, WorkSheetParser

from kuangan.core.sheets.workbooks import LARGEST_UNPACKED, SWOLLEN, unpacked

LOGGER = logging.getLogger("kuangan.core")
MOST_TEXT: Final = 16_000_000
"""Characters of all cells together."""
TEXT_TAG: Final = INLINE_STRING.replace("}is", "}t")
MOST_MERGED: Final = 2000
CHUNK: Final = 1 << 20
_BROKEN: Final = (
    InvalidFileException,
    zipfile.BadZipFile,
    ParseError,
    KeyError,
    ValueError,
    OSError,
    TypeError,
    IndexError,
    AttributeError,
    EOFError,
    RuntimeError,
    SyntaxError,
    zlib.error,
)
"""What openpyxl raises for parts that are missing, cut off or of another shape."""
_BLANK_CELL = re.compile(rb'<c(?: r="[A-Z]{1,3}[0-9]{1,7}"| s="[0-9]{1,6}"){2}\s*/>')
_BLANK_ROW = re.compile(rb'<row(?= [^<>]*?\br="[0-9])[^<>]*(?:/>|(?<!/)></row>)')
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')

Line = tuple[int, dict[int, Any]]
"""The number of a row from 1 and its cells by column from 1; a cell that is no plain value is a tuple (kind, text, value)."""


class Unreadable(Exception):
    """No workbook, or a broken one."""


class TooLarge(Exception):
    """A workbook with more in it than is read; the text says of what, in Chinese."""


def opened(content: BinaryIO, *, streaming: bool = False) -> Workbook:
    """The workbook, its formulas' results in place of them when ``streaming``. Raises :class:`Unreadable`, :class:`TooLarge`."""
    try:
        if unpacked(content) > LARGEST_UNPACKED:
            raise TooLarge(SWOLLEN)
        content.seek(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(content, read_only=streaming, data_only=streaming)
    except _BROKEN as broken:
        raise Unreadable(repr(broken)) from broken
    if not book.worksheets:
        raise Unreadable("no worksheet")
    return book


def read(content: bytes, prefer: str, most_rows: int, longest: int) -> dict[str, Any]:
    """One sheet, the one titled ``prefer`` or the first: ``title``, ``others`` (titles), ``lines``, ``merged`` (bounds), ``more``.

    Texts beyond ``longest`` are not passed on, only their length. ``more``: there are rows beyond ``most_rows``.
    Raises :class:`Unreadable`, :class:`TooLarge`.
    """
    book = opened(BytesIO(content), streaming=True)
    try:
        sheet = book[prefer] if prefer in book.sheetnames else book.worksheets[0]
        lines, more, merged = _lines(book, sheet, most_rows, longest)
    except _BROKEN as broken:
        raise Unreadable(repr(broken)) from broken
    others = [other.title for other in book.worksheets if other is not sheet and other.sheet_state == "visible"]
    return {"title": sheet.title, "others": others, "lines": lines, "merged": merged, "more": more}


def read_all(content: bytes, titles: list[str], most_rows: int, longest: int) -> dict[str, Any]:
    """The ``titles`` of all visible sheets, and of those wanted that are there ``lines`` and ``more``, or ``fault``: why one can't be read.

    The workbook is opened once. Raises :class:`Unreadable`, :class:`TooLarge`.
    """
    book = opened(BytesIO(content), streaming=True)
    sheets: dict[str, dict[str, Any]] = {}
    for title in titles:
        if title not in book.sheetnames:
            continue
        try:
            lines, more, _ = _lines(book, book[title], most_rows, longest)
            sheets[title] = {"lines": lines, "more": more}
        except TooLarge as too_large:
            sheets[title] = {"fault": str(too_large)}
        except _BROKEN as broken:
            raise Unreadable(repr(broken)) from broken
    visible = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    return {"titles": visible, "sheets": sheets}


def _lines(book: Workbook, sheet: Any, most_rows: int, longest: int) -> tuple[list[Line], bool, list[tuple[int, ...]]]:
    with sheet._get_source() as source:  # noqa: SLF001  # openpyxl's own reader stops at values
        parser = _Parser(book, _Lean(source), sheet._shared_strings)  # noqa: SLF001
        cell = _cell_reader(_percent_styles(book), longest)
        lines: list[Line] = []
        text = 0
        for number, cells in parser.parse():
            given = {raw_cell["column"]: cell(raw_cell) for raw_cell in cells if _holds(raw_cell)}
            if not given:
                continue
            if len(lines) == most_rows:
                return lines, True, []
            lines.append((number, given))
            text += sum(len(value) for value in given.values() if isinstance(value, str))
            if text > MOST_TEXT:
                raise TooLarge("表内文字过多")
    return lines, False, _merged(parser)


def _holds(cell: dict[str, Any]) -> bool:
    """Whether a cell is not blank for a person, or not meant to be."""
    value = cell["value"]
    return value is not None and (not isinstance(value, str) or cell["data_type"] == "f" or bool(value.strip()))


def _merged(parser: "_Parser") -> list[tuple[int, ...]]:
    ranges = parser.merged_cells.mergeCell if parser.merged_cells is not None else ()
    if len(ranges) > MOST_MERGED:
        raise TooLarge(f"合并单元格超过 {MOST_MERGED} 处")
    return [(span.min_row, span.max_row, span.min_col, span.max_col) for span in ranges]


class _Parser(WorkSheetParser):  # type: ignore[misc]  # openpyxl ships no types
    """Openpyxl's parser, to which a formula without a result is no blank cell."""

    def __init__(self, book: Workbook, source: Any, texts: Any) -> None:
        super().__init__(
            source,
            texts,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,  # noqa: SLF001
            timedelta_formats=book._timedelta_formats,  # noqa: SLF001
        )

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """The cell; ``data_type`` f for a formula that no program has calculated."""
        if (text := _plain_text(element)) is not None:
            row, self.col_counter = coordinate_to_tuple(element.get("r"))
            return {"row": row, "column": self.col_counter, "value": text, "data_type": "s", "style_id": 0}
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            result = element.find(VALUE_TAG)
            if result is None or element.get("t", "n") == "n":
                cell |= {"value": "", "data_type": "f"}
        return cell


def _plain_text(element: Any) -> str | None:
    """The text of a cell that holds it itself and without looks; None for all other cells. Half of a reader's time else."""
    if element.get("t") != "inlineStr" or not element.get("r"):
        return None
    holder = element.find(INLINE_STRING)
    if holder is None or len(holder) != 1 or holder[0].tag != TEXT_TAG:
        return None
    return holder[0].text or ""


def _cell_reader(percent: set[int], longest: int) -> Callable[[dict[str, Any]], Any]:
    def reader(cell: dict[str, Any]) -> Any:
        value, kind = cell["value"], cell["data_type"]
        if kind == "n":
            return ("percent", "", value) if cell["style_id"] in percent and isinstance(value, int | float) else value
        if kind in ("e", "f"):
            return ("error" if kind == "e" else "formula", str(value)[:20], None)
        if isinstance(value, str) and len(value) > longest:
            return ("long", str(len(value)), None)
        return value

    return reader


def _percent_styles(book: Workbook) -> set[int]:
    """The styles that show a hundredth as one."""
    formats = book._number_formats  # noqa: SLF001
    percent = set()
    for index, style in enumerate(book._cell_styles):  # noqa: SLF001
        number = style.numFmtId
        if number < BUILTIN_FORMATS_MAX_SIZE:
            shown = BUILTIN_FORMATS.get(number, "General")
        else:
            place = number - BUILTIN_FORMATS_MAX_SIZE
            shown = formats[place] if place < len(formats) else "General"
        if "%" in _QUOTED.sub("", shown):
            percent.add(index)
    return percent


class _Lean(RawIOBase):
    """A sheet's XML without cells and rows that hold nothing but a format, so that a million of them are passed over quickly."""

    def __init__(self, source: Any) -> None:
        self._parts = self._cut(source)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Some bytes, or none at the end; ``size`` is the most."""
        while not self._rest:
            part = next(self._parts, None)
            if part is None:
                return b""
            self._rest = part
        taken = self._rest[:size] if size >= 0 else self._rest
        self._rest = self._rest[len(taken) :]
        return taken

    def _cut(self, source: Any) -> Iterator[bytes]:
        """Parts that end behind a tag."""
        rest = b""
        while chunk := source.read(CHUNK):
            whole, end, rest = (rest + chunk).rpartition(b">")
            yield _BLANK_ROW.sub(b"", _BLANK_CELL.sub(b"", whole + end))
        yield rest
