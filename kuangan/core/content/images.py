"""JPEG and PNG, walked through by their own structure."""

import struct
import zlib
from typing import BinaryIO

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
LONGEST_CHUNK = 64 * 1024 * 1024
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN = 0xDA
_END_OF_IMAGE = b"\xff\xd9"


def is_jpeg(content: BinaryIO) -> bool:
    """Segments from the start to the first scan, with a frame of non-zero size before it, and an end mark after it."""
    if content.read(2) != b"\xff\xd8":
        return False
    framed = False
    while True:
        mark = content.read(2)
        if len(mark) < 2 or mark[0] != 0xFF:
            return False
        if mark[1] == 0xFF:
            content.seek(-1, 1)
            continue
        if mark[1] in _STANDALONE:
            continue
        size = content.read(2)
        if len(size) < 2 or (length := struct.unpack(">H", size)[0]) < 2:
            return False
        body = content.read(length - 2)
        if len(body) != length - 2:
            return False
        if mark[1] in _FRAMES:
            framed = length >= 8 and body[1:3] != b"\0\0" and body[3:5] != b"\0\0"
        if mark[1] == _START_OF_SCAN:
            return framed and _END_OF_IMAGE in content.read()


def is_png(content: BinaryIO) -> bool:
    """Every chunk's checksum holds, from a header of non-zero size to the end chunk, with image data between."""
    if content.read(8) != PNG_MAGIC:
        return False
    kinds: list[bytes] = []
    while not kinds or kinds[-1] != b"IEND":
        head = content.read(8)
        if len(head) < 8:
            return False
        length, kind = struct.unpack(">I4s", head)
        if length > LONGEST_CHUNK:
            return False
        body, check = content.read(length), content.read(4)
        if len(body) != length or len(check) < 4 or zlib.crc32(kind + body) != struct.unpack(">I", check)[0]:
            return False
        if not kinds and (kind != b"IHDR" or length != 13 or 0 in struct.unpack(">II", body[:8])):
            return False
        kinds.append(kind)
    return b"IDAT" in kinds
