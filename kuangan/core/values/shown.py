"""Stored values as people read them, and as a spreadsheet takes them so that an import reads them back. Pure.

What references are called is looked up once for all rows that are shown (:func:`referred`) and handed in as ``names``.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from kuangan.base.clock import civil
from kuangan.core.values.kinds import name_of, typed
from kuangan.law.field import Field

YES_NO: Final = {True: "是", False: "否"}
SEALED: Final = "（已密封）"
"""What stands for a sealed value until somebody opens it."""
Cell = str | int | Decimal | date | datetime | None
Names = Mapping[tuple[str, Any], str]
"""What references are called, by kind and stored key."""
LOOKED_UP: Final = ("mine", "unit", "point", "entry", "duty", "files")
"""Kinds whose stored key says nothing to a reader."""
NUMBERS: Final = ("number", "decimal", "money", "reading")


def named(name: str, code: object) -> str:
    """A reference as sheets and lists write it, so that it is read back without doubt: 样例煤矿（140423900001）."""
    return f"{name}（{code}）"


def person_code(key: int) -> str:
    """A person's key as sheets and lists write it."""
    return f"P{key}"


def referred(fields: Iterable[Field], values: Mapping[str, Any]) -> set[tuple[str, Any]]:
    """What stored values refer to, as (kind, key), the cells of tables too."""
    referred_keys: set[tuple[str, Any]] = set()
    for field in fields:
        value = values.get(field.name)
        if value is None or field.sealed:
            continue
        if field.kind == "rows" and isinstance(value, list):
            referred_keys |= {wanted for row in value for wanted in referred(field.columns, row)}
        elif field.kind == "files":
            referred_keys |= {("files", key) for key in value}
        elif field.kind in LOOKED_UP:
            referred_keys.add((field.kind, value))
    return referred_keys


def words(field: Field, value: Any, names: Names) -> str:
    """A stored value as text, numbers with their unit; "" for none."""
    if value is None:
        return ""
    if field.sealed:
        return SEALED
    text = plain_words(field, value, names)
    return f"{text}{field.suffix or _UNITS.get(field.kind, '')}" if field.kind in NUMBERS else text


_UNITS: Final = {"money": "元"}


def plain_words(field: Field, value: Any, names: Names) -> str:
    """As :func:`words`, numbers bare and sealed texts as they are handed in."""
    writer = _WORDS.get(field.kind)
    return writer(field, value, names) if writer else str(value)


def _referred_words(field: Field, value: Any, names: Names) -> str:
    return names.get((field.kind, value), str(value))


def _moment_words(local: datetime) -> str:
    """To the minute; to the second where somebody said so."""
    return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")


def _rows_words(field: Field, value: Any, names: Names) -> str:
    """The rows as lines; a text that was kept before the field became rows stays as it is."""
    return "\n".join(row_words(field, row, names) for row in value) if isinstance(value, list) else str(value)


_WORDS: Final[dict[str, Callable[[Field, Any, Names], str]]] = {
    "rows": _rows_words,
    "choice": lambda field, value, names: dict(field.choices).get(value, str(value)),
    "flag": lambda field, value, names: YES_NO[bool(value)],
    "files": lambda field, value, names: "、".join(names["files", key] for key in value if ("files", key) in names),
    "moment": lambda field, value, names: _moment_words(civil(typed(field, value))),
    "money": lambda field, value, names: f"{Decimal(value):,.2f}",
    "person": lambda field, value, names: value["name"] if isinstance(value, Mapping) else str(value),
    "period": lambda field, value, names: str(typed(field, value)),
    "mine": _referred_words,
    "unit": _referred_words,
    "point": _referred_words,
    "entry": _referred_words,
    "duty": _referred_words,
}


def row_words(field: Field, row: Mapping[str, Any], names: Names) -> str:
    """One row of a table on a line."""
    return "　".join(words(column, row[column.name], names) for column in field.columns if column.name in row)


def cell(field: Field, value: Any, names: Names) -> Cell:
    """A stored value as a spreadsheet takes it; a table's text is none that an import reads (it has a sheet of its own)."""
    if value is None or field.sealed:
        return None if value is None else SEALED
    if field.kind in ("mine", "unit", "entry", "duty", "point"):
        return named(names.get((field.kind, value), str(value)), value)
    if field.kind == "person" and isinstance(value, Mapping):
        return named(name_of(value), person_code(value["person"]))
    if field.kind == "moment":
        return civil(typed(field, value)).replace(tzinfo=None)
    if field.kind in ("decimal", "money", "reading", "date"):
        typed_value: Cell = Decimal(value) if field.kind == "reading" else typed(field, value)
        return typed_value
    return int(value) if field.kind == "number" else plain_words(field, value, names)


def masked(field: Field, value: Any) -> str:
    """Personal data as outsiders see it: a family name, the ends of a number, otherwise nothing."""
    if field.kind == "phone":
        text = str(value)
        return f"{text[:3]}****{text[-4:]}" if len(text) > 8 else "****"
    if field.kind == "person":
        name = name_of(value)
        return f"{name[0]}{'*' * max(len(name) - 1, 1)}"
    return "***"
