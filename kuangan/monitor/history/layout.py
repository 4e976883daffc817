"""Where history lies: `<root>/<mine>/<day>/`, so that a query opens only that mine's files of those days.

part-<journal>-<first seq>-<last seq>-<crc>.parquet   readings of a few minutes
day-<journal>-<first seq>-<last seq>-<crc>.parquet    readings of the day after compaction
summary-<crc>.parquet                                 one row a point

journal: the first digits of the identity of the journal whose numbers these are. crc: CRC-32 of the whole file, looked
at with every read, so that a flipped bit anywhere is noticed; a file is never overwritten by another content. Files of
an earlier release bear neither (part-<first>-<last>.parquet) and are written anew by the next compaction.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from kuangan.base.files import replace_file, sync_folder
from kuangan.monitor.times import beijing_day

ROW_GROUP: Final = 32_768
"""Small enough that one point of a day is read without the others."""
NO_JOURNAL: Final = "0" * 8
"""In the names of files that no journal stands behind."""
_DAY_NAME: Final = re.compile(r"\d{4}-\d\d-\d\d")
_NUMBERS: Final = "kuangan.numbers"
_DELTA: Final = {"time": "DELTA_BINARY_PACKED", "value": "DELTA_BINARY_PACKED"}


class DamagedFile(Exception):
    """A history file that is not what was written; the message is its path and why."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path


@dataclass(frozen=True, slots=True)
class PartName:
    """What a file of readings says by its name; `journal` and `crc` are None for one of an earlier release."""

    kind: str
    journal: str | None
    first_seq: int
    last_seq: int
    crc: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """A file of readings as it was written: what the list of parts keeps. `numbers`: see history.numbers."""

    path: Path
    mine: str
    day: date
    name: PartName
    numbers: bytes | None
    rows: int
    size: int
    sha256: str


def day_folder(root: Path, mine: str, day: date) -> Path:
    return root / mine / day.isoformat()


def days(root: Path, mine: str) -> list[date]:
    """Days of which the mine has history, oldest first."""
    folder = root / mine
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    return sorted(day for name in names if (day := _day_named(name)) is not None)


def _day_named(name: str) -> date | None:
    """The day of a folder's name; None for what is no day, whoever made it."""
    try:
        return date.fromisoformat(name) if _DAY_NAME.fullmatch(name) else None
    except ValueError:
        return None


def days_between(start: int, end: int) -> Iterator[date]:
    """Civil days touched by the moments start ≤ t < end."""
    day = beijing_day(start)
    while end > start and day <= beijing_day(end - 1):
        yield day
        day += timedelta(days=1)


def name_of(path: Path) -> PartName | None:
    """A file's name taken apart; None when it is no file of readings."""
    kind, *fields = path.stem.split("-")
    try:
        if len(fields) == 2:
            return PartName(kind, None, int(fields[0]), int(fields[1]), None)
        journal, first, last, crc = fields
        return PartName(kind, journal, int(first), int(last), int(crc, 16))
    except ValueError:
        return None


def reading_files(folder: Path) -> list[Path]:
    """Compacted files and parts of a day, in order of their sequence."""
    paths = [*folder.glob("day-*.parquet"), *folder.glob("part-*.parquet")]
    named = [(name, path) for path in paths if (name := name_of(path)) is not None]
    return [path for _, path in sorted(named, key=lambda pair: (pair[0].first_seq, pair[0].last_seq, pair[1].name))]


def summary_files(folder: Path) -> list[Path]:
    """Summaries of a day: one, but for a moment while it is written anew."""
    return sorted(folder.glob("summary*.parquet"))


def content(path: Path) -> bytes:
    """A file's bytes, which are those that were written. Raises DamagedFile, or FileNotFoundError."""
    raw = path.read_bytes()
    crc = path.stem.rpartition("-")[2]
    name = name_of(path)
    has_crc = name.crc is not None if name else path.stem.startswith("summary-")
    if has_crc and f"{zlib.crc32(raw):08x}" != crc:
        raise DamagedFile(path, "校验和不符")
    return raw


def table_of(path: Path, raw: bytes, **options: Any) -> pa.Table:
    """The rows in a file's bytes; `options` are those of pyarrow's `read_table`. Raises DamagedFile."""
    try:
        return pq.read_table(pa.BufferReader(raw), page_checksum_verification=True, **options)
    except (pa.ArrowException, OSError, KeyError, UnicodeDecodeError) as error:
        raise DamagedFile(path, str(error)) from error


def describe(path: Path, mine: str, day: date) -> Part:
    """What a file that lies there would say in the list of parts. Raises DamagedFile."""
    name, raw = name_of(path), content(path)
    assert name is not None
    count = table_of(path, raw).num_rows
    return Part(
        path=path,
        mine=mine,
        day=day,
        name=name,
        numbers=numbers_of(raw),
        rows=count,
        size=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
    )


def numbers_of(raw: bytes) -> bytes | None:
    """Which journal files a readable history file says it holds; None for one of an earlier release."""
    kept = pq.read_metadata(pa.BufferReader(raw)).metadata or {}
    numbers = kept.get(_NUMBERS.encode())
    return None if numbers is None else base64.b64decode(numbers)


def write(
    table: pa.Table, folder: Path, stem: str, dictionary: Sequence[str], numbers: bytes | None = None
) -> tuple[Path, bytes]:
    """Write a Parquet file so that it is either there whole or not at all; its path and bytes."""
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        sync_folder(folder.parent)
    raw = _serialised(table, dictionary, numbers)
    path = folder / f"{stem}-{zlib.crc32(raw):08x}.parquet"
    replace_file(path, raw, mode=0o644)
    return path, raw


def _serialised(table: pa.Table, dictionary: Sequence[str], numbers: bytes | None) -> bytes:
    # Any: column names decide the encodings
    encodings: dict[str, Any] = {name: kind for name, kind in _DELTA.items() if name in table.column_names}
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink, table.schema, compression="zstd", compression_level=3, use_dictionary=list(dictionary),
        column_encoding=encodings or None, data_page_version="2.0", store_schema=False, write_page_checksum=True,
    ) as writer:  # fmt: skip
        writer.write_table(table, row_group_size=ROW_GROUP)
        if numbers is not None:
            writer.add_key_value_metadata({_NUMBERS: base64.b64encode(numbers).decode()})
    return bytes(sink.getvalue())
