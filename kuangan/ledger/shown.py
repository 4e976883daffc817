"""Entries as people read them: labels of choices, names of what they refer to, personal data masked for outsiders."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kuangan.core.models import Attachment, User
from kuangan.core.queries import roles_of
from kuangan.core.sealed import SecretUnreadable
from kuangan.core.values.shown import SEALED, Cell, Names, cell, masked, referred, words
from kuangan.law.field import Field
from kuangan.law.ledger import Ledger
from kuangan.ledger.models import Entry
from kuangan.ledger.sight import names_of
from kuangan.ledger.values import open_sealed


def own_units(user: User) -> frozenset[int]:
    """The units in which the user holds a post; he sees their personal data unmasked."""
    return frozenset(hold.unit.pk for hold in roles_of(user))


def masked_values(ledger: Ledger, entry: Entry, open_units: Collection[int] | None) -> dict[str, Any]:
    """An entry's stored values, its personal ones masked unless it is of one of ``open_units`` (None: of any).

    A sealed value is in clear where nothing is masked, and only said to be sealed elsewhere.
    """
    own = open_units is None or entry.unit_id in open_units
    fields = {field.name: field for field in ledger.fields}
    return {
        name: _as_given(fields[name], entry, value, own=own) if name in fields and value is not None else value
        for name, value in entry.values.items()
    }


def _as_given(field: Field, entry: Entry, value: Any, *, own: bool) -> Any:
    if field.sealed:
        return _clear(entry, field, value) if own else SEALED
    return value if own or not field.personal else _hidden(field, value, {})


def _clear(entry: Entry, field: Field, value: str) -> str:
    """A sealed value in clear, or why it cannot be read; of a row that is not recorded yet what stands for it."""
    if entry.unit_id is None:
        return SEALED
    try:
        return open_sealed(entry.ledger, entry.unit.code, field, value)
    except SecretUnreadable as unreadable:
        return f"{SEALED}{unreadable}"


def _hidden(field: Field, value: Any, names: Names) -> str:
    """What outsiders see of personal data; of a table how many rows it has."""
    if field.kind == "rows" and isinstance(value, list):
        return f"共 {len(value)} 行"
    return masked(field, value)


@dataclass(frozen=True)
class TableShown:
    """A field of rows as a page shows it: headings, and the cells of each row."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def labelled(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """The rows with the heading of each cell, as a phone shows them."""
        return tuple(tuple(zip(self.headings, row, strict=True)) for row in self.rows)


class EntryWords:
    """The words of some entries of one ledger; what they refer to is read at most once for all of them.

    ``open_units``: the units whose personal data is not masked; None masks nothing: one's own sheet, or one record opened
    in clear by an act of its own.
    """

    def __init__(self, ledger: Ledger, entries: Iterable[Entry], open_units: Collection[int] | None = None) -> None:
        self.ledger = ledger
        self.entries = list(entries)
        self._open = open_units
        wanted = {reference for entry in self.entries for reference in referred(ledger.fields, entry.values)}
        self.files = self._attachments({key for kind, key in wanted if kind == "files"})
        self.names: Mapping[tuple[str, Any], str] = {
            **names_of(reference for reference in wanted if reference[0] != "files"),
            **{("files", key): file.name for key, file in self.files.items()},
        }

    def text(self, entry: Entry, field: Field) -> str:
        """One value as text; "" for none."""
        value = entry.values.get(field.name)
        if value is None:
            return ""
        if self._masks(entry, field):
            return SEALED if field.sealed else _hidden(field, value, self.names)
        return _clear(entry, field, value) if field.sealed else words(field, value, self.names)

    def brief(self, entry: Entry, field: Field) -> str:
        """As :meth:`text`, of a table only how many rows it has: for lists."""
        value = entry.values.get(field.name)
        return f"{len(value)} 行" if field.kind == "rows" and isinstance(value, list) else self.text(entry, field)

    def table(self, entry: Entry, field: Field) -> TableShown | None:
        """A field of rows as a table of the columns that hold something; None for one that is empty, masked, or still a text of before."""
        value = entry.values.get(field.name)
        if field.kind != "rows" or not isinstance(value, list) or self._masks(entry, field):
            return None
        columns = [column for column in field.columns if any(column.name in row for row in value)]
        rows = tuple(tuple(words(column, row.get(column.name), self.names) for column in columns) for row in value)
        return TableShown(tuple(column.label for column in columns), rows)

    def cell(self, entry: Entry, field: Field) -> Cell:
        """One value as a spreadsheet takes it, and as an import reads it back."""
        value = entry.values.get(field.name)
        if value is None:
            return None
        if self._masks(entry, field):
            return SEALED if field.sealed else _hidden(field, value, self.names)
        return _clear(entry, field, value) if field.sealed else cell(field, value, self.names)

    def row_cells(self, entry: Entry, field: Field) -> list[list[Cell]]:
        """The rows of a table as a sheet of their own takes them, a text of before line by line in the first column; none where it is masked."""
        value = entry.values.get(field.name)
        if value is None or self._masks(entry, field):
            return []
        if isinstance(value, str):
            return [[line, *(None for _ in field.columns[1:])] for line in value.splitlines()]
        return [[cell(column, row.get(column.name), self.names) for column in field.columns] for row in value]

    def attachments(self, entry: Entry, field: Field) -> list[Attachment]:
        """The files of a field, in the order in which they were given."""
        return [self.files[number] for number in entry.values.get(field.name, ()) if number in self.files]

    def masks_any(self, entry: Entry) -> bool:
        return any(
            entry.values.get(field.name) is not None for field in self.ledger.fields if self._masks(entry, field)
        )

    def _masks(self, entry: Entry, field: Field) -> bool:
        private = field.personal or field.sealed
        return private and self._open is not None and entry.unit_id not in self._open

    @staticmethod
    def _attachments(numbers: Collection[int]) -> dict[int, Attachment]:
        return Attachment.objects.in_bulk(numbers) if numbers else {}
