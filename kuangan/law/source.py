"""Reading corpus files strictly: a duplicate or unknown key is refused, and every error names file and line."""

import os
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml

from kuangan.law.cite import Cite
from kuangan.law.time.dated import Value
from kuangan.law.update.package import NAMED_BY, PACKAGE

CORPUS: Final = Path(os.environ.get(NAMED_BY) or PACKAGE)
"""The folder of the content this process works by. Modules are those of :data:`PACKAGE`."""

MARKS: Final = ("S", "K", "U", "P")
"""Confidence: S read in a published text, K known but not seen this time, U unsure, P proposed (no rule behind it)."""

T = TypeVar("T")


class CorpusError(ValueError):
    """A corpus file is broken; the message says file, line and what to do."""


class YamlTable(dict[str, Any]):
    """A YAML mapping that remembers where it stands and hands out checked values."""

    place: str = ""
    lines: dict[str, int]

    def error(self, message: str, key: str = "") -> CorpusError:
        """An error at ``key`` (or at the mapping itself), to be raised by the caller."""
        file, _, line = self.place.rpartition(":")
        return CorpusError(f"{file}:{self.lines.get(key, line)}: {message}")

    def only(self, *known: str) -> "YamlTable":
        """Itself, after refusing keys that are not ``known``."""
        for key in self:
            if key not in known:
                raise self.error(f"unknown key {key!r}; known: {', '.join(known)}", key)
        return self

    def text(self, key: str, default: str | None = None) -> str:
        """A string. Raises :class:`CorpusError` if it is missing (without default) or of another type."""
        return self._typed(key, str, default)

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        return self._typed(key, bool, default)

    def day(self, key: str, default: date | None = None) -> date:
        """A date, written 2026-02-01."""
        return self._typed(key, date, default)

    def optional_day(self, key: str) -> date | None:
        """A date, or None if the key is missing."""
        return self.day(key) if key in self else None

    def decimal(self, key: str) -> Decimal:
        """A number written as a string, so that 1.0 keeps its digits."""
        written = self.text(key)
        try:
            return Decimal(written)
        except InvalidOperation:
            raise self.error(f'{key}: {written!r} is no number; write it in quotes, for example "1.0"', key) from None

    def optional_decimal(self, key: str) -> Decimal | None:
        """As :meth:`decimal`, or None if the key is missing."""
        return self.decimal(key) if key in self else None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; empty if the key is missing."""
        items = self._typed(key, list, [])
        if not all(isinstance(item, str) for item in items):
            raise self.error(f"{key}: every item must be text", key)
        return tuple(items)

    def tables(self, key: str) -> tuple["YamlTable", ...]:
        """A list of mappings; empty if the key is missing."""
        items = self._typed(key, list, [])
        if not all(isinstance(item, YamlTable) for item in items):
            raise self.error(f"{key}: every item must be a mapping", key)
        return tuple(items)

    def table(self, key: str) -> "YamlTable":
        """A mapping under ``key``."""
        return self._typed(key, YamlTable, None)

    def cite(self, key: str = "cite") -> Cite:
        """A citation written ``<instrument> <article>``; the article may be missing."""
        return self.parse(key, parse_cite)

    def mark(self, key: str = "confidence") -> str:
        """A confidence mark of :data:`MARKS`."""
        written = self.text(key)
        if written not in MARKS:
            raise self.error(f"{key}: {written!r}; write one of {', '.join(MARKS)}", key)
        return written

    def parse(self, key: str, read: Callable[[str], T]) -> T:
        """A string read by ``read``, whose ``ValueError`` is told with file and line."""
        written = self.text(key)
        try:
            return read(written)
        except ValueError as error:
            raise self.error(f"{key}: {error}", key) from None

    def _typed(self, key: str, wanted: type[T], default: T | None) -> T:
        if key not in self:
            if default is None:
                raise self.error(f"missing key {key!r}")
            return default
        value = self[key]
        if not isinstance(value, wanted) or (wanted is not bool and isinstance(value, bool)):
            raise self.error(f"{key}: {value!r} is not a {wanted.__name__}", key)
        return value


def parse_cite(written: str) -> Cite:
    """``"coal_mine_safety_ordinance 48"`` → the Cite. Raises ``ValueError``."""
    parts = written.split()
    if not 1 <= len(parts) <= 2:
        raise ValueError(f"not a citation: {written!r}; write '<instrument> <article>'")
    return Cite(*parts)


def read_table(path: Path) -> YamlTable:
    """The mapping in a YAML file. Raises :class:`CorpusError`."""
    return parse_table(path.read_text(encoding="utf-8"), str(relative(path)))


def parse_table(text: str, name: str, first_line: int = 1) -> YamlTable:
    """The mapping in a YAML text that begins at ``first_line`` of file ``name``. Raises :class:`CorpusError`."""
    loader = _Loader(text)
    loader.origin, loader.shift = name, first_line - 1
    try:
        content = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark.line if error.problem_mark else 0) + first_line
        raise CorpusError(f"{name}:{line}: {error.problem}") from None
    if not isinstance(content, YamlTable):
        raise CorpusError(f"{name}:{first_line}: the file must be a mapping")
    return content


def files(folder: str, suffix: str) -> tuple[Path, ...]:
    """The content files of one kind in a folder and those below it, by name; names that begin with ``_`` are helpers."""
    content = ((PACKAGE if suffix == ".py" else CORPUS) / folder).rglob(f"*{suffix}")
    return tuple(sorted((path for path in content if not path.name.startswith("_")), key=lambda path: path.stem))


def relative(path: Path) -> Path:
    """The path as errors name it: from the corpus folder on, if it lies there."""
    roots = (root.parent for root in (CORPUS, PACKAGE))
    return next((path.relative_to(root) for root in roots if path.is_relative_to(root)), path)


def unique(items: Iterable[tuple[str, YamlTable, T]], what: str) -> dict[str, T]:
    """Items by id. Raises :class:`CorpusError` at the second one of an id."""
    by_id: dict[str, T] = {}
    for key, table, item in items:
        if key in by_id:
            raise table.error(f"{what} {key!r} is already there")
        by_id[key] = item
    return by_id


def rising(values: Iterator[Value[T]], table: YamlTable) -> tuple[Value[T], ...]:
    """Dated values as they stand, after checking that their days rise."""
    ordered = tuple(values)
    days = [value.valid_from for value in ordered]
    if not ordered or days != sorted(set(days)):
        raise table.error("dated values need at least one entry, with strictly rising valid_from")
    return ordered


class _Loader(yaml.CSafeLoader):
    """Parses with libyaml: hundreds of files are read at every start."""

    origin = ""
    shift = 0

    def mapping(self, node: yaml.MappingNode) -> YamlTable:
        """A :class:`YamlTable` with its lines."""
        table = YamlTable()
        table.place = f"{self.origin}:{node.start_mark.line + 1 + self.shift}"
        table.lines = {}
        for key_node, value_node in node.value:
            key, line = self.construct_object(key_node, deep=True), key_node.start_mark.line + 1 + self.shift
            if not isinstance(key, str):
                raise CorpusError(f"{self.origin}:{line}: key {key!r} must be text")
            if key in table:
                raise CorpusError(f"{self.origin}:{line}: duplicate key {key!r}")
            table[key] = self.construct_object(value_node, deep=True)
            table.lines[key] = line
        return table


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _Loader.mapping)
