"""One frame of the journal: a received file with its sequence number, its three clocks and a checksum over all of it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap
from typing import Final, Literal

import zstandard

MAGIC: Final = b"KJF1"
# magic, bytes after the header, sequence, source, file and received clock, lengths of mine, type and name, encoding, crc
_HEADER: Final = struct.Struct("<4sIQqqqBBHBI")
_CRC: Final = struct.Struct("<I")
_CRC_AT: Final = _HEADER.size - _CRC.size
_ENCODINGS: Final = ("identity", "zstd")

Encoding = Literal["identity", "zstd"]
Buffer = bytes | mmap


@dataclass(frozen=True, slots=True)
class Frame:
    """A received file. `stored` is always zstd: compressed by us (encoding identity) or exactly as it came (zstd).

    Clocks in seconds UTC: source (the data's own), file (the file's header or name), received (this machine).
    A frame without a mine is no file but a note: the numbers from `source_at` to `seq` were never given to a file.
    """

    seq: int
    mine: str
    type: str
    name: str
    source_at: int
    file_at: int
    received_at: int
    encoding: Encoding
    stored: bytes

    def content(self) -> bytes:
        """The decoded body. Raises zstandard.ZstdError when a zstd body came damaged."""
        return zstandard.ZstdDecompressor().decompressobj().decompress(self.stored)

    @property
    def is_file(self) -> bool:
        """Whether it is a received file, not a note."""
        return bool(self.mine)

    @property
    def numbers(self) -> range:
        """The numbers that this frame accounts for."""
        return range(self.seq if self.is_file else self.source_at, self.seq + 1)


def note_of(skipped: range, reason: str, at: int) -> Frame:
    """The note that these numbers were never given to a file; `reason` for people who read the journal itself."""
    return Frame(skipped[-1], "", "", "", skipped[0], 0, at, "zstd", zstandard.compress(reason.encode()))


@dataclass(frozen=True, slots=True)
class Damage:
    """A byte range that holds no valid frame."""

    path: str
    start: int
    stop: int


def encode(frame: Frame) -> bytes:
    """The frame as written to disk."""
    mine, kind, name = frame.mine.encode(), frame.type.encode(), frame.name.encode()
    payload = mine + kind + name + frame.stored
    head = _HEADER.pack(
        MAGIC, len(payload), frame.seq, frame.source_at, frame.file_at, frame.received_at,
        len(mine), len(kind), len(name), _ENCODINGS.index(frame.encoding), 0,
    )[:_CRC_AT]  # fmt: skip
    return head + _CRC.pack(zlib.crc32(payload, zlib.crc32(head))) + payload


def decode(buffer: Buffer, at: int) -> tuple[Frame, int] | None:
    """The frame that begins at `at` and the place after it; None when there is none or its checksum is wrong."""
    if at + _HEADER.size > len(buffer) or buffer[at : at + 4] != MAGIC:
        return None
    _, length, seq, source, file, received, mine_len, type_len, name_len, encoding, crc = _HEADER.unpack_from(
        buffer, at
    )
    start, stop = at + _HEADER.size, at + _HEADER.size + length
    if stop > len(buffer) or mine_len + type_len + name_len > length or encoding >= len(_ENCODINGS):
        return None
    payload = buffer[start:stop]
    if zlib.crc32(payload, zlib.crc32(buffer[at : at + _CRC_AT])) != crc:
        return None
    edges = (mine_len, mine_len + type_len, mine_len + type_len + name_len)
    mine, kind, name = (
        part.decode() for part in (payload[: edges[0]], payload[edges[0] : edges[1]], payload[edges[1] : edges[2]])
    )
    stored = payload[edges[2] :]
    return Frame(seq, mine, kind, name, source, file, received, _encoding(encoding), stored), stop


def claimed_after(buffer: Buffer, at: int, seq: int, most: int) -> int:
    """The highest number that a torn tail from `at` on began to write, among the `most` numbers from `seq` on; else seq - 1.

    Only headers are looked at: such a number may have been told to a sender, so it is not given again.
    """
    highest = seq - 1
    while (at := buffer.find(MAGIC, at)) >= 0 and at + _HEADER.size <= len(buffer):
        number = _HEADER.unpack_from(buffer, at)[2]
        if seq <= number < seq + most:
            highest = max(highest, number)
        at += 1
    return highest


def _encoding(number: int) -> Encoding:
    return "zstd" if number else "identity"


def scan(buffer: Buffer, path: str = "") -> Iterator[tuple[int, Frame | Damage]]:
    """All frames with their places; between valid frames, ranges that are none. A tail without a frame comes last."""
    at = 0
    while at < len(buffer):
        decoded = decode(buffer, at)
        if decoded is None:
            resumed = _next_valid(buffer, at + 1)
            yield at, Damage(path, at, resumed)
            at = resumed
            continue
        yield at, decoded[0]
        at = decoded[1]


def _next_valid(buffer: Buffer, at: int) -> int:
    while (at := buffer.find(MAGIC, at)) >= 0:
        if decode(buffer, at) is not None:
            return at
        at += 1
    return len(buffer)
