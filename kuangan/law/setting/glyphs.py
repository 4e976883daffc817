"""Which characters a font file can draw: its ``cmap`` table, after the OpenType specification, formats 4 and 12."""

import mmap
import struct
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

_UNICODE: Final = {(0, 3): 4, (0, 4): 12, (0, 6): 12, (3, 1): 4, (3, 10): 12}
"""Format of the sub-tables by platform and encoding."""
_NOT_DRAWN: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
_SELECTORS: Final = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


def drawn_by(files: Iterable[Path]) -> frozenset[int]:
    """The code points that any of these fonts or collections of fonts draws; a file that is no font draws none."""
    drawn: set[int] = set()
    for file in files:
        try:
            with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
                _add(drawn, data)
        except (OSError, ValueError, struct.error, IndexError):
            continue
    return frozenset(drawn)


def missing_in(texts: Iterable[str], drawn: frozenset[int]) -> list[str]:
    """The characters of these texts that would be drawn as empty boxes, each once."""
    asked = dict.fromkeys(char for text in texts for char in text)
    return [char for char in asked if ord(char) not in drawn and not _passes(char)]


def _passes(char: str) -> bool:
    """Whether a character has no shape of its own."""
    return unicodedata.category(char) in _NOT_DRAWN or any(ord(char) in selectors for selectors in _SELECTORS)


def _add(drawn: set[int], data: mmap.mmap) -> None:
    count = struct.unpack_from(">I", data, 8)[0] if data[:4] == b"ttcf" else 0
    starts = struct.unpack_from(f">{count}I", data, 12) if count else (0,)
    tables = {_table(data, start, b"cmap") for start in starts}
    for sub, kind in {subtable for table in tables for subtable in _subtables(data, table)}:
        for codes in _segments(data, sub) if kind == 4 else _groups(data, sub):
            drawn.update(codes)


def _table(data: mmap.mmap, start: int, name: bytes) -> int:
    (tables,) = struct.unpack_from(">H", data, start + 4)
    for index in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, start + 12 + 16 * index)
        if tag == name:
            return int(offset)
    raise IndexError(name)


def _subtables(data: mmap.mmap, table: int) -> set[tuple[int, int]]:
    """Where the Unicode sub-tables are, with their format; one that holds all makes the one below 0x10000 needless."""
    (count,) = struct.unpack_from(">H", data, table + 2)
    subtables = set()
    for index in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", data, table + 4 + 8 * index)
        kind = _UNICODE.get((platform, encoding))
        if kind and struct.unpack_from(">H", data, table + offset)[0] == kind:
            subtables.add((table + offset, kind))
    whole = {subtable for subtable in subtables if subtable[1] == 12}
    return whole or subtables


def _groups(data: mmap.mmap, sub: int) -> Iterator[range]:
    """Format 12: runs of code points."""
    (count,) = struct.unpack_from(">I", data, sub + 12)
    for first, last, _ in struct.iter_unpack(">III", data[sub + 16 : sub + 16 + 12 * count]):
        yield range(first, last + 1)


def _segments(data: mmap.mmap, sub: int) -> Iterator[Iterable[int]]:
    """Format 4: runs of code points below 0x10000, some of which draw glyph 0, which is none."""
    (twice,) = struct.unpack_from(">H", data, sub + 6)
    count = twice // 2
    ends = struct.unpack_from(f">{count}H", data, sub + 14)
    firsts = struct.unpack_from(f">{count}H", data, sub + 16 + twice)
    deltas = struct.unpack_from(f">{count}H", data, sub + 16 + 2 * twice)
    offsets_at = sub + 16 + 3 * twice
    offsets = struct.unpack_from(f">{count}H", data, offsets_at)
    for index, (first, end, delta, offset) in enumerate(zip(firsts, ends, deltas, offsets, strict=True)):
        codes = range(first, min(end, 0xFFFE) + 1)
        if offset == 0:
            yield [code for code in codes if (code + delta) & 0xFFFF]
            continue
        glyphs = offsets_at + 2 * index + offset
        yield [code for code in codes if struct.unpack_from(">H", data, glyphs + 2 * (code - first))[0]]
