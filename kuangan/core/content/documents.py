"""PDF, Office documents and plain text."""

import re
import zipfile
import zlib
from typing import BinaryIO

TAIL = 2048
LARGEST_UNPACKED = 512 * 1024 * 1024
MOST_PARTS = 5000
_ACTIVE_PDF = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")
_ACTIVE_PARTS = ("vbaproject.bin", "activex/", "embeddings/")
_PDF_HEAD = re.compile(rb"%PDF-[12]\.\d")


def is_pdf(content: BinaryIO) -> bool:
    """Header, a cross-reference where the end says it is, end mark; no scripts, launches or files inside."""
    data = content.read()
    if not _PDF_HEAD.match(data) or b"%%EOF" not in data[-TAIL:]:
        return False
    offsets = re.findall(rb"startxref\s+(\d+)\s+%%EOF", data[-TAIL:])
    if not offsets:
        return False
    at = int(offsets[-1])
    table = data[at : at + 32].lstrip()
    found = table.startswith(b"xref") or re.match(rb"\d+\s+\d+\s+obj", table) is not None
    return found and _ACTIVE_PDF.search(data) is None


def is_docx(content: BinaryIO) -> bool:
    """A Word document without macros."""
    return _is_office(content, "word/document.xml")


def is_xlsx(content: BinaryIO) -> bool:
    """An Excel workbook without macros."""
    return _is_office(content, "xl/workbook.xml")


def _is_office(content: BinaryIO, main_part: str) -> bool:
    """A sound zip of bounded unpacked size that holds the main part and nothing active."""
    try:
        with zipfile.ZipFile(content) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                return False
            names = {part.filename for part in parts}
            if not {"[Content_Types].xml", main_part} <= names:
                return False
            if any(active in name.lower() for name in names for active in _ACTIVE_PARTS):
                return False
            return archive.testzip() is None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, zlib.error):
        return False


def is_text(content: BinaryIO) -> bool:
    """UTF-8 or GB 18030 text that is not empty and has no control characters but tab and line ends."""
    data = content.read()
    if not data or re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", data):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
