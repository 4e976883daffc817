"""An entry's values: cleaned from what was given to what is stored, with a message for each field that is wrong."""

import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final

from kuangan.base.clock import civil_date
from kuangan.base.digest import digest
from kuangan.base.text import person_name
from kuangan.core.errors import Refused
from kuangan.core.models import UnitKind, User
from kuangan.core.values import stored, typed
from kuangan.core.values.plain import Wrong, is_empty
from kuangan.law.field import Field
from kuangan.law.ledger import Constraint, Ledger
from kuangan.ledger import references
from kuangan.ledger.references import References
from kuangan.mine.models import Mine

MINE: Final = "mine"
"""The field that says which mine an entry is about."""

Compare = Callable[[Any, Any], bool]
_COMPARE: Final[Mapping[str, Compare]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}


class EntryRefused(Refused):
    """Values that can't be an entry. ``errors``: a message by field name; "" is about the entry as a whole."""

    def __init__(self, ledger: Ledger, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        labels = {each.name: each.label for each in ledger.fields}
        lines = [f"{labels[name]}：{text}" if name in labels else text for name, text in self.errors.items()]
        super().__init__("；".join(lines))


@dataclass(frozen=True)
class Cleaned:
    """Values fit for an entry and what follows from them: mine, scope, days, digest of the key fields, attachments."""

    values: dict[str, Any]
    mine: Mine | None
    path: str
    on: date
    until: date | None
    key: str
    files: Mapping[str, list[int]] = field(default_factory=dict)


def clean(
    ledger: Ledger,
    given: Mapping[str, Any],
    refs: References,
    *,
    actor: User | None,
    kept: Collection[int] = (),
) -> Cleaned:
    """The given values, checked. ``kept``: attachments of the version that is corrected. Raises :class:`EntryRefused` naming every wrong field."""
    values, errors = _fields(ledger, given, refs, actor, kept)
    mine = _mine(ledger, values, refs, errors)
    for each in ledger.fields:
        if each.kind == "face" and each.name in values:
            _put(values, errors, each, lambda value: refs.face(value, mine))
    for held in ledger.constraints:
        if not errors and not _holds(ledger, held, values):
            errors[held.left if held.left in values else held.right] = held.message
    if errors:
        raise EntryRefused(ledger, errors)
    return derived(ledger, values, refs, mine)


def problems(ledger: Ledger, given: Mapping[str, Any], refs: References, **more: Any) -> Mapping[str, str]:
    """What :func:`clean` would refuse, by field; nothing for values that are fit."""
    try:
        clean(ledger, given, refs, **more)
    except EntryRefused as refused:
        return refused.errors
    return {}


def derived(ledger: Ledger, values: dict[str, Any], refs: References, mine: Mine | None) -> Cleaned:
    """What follows from values that are known to be right."""
    typed = typed_of(ledger, values)
    on = typed[ledger.dated]
    return Cleaned(
        values=values,
        mine=mine,
        path=mine.unit.path if mine else refs.keeper.path,
        on=civil_date(on) if isinstance(on, datetime) else on,
        until=typed.get(ledger.until) if ledger.until else None,
        key=key_of(ledger, values),
        files={each.name: values[each.name] for each in ledger.fields if each.kind == "files" and each.name in values},
    )


def key_of(ledger: Ledger, values: Mapping[str, Any]) -> str:
    """The digest of the key fields, by which a unit's current entries differ; "" for a ledger without a key.

    A name counts without the blanks that lists are padded with.
    """
    return digest([_in_key(ledger.field(name), values.get(name)) for name in ledger.key]) if ledger.key else ""


def _in_key(field: Field, value: Any) -> Any:
    return person_name(value) if field.kind == "person" and isinstance(value, str) else value


def typed_of(ledger: Ledger, values: Mapping[str, Any]) -> dict[str, Any]:
    """Stored values as rules take them (see ``law.topic.EntryFact``); what the ledger no longer knows is left out."""
    return {each.name: typed(each, values[each.name]) for each in ledger.fields if each.name in values}


def mine_of(ledger: Ledger, values: Mapping[str, Any], refs: References) -> Mine | None:
    """The mine that stored values are about."""
    code = refs.keeper.code if refs.keeper.kind == UnitKind.mine else values.get(MINE)
    return refs.mines.get(str(code)) if code and _names_mine(ledger, refs) else None


def _fields(
    ledger: Ledger, given: Mapping[str, Any], refs: References, actor: User | None, kept: Collection[int]
) -> tuple[dict[str, Any], dict[str, str]]:
    values: dict[str, Any] = {}
    known = {each.name for each in ledger.fields}
    errors = {name: "本台账没有这一栏，请删去" for name in given if name not in known}
    own_mine = refs.keeper.code if refs.keeper.kind == UnitKind.mine else None
    readers: dict[str, Callable[[Any], Any]] = {
        "mine": lambda value: refs.mine(value).code,
        "unit": lambda value: refs.unit(value).code,
        "face": lambda value: value,
        "files": lambda value: references.files(value, actor, kept),
    }
    for each in ledger.fields:
        value = given.get(each.name)
        if is_empty(value) and each.name == MINE and each.kind == "mine":
            value = own_mine
        if not is_empty(value):
            values[each.name] = value
            _put(values, errors, each, readers.get(each.kind) or partial(stored, each))
        elif each.required:
            errors[each.name] = f"请{_VERBS.get(each.kind, '填写')}“{each.label}”"
    return values, errors


_VERBS: Final = {"choice": "选择", "mine": "选择", "unit": "选择", "flag": "选择", "files": "上传"}


def _put(values: dict[str, Any], errors: dict[str, str], field: Field, read: Callable[[Any], Any]) -> None:
    """Replace a given value by its stored form, or note what is wrong with it."""
    try:
        values[field.name] = read(values[field.name])
    except Wrong as wrong:
        del values[field.name]
        errors[field.name] = str(wrong)


def _names_mine(ledger: Ledger, refs: References) -> bool:
    return refs.keeper.kind == UnitKind.mine or any(each.name == MINE and each.kind == "mine" for each in ledger.fields)


def _mine(ledger: Ledger, values: dict[str, Any], refs: References, errors: dict[str, str]) -> Mine | None:
    found = mine_of(ledger, values, refs)
    if refs.keeper.kind == UnitKind.mine and found is not None and values.get(MINE, found.code) != found.code:
        errors[MINE] = f"{refs.keeper.name}只能登记本矿的条目"
    return found


def _holds(ledger: Ledger, held: Constraint, values: Mapping[str, Any]) -> bool:
    """Whether it holds; where a side isn't filled there is nothing to compare."""
    typed = typed_of(ledger, values)
    sides = [typed.get(side) if _is_field(ledger, side) else Decimal(side) for side in (held.left, held.right)]
    if any(side is None for side in sides):
        return True
    if any(type(side) is date for side in sides):
        sides = [civil_date(side) if isinstance(side, datetime) else side for side in sides]
    return _COMPARE[held.operator](*sides)


def _is_field(ledger: Ledger, name: str) -> bool:
    return any(each.name == name for each in ledger.fields)
