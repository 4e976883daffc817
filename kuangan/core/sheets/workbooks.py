"""Workbooks that people upload, read and filled in the workshop: what cannot be read, or costs too much, is refused."""

import logging
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO, Final

from kuangan.base import workshop
from kuangan.core.errors import Refused

LOGGER = logging.getLogger("kuangan.core")
TOO_MUCH: Final = (
    "工作簿过大或过于复杂，未能在限定的时间和内存内处理；请删去多余的内容、格式，或分成几个文件后重新上传。"
)
LARGEST_UNPACKED: Final = 100 * 1024 * 1024
"""Bytes of XML that are read; a full sheet of an import takes a fifth of it."""
SWOLLEN: Final = f"解压后超过 {LARGEST_UNPACKED >> 20} MB"
LISTS_SHEET: Final = "选项"
"""The sheet of a template that holds its lists to choose from."""
READING: Final = "kuangan.core.sheets.reading"


@dataclass(frozen=True)
class Odd:
    """A cell that is no plain value. ``kind``: error, formula (without a result), percent, long; ``text``: which, or how long.

    ``value``: the number behind a percent.
    """

    kind: str
    text: str
    value: float | None


@dataclass(frozen=True)
class Range:
    """Merged cells, first and last row and column from 1."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass(frozen=True)
class Sheet:
    """A sheet's rows that hold anything, by number, their cells by column from 1; ``others``: the visible sheets beside it.

    ``more``: there are rows beyond those asked for.
    """

    title: str
    others: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[int, Any]], ...]
    merged: tuple[Range, ...]
    more: bool


def unpacked(content: BinaryIO) -> int:
    """Bytes that a packed file says it unpacks to. Raises ``zipfile.BadZipFile``."""
    with zipfile.ZipFile(content) as archive:
        return sum(part.file_size for part in archive.infolist())


def refuse_swollen(content: bytes) -> None:
    """Refused when the workbook unpacks to more than is ever read; costs a look at its directory only."""
    if unpacked(BytesIO(content)) > LARGEST_UNPACKED:
        raise Refused(_too_large(SWOLLEN))


def _too_large(what: str) -> str:
    return f"工作簿{what}，请删去多余内容或分成几个文件后重新上传。"


def read_sheet(content: bytes, refusal: str, *, prefer: str = "", most_rows: int, longest: int) -> Sheet:
    """The sheet titled ``prefer``, or the first. Refused with ``refusal`` when it can't be read; in other words when it is too large.

    A text longer than ``longest`` is an :class:`Odd` cell.
    """
    lean = made_of_workbook("read", refusal, content, prefer, most_rows, longest)
    return Sheet(
        title=lean["title"],
        others=tuple(lean["others"]),
        rows=_rows(lean["lines"]),
        merged=tuple(Range(*bounds) for bounds in lean["merged"]),
        more=lean["more"],
    )


@dataclass(frozen=True)
class RowsOfSheet:
    """One sheet of several that were read together: its rows as in :class:`Sheet`. ``fault``: why it can't be read."""

    rows: tuple[tuple[int, Mapping[int, Any]], ...] = ()
    more: bool = False
    fault: str = ""


def read_sheets(
    content: bytes, refusal: str, titles: Sequence[str], *, most_rows: int, longest: int, limits: workshop.JobLimits
) -> tuple[tuple[str, ...], dict[str, RowsOfSheet]]:
    """The titles of all visible sheets, and those wanted that are there, read at once within ``limits``. Refused as :func:`read_sheet`."""
    args = (content, list(titles), most_rows, longest)
    lean = made_of_workbook("read_all", refusal, *args, limits=limits)
    sheets = {
        title: RowsOfSheet(fault=_too_large(given["fault"]))
        if "fault" in given
        else RowsOfSheet(_rows(given["lines"]), given["more"])
        for title, given in lean["sheets"].items()
    }
    return tuple(lean["titles"]), sheets


def _rows(lines: Sequence[tuple[int, Mapping[int, Any]]]) -> tuple[tuple[int, Mapping[int, Any]], ...]:
    return tuple((number, {at: _cell(value) for at, value in cells.items()}) for number, cells in lines)


def made_of_workbook(
    function: str, refusal: str, *args: Any, module: str = READING, limits: workshop.JobLimits = workshop.USUAL
) -> Any:
    """What a function of the workshop makes of an uploaded workbook; all that goes wrong there is a refusal."""
    try:
        return workshop.run(module, function, *args, limits=limits)
    except workshop.Died as died:
        LOGGER.warning("a workbook was refused: %r", died)
        raise Refused(TOO_MUCH) from died
    except workshop.Raised as raised:
        LOGGER.warning("a workbook was refused: %s", raised)
        if raised.kind == f"{READING}.TooLarge":
            text = _too_large(raised.text)
        else:
            text = raised.text if raised.kind.endswith(".Unfit") else refusal
        raise Refused(text) from raised


def _cell(value: Any) -> Any:
    return Odd(*value) if isinstance(value, tuple) else value
