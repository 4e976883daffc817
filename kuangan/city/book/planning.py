"""What a workbook would change: every row compared with what the platform holds, and every row that cannot be taken with its reason."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from kuangan.city.book.grammar import BookNames, BookSheet, Key, NamedUnit, RowRefused, Values
from kuangan.city.book.reading import BookRow, ReadSheet, read_book
from kuangan.city.book.sheets import OWN_SHEETS, SHEETS
from kuangan.core.errors import Refused
from kuangan.core.models import Unit
from kuangan.core.values.shown import masked
from kuangan.mine.queries.aliases import aliases_on

NEW, CHANGED, SAME, REFUSED = "new", "changed", "same", "refused"
STATE_WORDS: Final = {NEW: "新增", CHANGED: "变更", SAME: "无变化", REFUSED: "不能导入"}


@dataclass(frozen=True)
class PlannedRow:
    """A row of the book: its number, what it is about, and what becomes of it. ``changes``: by label, what was and what will be."""

    number: int
    key: Key
    state: str
    values: Values
    before: Values | None = None
    changes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    """The cells of a refused row as they were given."""


@dataclass(frozen=True)
class PlannedSheet:
    """A sheet of the book. ``fault``: why none of its rows was read."""

    law: BookSheet
    rows: tuple[PlannedRow, ...]
    unread: tuple[str, ...] = ()
    fault: str = ""

    def count(self, state: str) -> int:
        return sum(1 for row in self.rows if row.state == state)


@dataclass(frozen=True)
class BookPlan:
    """All of a book. ``passed``: titles of sheets that belong to no part of it."""

    sheets: tuple[PlannedSheet, ...]
    passed: tuple[str, ...]

    @property
    def refused(self) -> bool:
        """Whether anything of it cannot be taken: then nothing is."""
        return any(sheet.fault or sheet.count(REFUSED) for sheet in self.sheets)


def plan_book(
    content: bytes,
    on: date,
    headings: Mapping[str, Mapping[str, str]] | None = None,
    tell: Callable[[str], None] | None = None,
) -> BookPlan:
    """What the book would change from a day on. ``headings``: by sheet, what headings of other origin mean ("" for nothing).

    ``tell`` is told the title of each sheet before it is compared. Refused: no workbook, none of the sheets.
    """
    titles, read = read_book(content, SHEETS, headings or {})
    if not read:
        wanted = "、".join(law.title for law in SHEETS)
        raise Refused(
            f"工作簿内没有可导入的工作表（{wanted}），现有：{'、'.join(titles[:20])}；请使用模板，或者改工作表名称。"
        )
    names = BookNames({unit.code: _named(unit) for unit in Unit.objects.select_related("parent")})
    for mine, code in aliases_on(on).values_list("mine__code", "code"):
        names.alias(code, names.by_code[mine])
    sheets: list[PlannedSheet] = []
    for sheet in read:
        if tell is not None:
            tell(sheet.law.title)
        sheets.append(_planned(sheet, names, on))
    known = {*OWN_SHEETS, *(law.title for law in SHEETS)}
    return BookPlan(tuple(sheets), tuple(title for title in titles if title not in known))


def _named(unit: Unit) -> NamedUnit:
    return NamedUnit(unit.code, unit.name, unit.kind, unit.parent.code if unit.parent else "")


def _planned(read: ReadSheet, names: BookNames, on: date) -> PlannedSheet:
    law = read.law
    for row in read.rows:
        if not row.faults:
            _settle(law, names, row)
        if row.faults:
            names.refuse(f"“{law.title}”第 {row.number} 行", *(str(row.values.get(name, "")) for name in law.makes))
    _refuse_twins(law, read.rows)
    held = law.held(on)
    rows = tuple(_compared(law, row, held) for row in read.rows)
    return PlannedSheet(law, rows, tuple(read.unread), read.fault)


def _settle(law: BookSheet, names: BookNames, row: BookRow) -> None:
    try:
        law.settle(names, row.values)
    except RowRefused as refused:
        row.faults[refused.field] = refused.text


def _refuse_twins(law: BookSheet, rows: Iterable[BookRow]) -> None:
    """Two rows about the same thing: which of them holds is for who wrote them to say."""
    alike: dict[Key, list[BookRow]] = defaultdict(list)
    for row in rows:
        if all(row.values.get(name) for name in law.key):
            alike[law.key_of(row.values)].append(row)
    for twins in alike.values():
        for row in twins if len(twins) > 1 else ():
            others = "、".join(str(twin.number) for twin in twins if twin is not row)
            labels = "、".join(law.field_named(name).label for name in law.key)
            row.faults.setdefault("", f"与第 {others} 行的{labels}相同，同一对象只保留一行")


def _compared(law: BookSheet, row: BookRow, held: Mapping[Key, Values]) -> PlannedRow:
    key = law.key_of(row.values)
    before = held.get(key)
    changed = [name for name, value in row.values.items() if before and str(value) != str(before.get(name, ""))]
    for name in changed if not row.faults else ():
        if before and name in law.fixed:
            row.faults[name] = (
                f"平台登记为“{word_of(law, name, before)}”，工作簿只登记新的，不作此项变更，请改回或者删去"
            )
    if row.faults:
        labels = {column.name: column.label for column in law.fields} | {"": "本行"}
        faults = {labels[name]: text for name, text in row.faults.items()}
        return PlannedRow(row.number, key, REFUSED, row.values, faults=faults, given=row.given)
    if before is None:
        return PlannedRow(row.number, key, NEW, row.values)
    if not changed:
        return PlannedRow(row.number, key, SAME, row.values, before)
    changes = {
        law.field_named(name).label: (word_of(law, name, before), word_of(law, name, row.values)) for name in changed
    }
    return PlannedRow(row.number, key, CHANGED, row.values, before, changes)


def word_of(law: BookSheet, name: str, values: Values) -> str:
    """A value as people read it, personal data masked; "" for none."""
    field, value = law.field_named(name), values.get(name, "")
    if field.personal and value:
        return masked(field, value)
    return dict(field.choices).get(str(value), str(value))
