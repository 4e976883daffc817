"""What a move's form may hold: cleaning on the way in, plain JSON in the row, typed values on the way out."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from kuangan.core.errors import Refused
from kuangan.law.procedure import Field, Move

PARTY = "party"
"""Among the inputs of a move about a party: its number."""
FILES_TO_COME = (0,)
"""What stands for files that are not sent yet; no attachment has this key."""


def clean(move: Move, given: Mapping[str, Any], *, with_files: bool = True) -> dict[str, Any]:
    """Typed values of a move's fields, without the party. ``given`` holds typed values already (a form's) or JSON.

    ``with_files`` False: files come later, with the answer; something stands for them so that nobody misses them.

    Raises :class:`Refused` naming the field that is missing or wrong, or that the move does not have.
    """
    unknown = set(given) - {field.name for field in move.fields} - ({PARTY} if move.party else set())
    if unknown:
        raise Refused(f"“{move.label}”没有以下填报项：{'、'.join(sorted(unknown))}")
    before = set() if with_files else {field.name for field in move.fields if field.kind == "files"}
    return {
        field.name: list(FILES_TO_COME) if field.name in before else _one(move, field, given.get(field.name))
        for field in move.fields
    }


def stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON form kept in the row."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def restored(move: Move | None, row: Mapping[str, Any]) -> dict[str, Any]:
    """The typed values of a stored row; fields a later corpus no longer knows stay as stored."""
    kinds = {field.name: field.kind for field in move.fields} if move else {}
    return {name: _typed(kinds.get(name, ""), value) for name, value in row.items()}


def _one(move: Move, field: Field, value: Any) -> Any:
    empty = value is None or value in ("", [])
    if empty and field.required and field.kind != "flag":
        raise Refused(f"“{move.label}”须填写“{field.label}”")
    if field.kind == "flag":
        return bool(value)
    if empty:
        return [] if field.kind == "files" else None
    try:
        return _checked(field, value)
    except (ValueError, TypeError, InvalidOperation):
        raise Refused(f"“{field.label}”填写有误：{value}") from None


def _checked(field: Field, value: Any) -> Any:
    if field.kind == "choice" and value not in dict(field.choices):
        raise ValueError(value)
    if field.kind == "number":
        number = int(str(value))
        if number < 0:
            raise ValueError(value)
        return number
    if field.kind == "reading":
        reading = Decimal(str(value))
        if not 0 <= reading <= 100:
            raise ValueError(value)
        return f"{reading:.2f}"
    if field.kind == "files":
        return [int(key) for key in value]
    typed = _typed(field.kind, value)
    if field.kind == "moment" and typed.tzinfo is None:
        raise ValueError(value)
    return typed if field.kind in ("moment", "date") else str(value).strip()


def _typed(kind: str, value: Any) -> Any:
    if kind == "moment" and isinstance(value, str):
        return datetime.fromisoformat(value)
    if kind == "date" and isinstance(value, str):
        return date.fromisoformat(value)
    return value
