"""PDF, Office documents and plain text. What would act by itself in a reader's program is refused in words."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from kuangan.core.errors import Refused

TAIL = 2048
LARGEST_UNPACKED = 512 * 1024 * 1024
MOST_PARTS = 5000
LARGEST_STREAM: Final = 16 * 1024 * 1024
"""Bytes of one packed part of a PDF, or of one part of relationships, that are looked through."""
MOST_UNPACKED: Final = 64 * 1024 * 1024
"""Bytes of all packed parts of a PDF together."""
_PDF_HEAD = re.compile(rb"%PDF-[12]\.\d")
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE_PDF: Final = {
    b"JavaScript": "脚本",
    b"JS": "脚本",
    b"Launch": "启动程序的动作",
    b"SubmitForm": "提交数据的动作",
    b"ImportData": "导入数据的动作",
    b"GoToR": "打开其他文件的动作",
    b"GoToE": "打开其他文件的动作",
    b"EmbeddedFile": "嵌入的文件",
    b"RichMedia": "多媒体程序",
    b"XFA": "动态表单",
    b"AA": "自动执行的动作",
}
_GAP = rb"(?:\s|%[^\r\n]*[\r\n])*+"
_NAME = re.compile(
    rb"/(?:(JS)(?="
    + _GAP
    + rb"(?:[(<]|\d+\s+\d+\s+R))|(AA)(?="
    + _GAP
    + rb"(?:<<|\d+\s+\d+\s+R))|("
    + b"|".join(sorted(_ACTIVE_PDF.keys() - {b"JS", b"AA"}))
    + rb")(?=[\s/<>()\[\]%]))"
)
"""The short names with their values only: two letters come about by chance in pictures."""
_OPENING = re.compile(rb"/OpenAction\s*(?:(\d{1,10})\s+\d{1,5}\s+R|<<)")
_URI = re.compile(rb"/URI(?=[\s/<>()\[\]%])")
_PACKED_OBJECTS = re.compile(rb"/Type\s*/ObjStm\b")
_ACTIVE_PARTS: Final = {
    "vbaproject.bin": "宏",
    "activex/": "控件",
    "embeddings/": "嵌入的对象",
    "externallinks/": "指向其他文件或程序的链接（DDE）",
}
_EXTERNAL = re.compile(rb"<(?:\w+:)?Relationship\b[^<>]*\bTargetMode\s*=\s*[\"']External[\"'][^<>]*>", re.IGNORECASE)
_LINK = re.compile(rb"\bType\s*=\s*[\"'][^\"']*/hyperlink[\"']")
_DDE = re.compile(
    rb"<(?:\w+:)?(?:instrText|fldSimple)\b[^<]*?\bDDE(?:AUTO)?\b|<(?:\w+:)?instrText\b[^<>]*>\s*DDE", re.IGNORECASE
)


def is_pdf(content: BinaryIO) -> bool:
    """Header, a cross-reference where the end says it is, end mark. Refused, in words, for what acts by itself in it."""
    data = content.read()
    if not _PDF_HEAD.match(data) or b"%%EOF" not in data[-TAIL:]:
        return False
    offsets = re.findall(rb"startxref\s+(\d+)\s+%%EOF", data[-TAIL:])
    if not offsets or len(offsets[-1]) > 12:
        return False
    at = int(offsets[-1])
    table = data[at : at + 32].lstrip()
    if not table.startswith(b"xref") and re.match(rb"\d+\s+\d+\s+obj", table) is None:
        return False
    for part in (data, *_packed(data)):
        _refuse_active_pdf(_HEX.sub(lambda code: bytes([int(code[1], 16)]), part) if b"#" in part else part)
    return True


def _refuse_active_pdf(data: bytes) -> None:
    """Names are read as readers do: ``/J#61vaScript`` is JavaScript."""
    if marker := _NAME.search(data):
        name = marker[1] or marker[2] or marker[3]
        raise Refused(f"PDF 文件含有{_ACTIVE_PDF[name]}（{name.decode()}），请另存或打印为普通 PDF 后再上传。")
    for opening in _OPENING.finditer(data):
        number = opening[1]
        place = data.find(b"\n" + number + b" ") if number else opening.start()
        if place >= 0 and _URI.search(data, place, place + TAIL):
            raise Refused("PDF 文件打开时会自动访问网址（OpenAction），请另存或打印为普通 PDF 后再上传。")


def _packed(data: bytes) -> Iterator[bytes]:
    """What lies in packed parts that hold objects, as far as it unpacks within the limits."""
    rest = MOST_UNPACKED
    for packed in _PACKED_OBJECTS.finditer(data):
        begin = data.find(b"stream", packed.end(), packed.end() + TAIL)
        if begin < 0 or rest <= 0:
            continue
        begin = begin + (8 if data[begin + 6 : begin + 8] == b"\r\n" else 7)
        try:
            part = zlib.decompressobj().decompress(data[begin : begin + LARGEST_STREAM], min(LARGEST_STREAM, rest))
        except zlib.error:
            continue
        rest -= len(part)
        yield part


def is_docx(content: BinaryIO) -> bool:
    """A Word document. Refused, in words, with macros, a template or pictures from elsewhere."""
    return _is_office(content, "word/document.xml")


def is_xlsx(content: BinaryIO) -> bool:
    """An Excel workbook. Refused, in words, with macros or links to other files and programs."""
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
            _refuse_active_parts(archive, names, main_part)
            return archive.testzip() is None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, zlib.error):
        return False


def _refuse_active_parts(archive: zipfile.ZipFile, names: set[str], main_part: str) -> None:
    for part, word in _ACTIVE_PARTS.items():
        if any(part in name.lower() for name in names):
            raise Refused(f"文件含有{word}，请删去或断开后另存为普通文件再上传。")
    for name in names:
        if name.lower().endswith(".rels"):
            for address in _EXTERNAL.findall(_beginning(archive, name)):
                if not _LINK.search(address):
                    raise Refused("文件引用了外部的模板、图片或文件，打开时会自动访问；请断开链接、改为内嵌后再上传。")
    if main_part.startswith("word/") and _DDE.search(_beginning(archive, main_part)):
        raise Refused("Word 文件含有调用其他程序的域（DDE），请删去后再上传。")


def _beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(LARGEST_STREAM)


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
