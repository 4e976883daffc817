"""What breaks in practice: each fault turns the files of one mine and one cycle into what really arrives.

A fault takes the files about to be sent and gives those that are sent instead. None of them changes a value of the mine:
what arrives in the end is either the truth, or visibly broken.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from kuangan.emulate.sensors.times import shift_moments
from kuangan.emulate.sensors.wire import File

Fault = Callable[[list[File]], list[File]]


def incomplete(files: list[File]) -> list[File]:
    """The end mark is missing: the writer was caught half-way."""
    return [replace(file, body=file.body[: len(file.body) * 2 // 3]) for file in files]


def twice(files: list[File]) -> list[File]:
    """The same file again."""
    return [file for file in files for _ in range(2)]


def out_of_order(files: list[File]) -> list[File]:
    """The newest first."""
    return list(reversed(files))


def from_the_future(files: list[File]) -> list[File]:
    """The mine's clock runs two hours fast: header, records and name say so."""
    return [_shifted(file, timedelta(hours=2)) for file in files]


def full_width(files: list[File]) -> list[File]:
    """Full-width semicolons within the third record."""
    return [_record(file, 3, lambda text: text.replace(";", "；")) for file in files]


def byte_order_mark(files: list[File]) -> list[File]:
    """A byte order mark in front."""
    return [replace(file, body=b"\xef\xbb\xbf" + file.body) for file in files]


def gb18030(files: list[File]) -> list[File]:
    """The Chinese of an older system."""
    return [replace(file, body=file.body.decode().encode("gb18030")) for file in files]


def newlines(files: list[File]) -> list[File]:
    """CR LF after each record."""
    return [replace(file, body=file.body.replace(b"~", b"~\r\n")) for file in files]


def null_words(files: list[File]) -> list[File]:
    """The word null where something is missing."""
    return [_record(file, 2, lambda text: text.replace(";;", ";null;")) for file in files]


def quoted(files: list[File]) -> list[File]:
    """The whole text as one quoted string."""
    return [replace(file, body=b'"' + file.body.replace(b'"', b'\\"') + b'"') for file in files]


def not_numeric(files: list[File]) -> list[File]:
    """A word for a value, in one record of CDSS."""
    return [_record(file, 4, _worded) if file.type == "CDSS" else file for file in files]


def undefined_point(files: list[File]) -> list[File]:
    """A reading for a point that no definition mentions."""
    return [_record(file, 5, lambda text: text.replace("MN0001", "MN0043", 1)) for file in files]


def other_mine(files: list[File]) -> list[File]:
    """The code in the header is that of another mine."""
    return [replace(file, body=b"149999000001" + file.body[12:]) for file in files]


def upper_case(files: list[File]) -> list[File]:
    """`.TXT` for `.txt`."""
    return [replace(file, name=file.name.replace(".txt", ".TXT")) for file in files]


def long_name(files: list[File]) -> list[File]:
    """Six more digits behind the time stamp."""
    return [replace(file, name=file.name.replace(".txt", "000001.txt")) for file in files]


def rotten(files: list[File]) -> list[File]:
    """A third of the records lost fields: the file must be refused as a whole."""
    return [replace(file, body=_thirds(file.body.decode()).encode()) for file in files]


FAULTS: Final[dict[str, Fault]] = {
    fault.__name__: fault
    for fault in (
        incomplete, twice, out_of_order, from_the_future, full_width, byte_order_mark, gb18030, newlines, null_words,
        quoted, not_numeric, undefined_point, other_mine, upper_case, long_name, rotten,
    )
}  # fmt: skip
"""By name, for `--faults`."""

DEFAULT: Final = ("incomplete", "twice", "out_of_order", "gb18030", "newlines", "not_numeric")
"""What a demonstration shows without being asked."""


def chosen(text: str) -> tuple[Fault, ...]:
    """``"a,b"``, ``"all"`` or ``"none"`` → faults. Raises ``ValueError`` naming those there are."""
    names = {"none": (), "all": tuple(FAULTS)}.get(
        text, tuple(part.strip() for part in text.split(",") if part.strip())
    )
    unknown = [name for name in names if name not in FAULTS]
    if unknown:
        raise ValueError(f"没有名为 {'、'.join(unknown)} 的故障；可选：{'、'.join(FAULTS)}，或 all、none")
    return tuple(FAULTS[name] for name in names)


def _record(file: File, number: int, change: Callable[[str], str]) -> File:
    parts = file.body.decode().split("~")
    if number < len(parts) - 1:
        parts[number] = change(parts[number])
    return replace(file, body="~".join(parts).encode())


def _worded(record: str) -> str:
    fields = record.split(";")
    fields[3] = "溢出"
    return ";".join(fields)


def _thirds(text: str) -> str:
    parts = text.split("~")
    return "~".join(
        part.split(";")[0] if index % 3 == 1 and index < len(parts) - 1 else part for index, part in enumerate(parts)
    )


def _shifted(file: File, by: timedelta) -> File:
    """Every time of the file later by ``by``: what a wrong clock of the mine's host writes."""
    return replace(file, name=shift_moments(file.name, by), body=shift_moments(file.body.decode(), by).encode())
