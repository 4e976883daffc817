"""Invented values that name people, mines and faces, stored as the unit's own form would store them."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from kuangan.core.models import Unit
from kuangan.core.values import cleaned
from kuangan.law.field import Field
from kuangan.law.ledger import Ledger, ledger_by_id
from kuangan.ledger.references import References
from kuangan.ledger.sight import FormSight
from kuangan.mine.models import Mine


class Referring:
    """Looks up what entries of each unit name; ``mines`` are all of the city."""

    def __init__(self, mines: Sequence[Mine]) -> None:
        self._mines = mines
        self._references: dict[int, References] = {}

    def stored(self, book: Ledger, values: Mapping[str, Any], unit: Unit) -> dict[str, Any]:
        """The fields of the row that depend on the register, in their stored form; those that fit nobody are left as they are."""
        fields = [field for field in _named(book.id) if field.name in values]
        if not fields:
            return {}
        references = self._references.setdefault(unit.pk, References(unit))
        given = {field.name: self._placed(field, values[field.name], unit) for field in fields}
        return cleaned(fields, given, FormSight(references))[0]

    def lacks(self, book: Ledger, unit: Unit) -> bool:
        """Whether the ledger asks for a table of mines in an area that has none."""
        tables = [field for field in _named(book.id) if field.required and _mine_columns(field)]
        return bool(tables) and not self._mines_in(unit)

    def _mines_in(self, unit: Unit) -> list[Mine]:
        return [mine for mine in self._mines if mine.unit.path.startswith(unit.scope_path)]

    def _placed(self, field: Field, value: Any, unit: Unit) -> Any:
        """A table's rows with mines of this city in place of the sample's."""
        columns = _mine_columns(field)
        mines = self._mines_in(unit) if columns else []
        if not mines or not isinstance(value, list):
            return value
        return [
            {**own_cells, **{name: mines[number % len(mines)].code for name in columns}}
            for number, own_cells in enumerate(value)
        ]


def _mine_columns(field: Field) -> list[str]:
    return [column.name for column in field.columns if column.kind == "mine"]


@cache
def _named(ledger_id: str) -> tuple[Field, ...]:
    """The fields whose stored form depends on the register."""
    return tuple(field for field in ledger_by_id(ledger_id).fields if field.of or field.kind == "rows")
