"""What a form of a case may hold: cleaned to plain JSON on the way in, typed on the way out. Sealed inputs lie sealed in the row."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

from django.db.models import QuerySet

from kuangan.base.numerals import deadline_text
from kuangan.casework.models import Case
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, User
from kuangan.core.values import Sight, Wrong, cleaned, is_empty, typed
from kuangan.core.values.kinds import OF_THE_MINE
from kuangan.core.values.plain import LONGEST_NAME, plain_text, quoted
from kuangan.core.values.sealing import opened, sealed_values
from kuangan.duty.models import Duty
from kuangan.duty.queries import OPEN, duties_visible_to
from kuangan.law.field import Field
from kuangan.ledger.references import References
from kuangan.ledger.sight import FormSight, names_of

PARTY: Final = "party"
"""Among the inputs of a move about a party: its number."""
FILES_TO_COME: Final = (0,)
"""What stands for files that are not sent yet; no attachment has this key."""
MOST_DUTIES: Final = 50
"""Duties that a form offers, the first due first; another is named by its number."""
_KEY_BEHIND: Final = re.compile(r"(?:.*[（(])?([0-9]{1,18})[）)]?", re.DOTALL)


class Asks(Protocol):
    """What asks for inputs: a move, or what opens a case."""

    @property
    def label(self) -> str:
        """What it is called."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """What it asks for."""


class CaseSight:
    """What a form of a case may name: the maker's unit says which units, persons and entries; faces, points and duties are those of the unit that the case is about."""

    def __init__(self, about: Unit, unit: Unit | None, actor: User | None) -> None:
        self._unit, self._actor = about, actor
        self._about = FormSight(References(about), actor)
        self._by = FormSight(References(unit), actor) if unit is not None else self._about

    def taken(self, field: Field, given: Any, around: Mapping[str, Any]) -> Any:
        """The stored form of a reference; files are looked up where they are attached. Raises ``Wrong``."""
        if field.kind == "files":
            return [int(key) for key in given]
        if field.kind == "duty":
            return self._duty(given)
        return (self._about if field.kind in OF_THE_MINE else self._by).taken(field, given, around)

    def offered(self, field: Field) -> Any:
        if field.kind == "duty":
            return [
                (str(duty.pk), duty_text(duty)) for duty in self._duties.filter(OPEN).order_by("due_at")[:MOST_DUTIES]
            ]
        return (self._about if field.kind in OF_THE_MINE else self._by).offered(field)

    @property
    def _duties(self) -> QuerySet[Duty]:
        """The duties, in the maker's sight, of the unit that the case is about."""
        return duties_visible_to(self._actor).filter(unit=self._unit)

    def _duty(self, given: Any) -> int:
        text = plain_text(given, LONGEST_NAME)
        key = _KEY_BEHIND.fullmatch(text)
        duty = self._duties.filter(pk=int(key[1])).first() if key else None
        if duty is None:
            raise Wrong(f"{self._unit.name}没有履职事项{quoted(text)}，请在列表中选择")
        return duty.pk


def duty_text(duty: Duty) -> str:
    """A duty in a list to choose from."""
    return f"{duty.title}（期限{deadline_text(duty.due_at)}）"


def reference_names(wanted: Iterable[tuple[str, Any]]) -> dict[tuple[str, Any], str]:
    """What references in forms of cases are called, by kind and key; one query a kind."""
    asked = set(wanted)
    duties = Duty.objects.filter(pk__in=[key for kind, key in asked if kind == "duty"])
    return {**names_of(asked), **{("duty", duty.pk): duty_text(duty) for duty in duties}}


def clean(asks: Asks, given: Mapping[str, Any], sight: Sight, *, with_files: bool = True) -> dict[str, Any]:
    """The stored form of the fields, None for an empty one; sealed ones still in clear (:func:`sealed`).

    ``with_files`` False: files come later, with the answer; something stands for them so that nobody misses them. A flag that
    was not ticked is no. Raises :class:`Refused` naming the field that is missing or wrong, or that is not asked for.
    """
    unknown = set(given) - {field.name for field in asks.fields}
    if unknown:
        raise Refused(f"“{asks.label}”没有以下填报项：{'、'.join(sorted(unknown))}")
    ticked = {field.name: False for field in asks.fields if field.kind == "flag" and is_empty(given.get(field.name))}
    later = {field.name for field in asks.fields if field.kind == "files" and not with_files}
    asked = [field for field in asks.fields if field.name not in later]
    values, errors = cleaned(asked, {**given, **ticked}, sight, lambda field: f"“{asks.label}”须填写“{field.label}”")
    if errors:
        labels = {field.name: field.label for field in asks.fields}
        raise Refused("；".join(_said(labels[name], text) for name, text in errors.items()))
    empty: dict[str, Any] = {field.name: [] if field.kind == "files" else None for field in asks.fields}
    return {**empty, **{name: list(FILES_TO_COME) for name in later}, **values}


def _said(label: str, text: str) -> str:
    return text if label in text else f"“{label}”：{text}"


def sealed(asks: Asks, case: Case, values: Mapping[str, Any]) -> dict[str, Any]:
    """Cleaned inputs as the row keeps them."""
    return sealed_values(asks.fields, values, _place(case.pk))


def restored(asks: Asks | None, stored_inputs: Mapping[str, Any], case: int | None = None) -> dict[str, Any]:
    """The typed values of a stored row; fields a later corpus no longer knows stay as stored.

    ``case``: the key of the case whose row it is, for what lies sealed in it.
    """
    fields = {field.name: field for field in asks.fields} if asks else {}
    return {name: _typed(fields.get(name), value, case) for name, value in stored_inputs.items()}


def _typed(field: Field | None, value: Any, case: int | None) -> Any:
    if field is None or value is None:
        return value
    if field.sealed and case is not None:
        return opened(field, value, _place(case))
    return typed(field, value)


def _place(case: int) -> str:
    return f"casework_casemove/{case}"
