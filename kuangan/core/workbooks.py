"""Opening workbooks that people upload: what cannot be read, or would fill the memory, is refused."""

import logging
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from kuangan.core.errors import Refused

LOGGER = logging.getLogger("kuangan.core")
LARGEST_UNPACKED: Final = 100 * 1024 * 1024
"""Bytes of XML that are read; a full sheet of an import takes a fifth of it."""
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
    zlib.error,
)
"""What openpyxl raises for parts that are missing, cut off or of another shape."""


@contextmanager
def opened_workbook(content: BinaryIO, refusal: str, *, streaming: bool = False) -> Iterator[Workbook]:
    """The workbook, to be read within the block. Refused with these words when it or its sheets can't be read.

    ``streaming``: row by row, values only. Refused too: a workbook that unpacks to more than the limit.
    """
    try:
        _refuse_bomb(content)
        book = load_workbook(content, read_only=streaming, data_only=streaming)
        if not book.worksheets:
            raise Refused(refusal)
        yield book
    except _BROKEN as broken:
        LOGGER.warning("a workbook was refused: %r", broken)
        raise Refused(refusal) from broken


def _refuse_bomb(content: BinaryIO) -> None:
    with zipfile.ZipFile(content) as archive:
        size = sum(part.file_size for part in archive.infolist())
    if size > LARGEST_UNPACKED:
        raise Refused(f"工作簿解压后超过 {LARGEST_UNPACKED >> 20} MB，请删去多余内容或分成几个文件后重新上传。")
    content.seek(0)
