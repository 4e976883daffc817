"""From what a person or a machine gives (form text, Excel cells, JSON) to the stored value of one field, and back. Pure.

Stored are JSON values: text, whole numbers, flags; decimals and money as text; days as ``2026-03-12``; moments in UTC; a
person of the register as ``{"person": key, "name": name}``; rows as a list of mappings from column to stored value.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from kuangan.base.text import person_name
from kuangan.core.values import numbers, spans
from kuangan.core.values.days import day_of, moment_of
from kuangan.core.values.plain import LONGEST, LONGEST_MARK, LONGEST_NAME, Wrong, plain_text, quoted
from kuangan.law.field import Field, PersonName

_PHONE = re.compile(r"\+?[0-9][0-9 -]{4,18}")
_FLAGS: Final = {
    "true": True,
    "1": True,
    "on": True,
    "yes": True,
    "是": True,
    "√": True,
    "false": False,
    "0": False,
    "off": False,
    "no": False,
    "否": False,
    "×": False,
}
REFERENCES: Final = ("mine", "unit", "face", "point", "entry", "duty", "files")
"""Kinds that name something else; a person too where ``of`` says that the register is asked."""
OF_THE_MINE: Final = ("face", "point")
"""References that are looked up in the mine that the form names."""


def is_reference(field: Field) -> bool:
    """Whether only a :class:`~kuangan.core.values.sight.Sight` can tell what is meant."""
    return field.kind in REFERENCES or (field.kind == "person" and bool(field.of))


def stored(field: Field, given: Any) -> Any:
    """The stored form of a value that isn't empty. Raises :class:`Wrong`; references and rows are not its business."""
    return _READERS[field.kind](field, given)


def typed(field: Field, value: Any) -> Any:
    """A stored value as rules take it: Decimal, date, aware datetime, a name without padding; all else as it is.

    Rows are a tuple of mappings; a text that was kept before the field became rows stays a text.
    """
    if field.kind == "rows":
        return tuple(_typed_row(field, row) for row in value) if isinstance(value, list) else value
    reader = _TYPED.get(field.kind)
    return reader(value) if reader else value


def _typed_row(field: Field, row: Mapping[str, Any]) -> dict[str, Any]:
    return {column.name: typed(column, row[column.name]) for column in field.columns if column.name in row}


def name_of(value: Any) -> PersonName:
    """A stored person as a name with the key of the register, if there is one."""
    if isinstance(value, Mapping):
        return PersonName(person_name(str(value["name"])), int(value["person"]))
    return PersonName(person_name(str(value)))


def name_text(value: Any) -> str:
    """A stored person as a plain name; "" for nobody."""
    return str(name_of(value)) if value else ""


def _text(field: Field, given: Any) -> str:
    text = " ".join(plain_text(given, LONGEST[field.kind]).split())
    return _short(field, text)


def _person(field: Field, given: Any) -> str:
    """A name padded with blanks for the look of a list is the same name."""
    return _short(field, person_name(plain_text(given, LONGEST[field.kind])))


def _longtext(field: Field, given: Any) -> str:
    return _short(field, plain_text(given, LONGEST[field.kind]))


def _lines(field: Field, given: Any) -> str:
    lines = [line.strip() for line in plain_text(given).split("\n")]
    return _short(field, "\n".join(line for line in lines if line))


def _short(field: Field, text: str) -> str:
    longest = LONGEST[field.kind]
    if len(text) > longest:
        raise Wrong(f"共 {len(text)} 字，最多 {longest} 字，请精简")
    return text


def _phone(field: Field, given: Any) -> str:
    text = plain_text(given, LONGEST["phone"])
    if not _PHONE.fullmatch(text):
        raise Wrong("不是有效的电话号码，请填写手机号或带区号的固定电话")
    return text


def _choice(field: Field, given: Any) -> str:
    text = plain_text(given, LONGEST_NAME)
    for key, label in field.choices:
        if text in (key, label):
            return key
    raise Wrong(f"{quoted(text)}不在可选项内，请从以下各项中选择：{'、'.join(label for _, label in field.choices)}")


def _flag(field: Field, given: Any) -> bool:
    flag = _FLAGS.get(plain_text(given, LONGEST_MARK).lower())
    if flag is None:
        raise Wrong("请填写“是”或“否”")
    return flag


_READERS: Final[dict[str, Callable[[Field, Any], Any]]] = {
    "text": _text,
    "person": _person,
    "longtext": _longtext,
    "lines": _lines,
    "phone": _phone,
    "choice": _choice,
    "flag": _flag,
    "date": lambda field, given: day_of(given).isoformat(),
    "moment": lambda field, given: moment_of(given).astimezone(UTC).isoformat(),
    "period": lambda field, given: spans.period(given),
    "place": lambda field, given: spans.place(given),
    "number": numbers.whole,
    "decimal": numbers.decimal,
    "money": numbers.money,
    "reading": numbers.reading,
}
_TYPED: Final[dict[str, Callable[[Any], Any]]] = {
    "person": name_of,
    "date": date.fromisoformat,
    "moment": datetime.fromisoformat,
    "period": spans.days,
    "place": spans.placed,
    "decimal": Decimal,
    "money": Decimal,
}
