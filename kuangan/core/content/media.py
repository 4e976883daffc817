"""Sound and moving pictures, by their containers."""

import os
import struct
from typing import BinaryIO

_BOXES = frozenset({b"moov", b"moof"})
_EBML = b"\x1a\x45\xdf\xa3"
_MP3_RATES = 3
_MOST_BOXES = 100_000


def _size(content: BinaryIO) -> int:
    at = content.tell()
    size = content.seek(0, os.SEEK_END)
    content.seek(at)
    return size


def is_mp4(content: BinaryIO) -> bool:
    """Boxes from `ftyp` to the end of the file without a gap, a movie box among them."""
    total, at, kinds = _size(content), 0, list[bytes]()
    while at < total and len(kinds) < _MOST_BOXES:
        content.seek(at)
        head = content.read(16)
        if len(head) < 8:
            return False
        length, kind = struct.unpack(">I4s", head[:8])
        if length == 1 and len(head) == 16:
            length = struct.unpack(">Q", head[8:])[0]
        elif length == 0:
            length = total - at
        if length < 8:
            return False
        kinds.append(kind)
        at += length
    return at == total and kinds[:1] == [b"ftyp"] and not _BOXES.isdisjoint(kinds)


def is_webm(content: BinaryIO) -> bool:
    """An EBML head that names the document type webm, and a segment after it."""
    head = content.read(4096)
    return head.startswith(_EBML) and b"\x42\x82\x84webm" in head and b"\x18\x53\x80\x67" in head


def is_wav(content: BinaryIO) -> bool:
    """A RIFF of the stated size with a format and a data chunk."""
    total = _size(content)
    head = content.read(12)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE" or struct.unpack("<I", head[4:8])[0] > total - 8:
        return False
    kinds = set()
    while len(chunk := content.read(8)) == 8:
        kind, length = struct.unpack("<4sI", chunk)
        kinds.add(kind)
        content.seek(length + length % 2, os.SEEK_CUR)
    return {b"fmt ", b"data"} <= kinds


def is_mp3(content: BinaryIO) -> bool:
    """Two MPEG audio frames in a row, after an optional ID3 tag."""
    head = content.read(10)
    start = 0
    if head[:3] == b"ID3" and len(head) == 10 and all(byte < 0x80 for byte in head[6:]):
        start = 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9])
    content.seek(start)
    first = _mp3_frame_bytes(content.read(4))
    if not first:
        return False
    content.seek(start + first)
    return bool(_mp3_frame_bytes(content.read(4)))


_V1_KBPS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_V2_KBPS = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_HZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def _mp3_frame_bytes(head: bytes) -> int:
    """Length of the layer III frame whose head this is; 0 when it is none."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    rate, hz, padded = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version not in _HZ or layer != 1 or rate in (0, 15) or hz == _MP3_RATES:
        return 0
    kbps, factor = (_V1_KBPS[rate - 1], 144) if version == 3 else (_V2_KBPS[rate - 1], 72)
    return factor * kbps * 1000 // _HZ[version][hz] + padded
