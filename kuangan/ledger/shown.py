"""Entries as people read them: labels of choices, names of mines and units, personal data masked for outsiders."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from kuangan.base.clock import civil
from kuangan.core.models import Attachment, Unit, User
from kuangan.core.queries import roles_of
from kuangan.core.values.kinds import typed
from kuangan.law.field import Field
from kuangan.law.ledger import Ledger
from kuangan.ledger.models import Entry
from kuangan.ledger.references import named

YES_NO: Final = {True: "是", False: "否"}
Cell = str | int | Decimal | date | datetime | None


def own_units(user: User) -> frozenset[int]:
    """The units in which the user holds a post; he sees their personal data unmasked."""
    return frozenset(hold.unit.pk for hold in roles_of(user))


def masked(field: Field, text: str) -> str:
    """Personal data as outsiders see it: a family name, the ends of a number, otherwise nothing."""
    if field.kind == "phone":
        return f"{text[:3]}****{text[-4:]}" if len(text) > 8 else "****"
    return f"{text[0]}{'*' * max(len(text) - 1, 1)}" if field.kind == "person" else "***"


def masked_values(found: Ledger, entry: Entry, open_units: Collection[int]) -> dict[str, Any]:
    """An entry's stored values, its personal ones masked unless it is of one of ``open_units``."""
    if entry.unit_id in open_units:
        return dict(entry.values)
    personal = {field.name: field for field in found.fields if field.personal}
    return {
        name: masked(personal[name], str(value)) if name in personal and value is not None else value
        for name, value in entry.values.items()
    }


class Shown:
    """The words of some entries of one ledger; what they refer to is read at most once for all of them.

    ``open_units``: the units whose personal data is not masked; None masks nothing: one's own sheet, or one record opened
    in clear by an act of its own.
    """

    def __init__(self, found: Ledger, entries: Iterable[Entry], open_units: Collection[int] | None = None) -> None:
        self.ledger = found
        self.entries = list(entries)
        self._open = open_units
        self._units = self._names()
        self.files = self._attachments()

    def text(self, entry: Entry, field: Field) -> str:
        """One value as text; "" for none."""
        value = entry.values.get(field.name)
        if value is None:
            return ""
        if self._masks(entry, field):
            return masked(field, str(value))
        return (
            f"{self._plain(field, value)}{field.suffix}"
            if field.kind in ("number", "decimal")
            else self._plain(field, value)
        )

    def cell(self, entry: Entry, field: Field) -> Cell:
        """One value as a spreadsheet takes it, and as an import reads it back."""
        value = entry.values.get(field.name)
        if value is None:
            return None
        if self._masks(entry, field):
            return masked(field, str(value))
        if field.kind in ("mine", "unit"):
            return named(self._units.get(value, value), value)
        if field.kind in ("number", "decimal", "date"):
            found: Cell = typed(field, value)
            return found
        if field.kind == "moment":
            return civil(typed(field, value)).replace(tzinfo=None)
        return self._plain(field, value)

    def attachments(self, entry: Entry, field: Field) -> list[Attachment]:
        """The files of a field, in the order in which they were given."""
        return [self.files[number] for number in entry.values.get(field.name, ()) if number in self.files]

    def _plain(self, field: Field, value: Any) -> str:
        if field.kind == "choice":
            return dict(field.choices).get(value, str(value))
        if field.kind == "flag":
            return YES_NO[bool(value)]
        if field.kind in ("mine", "unit"):
            return self._units.get(value, str(value))
        if field.kind == "moment":
            return civil(typed(field, value)).strftime("%Y-%m-%d %H:%M")
        if field.kind == "files":
            return "、".join(self.files[number].name for number in value if number in self.files)
        return str(value)

    def masks_any(self, entry: Entry) -> bool:
        """Whether something of an entry is masked."""
        return any(
            entry.values.get(field.name) is not None for field in self.ledger.fields if self._masks(entry, field)
        )

    def _masks(self, entry: Entry, field: Field) -> bool:
        return field.personal and self._open is not None and entry.unit_id not in self._open

    def _values_of(self, *kinds: str) -> set[Any]:
        names = [field.name for field in self.ledger.fields if field.kind in kinds]
        return {_frozen(entry.values.get(name)) for entry in self.entries for name in names} - {None}

    def _names(self) -> dict[str, str]:
        codes = self._values_of("mine", "unit")
        return dict(Unit.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}

    def _attachments(self) -> dict[int, Attachment]:
        numbers = {number for numbers in self._values_of("files") for number in numbers}
        return Attachment.objects.in_bulk(numbers) if numbers else {}


def _frozen(value: Any) -> Any:
    """Lists as tuples, so that they fit in a set."""
    return tuple(value) if isinstance(value, list) else value
