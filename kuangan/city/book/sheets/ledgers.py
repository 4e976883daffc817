"""Sheets whose rows are entries of a ledger, kept by the unit that each row names: of every ledger that says ``book``."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from kuangan.city.book.grammar import Applying, BookNames, BookSheet, Key, RowRefused, Values, one_by_one
from kuangan.core.models import Unit, UnitKind
from kuangan.core.values.kinds import name_text
from kuangan.flow.credit.entries import correct, record_entry
from kuangan.law.field import Field
from kuangan.law.ledger import Ledger, ledgers
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import CURRENT
from kuangan.ledger.sheets import columns
from kuangan.ledger.values import EntryRefused

UNIT: Final = "unit"
REASON: Final = "建市工作簿更正"


def _book_sheet(law: Ledger) -> BookSheet:
    """The sheet of a ledger: its columns behind the unit that keeps the entry, each mine and person by name."""
    fields = (Field(UNIT, "记录单位", help="台账由该单位保管"), *(_plain(field) for field in columns(law)))
    sample = {UNIT: "示例县应急管理局", **{name: str(value) for name, value in law.sample[0].items()}}

    def held(_on: date) -> Mapping[Key, Values]:
        return _held(law)

    def settle(names: BookNames, row: dict[str, Any]) -> None:
        _settle(law, names, row)

    def write(applying: Applying, before: Values | None, row: Values) -> None:
        _write(law, applying, before, row)

    return BookSheet(
        title=law.book,
        help=f"{law.title}，记录单位为保管该台账的单位；附件在台账页面上传。{law.help}",
        fields=fields,
        key=(UNIT, *law.key),
        samples=({name: value for name, value in sample.items() if name in {field.name for field in fields}},),
        held=held,
        settle=settle,
        write=one_by_one(write),
        by_two=lambda changes: [{} for _ in changes],
        aliases={UNIT: ("单位",)},
    )


def _plain(field: Field) -> Field:
    """A reference is a name in a book, looked up when all units of the book are known."""
    if field.kind in ("mine", "unit"):
        return replace(field, kind="text", of=(), over=False)
    return replace(field, of=(), strict=False)


def _held(law: Ledger) -> Mapping[Key, Values]:
    names = {unit.code: unit.name for unit in Unit.objects.filter(kind=UnitKind.mine)}
    held: dict[Key, Values] = {}
    for entry in Entry.objects.filter(CURRENT, ledger=law.id).select_related("unit"):
        values = {UNIT: entry.unit.name, **_named(law, entry.values, names)}
        held[(entry.unit.name, *(str(values.get(name, "")) for name in law.key))] = values
    return held


def _named(law: Ledger, values: Values, names: Mapping[str, str]) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for field in columns(law):
        value = values.get(field.name)
        if value is None:
            continue
        if field.kind == "person":
            value = name_text(value)
        elif field.kind == "mine":
            value = names.get(value, value)
        named[field.name] = value
    return named


def _settle(law: Ledger, names: BookNames, row: dict[str, Any]) -> None:
    row[UNIT] = names.named(UNIT, row[UNIT], *(UnitKind(kind) for kind in law.keepers)).name
    for field in columns(law):
        if field.kind == "mine" and row.get(field.name):
            row[field.name] = names.named(field.name, row[field.name], UnitKind.mine).name


def _write(law: Ledger, applying: Applying, before: Values | None, row: Values) -> None:
    """The platform records it, as two administrators agreed: neither of them keeps a ledger of a unit."""
    unit = Unit.objects.get(name=row[UNIT], kind__in=law.keepers)
    values = {name: value for name, value in row.items() if name != UNIT}
    try:
        if before is None:
            record_entry(actor=None, ledger_id=law.id, unit=unit, values=values, at=applying.at)
        else:
            entry = _entry(law, unit, row)
            kept = {name: value for name, value in entry.values.items() if name not in values}
            correct(actor=None, entry=entry, values=kept | values, reason=REASON, at=applying.at)
    except EntryRefused as refused:
        name, text = next(iter(refused.errors.items()))
        raise RowRefused(name, text) from refused


def _entry(law: Ledger, unit: Unit, row: Values) -> Entry:
    """The current entry that the row's key names."""
    names = {mine.code: mine.name for mine in Unit.objects.filter(kind=UnitKind.mine)}
    wanted = [str(row.get(name, "")) for name in law.key]
    for entry in Entry.objects.filter(CURRENT, ledger=law.id, unit=unit):
        named = _named(law, entry.values, names)
        if [str(named.get(name, "")) for name in law.key] == wanted:
            return entry
    raise RowRefused("", "该条目已被他人更正或者作废，请重新导入")


SHEETS: Final = tuple(_book_sheet(law) for law in ledgers().values() if law.book)
