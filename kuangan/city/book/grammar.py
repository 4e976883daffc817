"""The grammar of the city's workbook: a sheet says what its columns are, what the platform holds of it, and how a row is written.

A row names what it is about by its ``key``. What the platform holds by the same key is compared with it, so that a book
that was imported before shows its differences only; a row that is missing changes nothing.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from kuangan.core.errors import Refused
from kuangan.core.models import AccountRequest, User
from kuangan.law.field import Field

Values = Mapping[str, Any]
"""A row's stored values by field (``core.values``), as the platform would hold them: references by code."""
Key = tuple[str, ...]
NOBODY: Final = "没有名为“{}”的单位，请核对全称，或者先在本工作簿前面的工作表中登记"


@dataclass(frozen=True)
class Applying:
    """Who applies a book, from which day on, at which moment; ``approval``: what a second administrator agreed on."""

    actor: User | None
    on: date
    at: datetime
    approval: AccountRequest | None = None
    tell: Callable[[int], None] = lambda _: None
    """Is told how many further rows were dealt with."""


class RowRefused(Exception):
    """A row that cannot be taken: ``field`` ("" = the row) and in words why and what to do. ``number``: the row, once it is known."""

    def __init__(self, field_name: str, text: str, number: int = 0) -> None:
        super().__init__(text)
        self.field = field_name
        self.text = text
        self.number = number


@dataclass(frozen=True)
class RowChange:
    """A row that is new (``before`` None) or differs from what is held."""

    number: int
    before: Values | None
    values: Values

    @contextmanager
    def named(self) -> Iterator[None]:
        """What is refused inside is refused of this row."""
        try:
            yield
        except Refused as refused:
            raise RowRefused("", refused.message.rstrip("。"), self.number) from refused
        except RowRefused as refused:
            raise RowRefused(refused.field, refused.text, self.number) from refused


Writer = Callable[[Applying, Sequence[RowChange]], None]
Agreed = Mapping[str, str]
"""What a second administrator agrees on: the names of ``unit`` and ``post``, and of ``person``, ``deputy``; empty for a row of a ledger."""
ByTwo = Callable[[Sequence[RowChange]], Sequence[Agreed | None]]
"""Of each row what a second administrator must agree on before a person at a page may have it written; None for nothing."""


def one_by_one(write: Callable[[Applying, Values | None, Values], None]) -> Writer:
    """A writer of all changes of a sheet from one of a single row."""

    def write_all(applying: Applying, changes: Sequence[RowChange]) -> None:
        for change in changes:
            with change.named():
                write(applying, change.before, change.values)
            applying.tell(1)

    return write_all


@dataclass(frozen=True)
class BookSheet:
    """One sheet. ``aliases``: by field, the headings that lists of other origin have for it.

    ``held``: what the platform holds on a day, by key. ``settle`` fills in what follows from a row and from what the book names before it,
    and raises :class:`RowRefused`. ``write``: all rows that are new or differ from what is held; what is refused names its row.
    """

    title: str
    help: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    samples: tuple[Values, ...]
    held: Callable[[date], Mapping[Key, Values]]
    settle: Callable[["BookNames", dict[str, Any]], None]
    write: Writer
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fixed: tuple[str, ...] = ()
    """Fields that a book says of something new only: of what is held they change by an act of their own, with its reason and its paper."""
    by_two: "ByTwo | None" = None
    makes: tuple[str, ...] = ()
    """Fields by which later rows name the unit that a row makes."""

    def field_named(self, name: str) -> Field:
        return next(column for column in self.fields if column.name == name)

    def key_of(self, values: Values) -> Key:
        return tuple(str(values.get(name, "")) for name in self.key)


@dataclass(frozen=True)
class NamedUnit:
    """A unit that the platform holds, or that an earlier row of the book makes."""

    code: str
    name: str
    kind: str
    parent: str = ""
    """The code of the area or unit above it."""


class BookNames:
    """The units that a row may name, by code or by name."""

    def __init__(self, units: Mapping[str, NamedUnit]) -> None:
        self.by_code: dict[str, NamedUnit] = {}
        self._by_word: dict[str, dict[str, NamedUnit]] = {}
        self._refused: dict[str, str] = {}
        self._aliases: dict[str, NamedUnit] = {}
        for unit in units.values():
            self.add(unit)

    def add(self, unit: NamedUnit) -> None:
        self.by_code[unit.code] = unit
        for text in (unit.code, unit.name):
            self._by_word.setdefault(_folded(text), {})[unit.code] = unit

    def alias(self, code: str, unit: NamedUnit) -> NamedUnit:
        """The mine that another code means from now on: ``unit``, unless an earlier one of another mine has it."""
        known = self.by_code.get(code) or self._aliases.setdefault(code, unit)
        if known == unit:
            self._by_word.setdefault(_folded(code), {})[unit.code] = unit
        return known

    def aliases_of(self, code: str) -> list[str]:
        """The other codes of a mine."""
        return sorted(alias for alias, unit in self._aliases.items() if unit.code == code)

    def mine_of_alias(self, alias: str) -> NamedUnit | None:
        return self._aliases.get(alias)

    def refuse(self, where: str, *texts: str) -> None:
        """A row of the book that would have made something of these names can't be taken: what names it waits for that row."""
        for text in filter(None, texts):
            self._refused[_folded(text)] = f"“{{}}”在{where}不能导入，请先改正该行"

    def of_kind(self, *kinds: str) -> list[NamedUnit]:
        return [unit for unit in self.by_code.values() if unit.kind in kinds]

    def named(self, field_name: str, text: str, *kinds: str) -> NamedUnit:
        """The one unit of these kinds with this code or name. Raises :class:`RowRefused`."""
        units = self._called(text, kinds)
        if len(units) == 1:
            return self._of_its_own_name(field_name, units[0], kinds)
        if units:
            codes = "、".join(unit.code for unit in units)
            raise RowRefused(field_name, f"有 {len(units)} 个单位名为“{text}”，请改填编码：{codes}")
        refused = self._refused.get(_folded(text))
        raise RowRefused(field_name, refused.format(text) if refused else NOBODY.format(text))

    def _of_its_own_name(self, field_name: str, unit: NamedUnit, kinds: tuple[str, ...]) -> NamedUnit:
        """A book writes by name, so a name that two share says nothing, by whatever code a row calls it."""
        alike = [other.code for other in self._called(unit.name, kinds) if _folded(other.name) == _folded(unit.name)]
        if len(alike) > 1:
            raise RowRefused(
                field_name, f"编码 {'、'.join(alike)} 同名“{unit.name}”，工作簿按名称登记，请先改为不同的名称"
            )
        return unit

    def _called(self, text: str, kinds: tuple[str, ...]) -> list[NamedUnit]:
        return [unit for unit in self._by_word.get(_folded(text), {}).values() if unit.kind in kinds]


@lru_cache(maxsize=50_000)
def _folded(text: str) -> str:
    """A name as it is compared: brackets and blanks are typed in either width."""
    return "".join(unicodedata.normalize("NFKC", text).split())
