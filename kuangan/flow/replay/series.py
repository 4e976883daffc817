"""A measured series in a CSV file: which columns stand for which places, and the files a mine would have sent of it."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Final

from kuangan.base.clock import BEIJING, civil
from kuangan.law import limit

OWN_TIME: Final = "t_s"
"""A column of this name gives each row's seconds after the start, unless a step is given."""
DEFAULT_STEP_S: Final = 30
ROWS_A_FILE: Final = 100
METHANE: Final = "ch4"


class ReplayError(Exception):
    """The series or what was said about it cannot be used; the message says where and what to do."""


@dataclass(frozen=True)
class PointColumn:
    """A column of the file as a measuring point. ``place`` is an id of the limits; ``code`` its 测点编码."""

    name: str
    place: str
    place_text: str
    code: str


@dataclass(frozen=True)
class ReadingsAt:
    """One row: its moment and the values of the columns in their order, None = an empty cell."""

    at: datetime
    values: tuple[Decimal | None, ...]


def moment(text: str) -> datetime:
    """A moment in ISO form; without offset it is Beijing time. Raises :class:`ReplayError`."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise ReplayError(f"“{text}”不是时间；请写成 2026-03-01T08:00:00（不带时区即北京时间）") from None
    return read if read.tzinfo else read.replace(tzinfo=BEIJING)


def columns(mapping: Sequence[str], mine: str, on: date) -> tuple[PointColumn, ...]:
    """``COLUMN=PLACE`` for each column to replay. Raises :class:`ReplayError` for a mine code or place that is none."""
    if not re.fullmatch(r"\d{12}", mine):
        raise ReplayError(f"煤矿编码“{mine}”不是12位数字；请检查 --mine")
    pairs = [part.partition("=") for part in mapping]
    names = [name for name, _, _ in pairs]
    if len(set(names)) != len(names):
        raise ReplayError("同一列在 --map 中出现了不止一次；每列只能对应一个地点")
    return tuple(_column(name, sign, place, mine, on) for name, sign, place in pairs)


def _column(name: str, sign: str, place: str, mine: str, on: date) -> PointColumn:
    if not (name and sign and place):
        raise ReplayError(f"--map “{name}{sign}{place}”应写成 列名=地点类别，如 MM116=coal_face_return")
    known = limit.places(METHANE, on)
    if place not in known:
        near = get_close_matches(place, known, n=1)
        hint = f"是否为 {near[0]}？" if near else ""
        raise ReplayError(f"{on} 施行的甲烷设点表中没有地点类别“{place}”；{hint}可选：{'、'.join(known)}")
    tail = re.sub(r"[^0-9A-Za-z]", "", name) or name.encode().hex()
    return PointColumn(name, place, f"{limit.place_text(place)}（回放 {name}）", f"{mine}01MN0001{tail}"[:80])


def readings(path: Path, wanted: Sequence[PointColumn], start: datetime, step: int | None) -> Iterator[ReadingsAt]:
    """The rows of the file in their order. Raises :class:`ReplayError` naming row and column of what cannot be read."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            table = csv.DictReader(lines)
            header = table.fieldnames or []
            for column in wanted:
                if column.name not in header:
                    raise ReplayError(f"{path.name} 没有列“{column.name}”；该文件的列：{'、'.join(header)}")
            own_time = step is None and OWN_TIME in header
            for number, cells in enumerate(table):
                line = number + 2
                if None in cells or None in cells.values():
                    raise ReplayError(
                        f"{path.name} 第{line}行的列数与表头（{len(header)}列）不符；请检查多余或缺少的逗号"
                    )
                seconds = _number(cells[OWN_TIME], line, OWN_TIME) if own_time else number * (step or DEFAULT_STEP_S)
                if seconds is None:
                    raise ReplayError(f"{path.name} 第{line}行“{OWN_TIME}”列为空，不知道这一行的时间")
                values = tuple(_number(cells[column.name], line, column.name) for column in wanted)
                yield ReadingsAt(start + timedelta(seconds=int(seconds)), values)
    except OSError as problem:
        raise ReplayError(f"读不到文件 {path}：{problem.strerror}") from problem
    except UnicodeDecodeError as problem:
        raise ReplayError(f"{path.name} 不是 UTF-8 文本；请另存为 UTF-8 编码的 CSV") from problem


def _number(text: str, line: int, column: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        read = Decimal(text.strip())
    except InvalidOperation:
        read = Decimal("NaN")
    if not read.is_finite():
        raise ReplayError(f"第{line}行“{column}”列的“{text}”不是数字；请更正或留空")
    return read


@dataclass(frozen=True)
class SentFile:
    """A file as the mine would have sent it; ``at`` is its own time."""

    name: str
    at: datetime
    body: bytes


def files(mine: str, wanted: Sequence[PointColumn], readings: Iterator[ReadingsAt]) -> Iterator[SentFile]:
    """CDSS files of up to a hundred rows each."""
    while part := list(islice(readings, ROWS_A_FILE)):
        records = [
            _record(column, reading.at, value) for reading in part for column, value in _present(wanted, reading)
        ]
        if records:
            at = max(reading.at for reading in part)
            header = f"{mine};回放;{_text(at)}"
            body = "~".join([header, *records]) + "~||"
            yield SentFile(f"{mine}_CDSS_{civil(at):%Y%m%d%H%M%S}.txt", at, body.encode())


def _present(wanted: Sequence[PointColumn], reading: ReadingsAt) -> Iterator[tuple[PointColumn, Decimal]]:
    for column, value in zip(wanted, reading.values, strict=True):
        if value is not None:
            yield column, value


def _record(column: PointColumn, at: datetime, value: Decimal) -> str:
    return f"{column.code};环境瓦斯;{column.place_text};{value:f};%CH4;0;{_text(at)}"


def _text(at: datetime) -> str:
    return f"{civil(at):%Y-%m-%d %H:%M:%S}"
