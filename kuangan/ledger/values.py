"""An entry's values: cleaned from what was given to what is stored, with a message for each field that is wrong."""

import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from kuangan.base.clock import civil_date
from kuangan.base.digest import digest
from kuangan.base.period import FIRST_DAY, LAST_DAY
from kuangan.core.errors import Refused
from kuangan.core.models import UnitKind, User
from kuangan.core.values import cleaned, is_empty, name_of, typed
from kuangan.core.values.sealing import is_sealed, opened, sealed_text, sealed_values
from kuangan.law.field import Field
from kuangan.law.ledger import Constraint, Ledger
from kuangan.law.local import local_span
from kuangan.law.procedure.confirming import Confirming
from kuangan.law.time.dated import NotInForce
from kuangan.ledger.confirming import held_fast, requests_in_vain, requests_of, rests_unchanged, standing, waiting_part
from kuangan.ledger.former import day_of, faults_of_former
from kuangan.ledger.opening_rows import with_rows
from kuangan.ledger.references import MINE, References
from kuangan.ledger.sight import FormSight
from kuangan.mine.models import Mine

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
        labels = {field.name: field.label for field in ledger.fields}
        lines = [f"{labels[name]}：{text}" if name in labels else text for name, text in self.errors.items()]
        super().__init__("；".join(lines))


@dataclass(frozen=True)
class Cleaned:
    """Values fit for an entry and what follows from them: mine, scope, days, digest of the key fields, attachments.

    ``confirmed`` and ``waits_for``: the parts of others that hold, and the next one, as an entry keeps them.
    """

    values: dict[str, Any]
    mine: Mine | None
    path: str
    on: date
    until: date | None
    key: str
    files: Mapping[str, list[int]] = field(default_factory=dict)
    confirmed: str = ""
    waits_for: str = ""


def clean(
    ledger: Ledger,
    given: Mapping[str, Any],
    refs: References,
    *,
    actor: User | None,
    kept: Collection[int] = (),
    old: Mapping[str, Any] | None = None,
    parts: Collection[str] = (),
    waited: str = "",
) -> Cleaned:
    """The keeper's values, checked; sealed fields sealed. Raises :class:`EntryRefused` naming every wrong field.

    ``kept``, ``old``, ``parts`` and ``waited``: attachments, stored values, parts of others and the part that waits of the version
    that is corrected.
    """
    before = old or {}
    texts = _texts_kept(ledger, given, before)
    known = {field.name for field in ledger.fields}
    unknown = {name: "本台账没有这一栏，请删去" for name in given if name not in known}
    asked = [field for field in ledger.fields if field.name not in texts and field.name not in ledger.of_others]
    values, wrong = cleaned(asked, _with_own_mine(ledger, given, refs), FormSight(refs, actor, kept))
    errors = unknown | _of_others(ledger, given, before, values) | _held(ledger, before, parts, values) | wrong
    values |= texts
    mine = _mine(ledger, values, refs, errors)
    others, held = standing(ledger, before, parts, values)
    values |= others
    errors = errors or requests_in_vain(ledger, before, values, held, waited)
    errors = errors or faults_between(ledger, values) or faults_of_former(ledger, values, old)
    if not errors:
        values, errors = with_rows(ledger, values)
    if errors:
        raise EntryRefused(ledger, errors)
    requested = requests_of(ledger, before, values, waited)
    return derived(ledger, _sealed(ledger, values, refs.keeper.code, before), refs, mine, held, requested)


def faults_between(ledger: Ledger, values: Mapping[str, Any]) -> dict[str, str]:
    """Which fields do not agree with each other, the first fault of each."""
    faults: dict[str, str] = {}
    for held in ledger.constraints:
        if not faults and not _holds(ledger, held, values):
            faults[held.left if held.left in values else held.right] = held.message
    return faults


def _of_others(
    ledger: Ledger, given: Mapping[str, Any], old: Mapping[str, Any], own: Mapping[str, Any]
) -> dict[str, str]:
    """What is wrong where somebody gives a field that is not his to fill in; what stands there may be sent along."""
    wrong = [name for name in given if name in ledger.of_others and given[name] != old.get(name)]
    writers = {name: _writer(ledger, name, own) for name in wrong if not is_empty(given[name])}
    return {name: f"本栏由{part.who}填写（{part.title}），请留空" for name, part in writers.items()}


def _held(ledger: Ledger, old: Mapping[str, Any], parts: Collection[str], own: Mapping[str, Any]) -> dict[str, str]:
    """What the keeper takes back though only another may let him, or let him for another reason than he gives now."""
    let = [part.id for part in ledger.confirmations if part.id in parts and rests_unchanged(ledger, part, old, own)]
    return {
        name: f"须先由{part.who}在本条目办理“{part.title}”，才能更改本栏"
        for name, part in held_fast(ledger, old, let).items()
        if own.get(name) != old[name]
    }


def _writer(ledger: Ledger, name: str, own: Mapping[str, Any]) -> Confirming:
    """The part to which a field belongs in an entry whose keeper says ``own``."""
    parts = [part for part in ledger.confirmations if name in part.fields]
    fitting = (
        part
        for part in parts
        if all(own.get(asked) in wanted for asked, wanted in part.where.items() if asked not in ledger.of_others)
    )
    return next(fitting, parts[0])


def _texts_kept(ledger: Ledger, given: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, str]:
    """Texts that were kept before their field became rows and that nobody has written down as rows."""
    return {
        field.name: old[field.name]
        for field in ledger.fields
        if field.kind == "rows"
        and isinstance(old.get(field.name), str)
        and (is_empty(given.get(field.name)) or given.get(field.name) == old[field.name])
    }


def seal_place(ledger_id: str, unit_code: str) -> str:
    """Where the sealed values of a unit's entries belong."""
    return f"ledger_entry/{ledger_id}/{unit_code}"


def open_sealed(ledger_id: str, unit_code: str, field: Field, value: str) -> str:
    """A sealed value in clear. Raises :class:`~kuangan.core.sealed.SecretUnreadable`."""
    return opened(field, value, seal_place(ledger_id, unit_code))


def _sealed(ledger: Ledger, values: dict[str, Any], unit_code: str, old: Mapping[str, Any]) -> dict[str, Any]:
    """The values with the sealed ones sealed; what did not change keeps its sealed text, so that it counts as the same."""
    place = seal_place(ledger.id, unit_code)
    sealed = sealed_values(ledger.fields, values, place)
    for own_field in ledger.fields:
        kept = old.get(own_field.name)
        if own_field.sealed and kept and own_field.name in values and is_sealed(kept):
            same = opened(own_field, kept, place) == sealed_text(values[own_field.name])
            sealed[own_field.name] = kept if same else sealed[own_field.name]
    return sealed


def problems(ledger: Ledger, given: Mapping[str, Any], refs: References, **more: Any) -> Mapping[str, str]:
    """What :func:`clean` would refuse, by field; nothing for values that are fit."""
    try:
        clean(ledger, given, refs, **more)
    except EntryRefused as refused:
        return refused.errors
    return {}


def derived(
    ledger: Ledger,
    values: dict[str, Any],
    refs: References,
    mine: Mine | None,
    parts: Collection[str] = (),
    requested: Collection[str] = (),
) -> Cleaned:
    """What follows from values that are known to be right, from the parts of others that hold and those that were asked for."""
    typed = typed_of(ledger, values)
    return Cleaned(
        values=values,
        mine=mine,
        path=mine.unit.path if mine else refs.keeper.path,
        on=day_of(ledger, values),
        until=min((typed[name] for name in (ledger.until, ledger.ended) if typed.get(name) is not None), default=None),
        key=key_of(ledger, values),
        files={
            field.name: values[field.name] for field in ledger.fields if field.kind == "files" and field.name in values
        },
        confirmed=" ".join(parts),
        waits_for=waiting_part(ledger, values, parts, refs.keeper.kind, requested),
    )


def key_of(ledger: Ledger, values: Mapping[str, Any]) -> str:
    """The digest of the key fields, by which a unit's current entries differ; "" for a ledger without a key.

    A name counts without the blanks that lists are padded with.
    """
    return digest([_in_key(ledger.field(name), values.get(name)) for name in ledger.key]) if ledger.key else ""


def _in_key(field: Field, value: Any) -> Any:
    if field.kind != "person" or value is None:
        return value
    name = name_of(value)
    return str(name) if name.key is None else [str(name), name.key]


def typed_of(ledger: Ledger, values: Mapping[str, Any]) -> dict[str, Any]:
    """Stored values as rules take them (``law.topic.EntryFact``), without sealed ones and what the ledger no longer knows."""
    return {
        field.name: typed(field, values[field.name])
        for field in ledger.fields
        if field.name in values and not field.sealed
    }


def mine_of(ledger: Ledger, values: Mapping[str, Any], refs: References) -> Mine | None:
    """The mine that stored values are about."""
    code = refs.keeper.code if refs.keeper.kind == UnitKind.mine else values.get(MINE)
    return refs.mines.get(str(code)) if code and _names_mine(ledger, refs) else None


def _with_own_mine(ledger: Ledger, given: Mapping[str, Any], refs: References) -> Mapping[str, Any]:
    """A mine need not name itself."""
    own = refs.keeper.kind == UnitKind.mine and any(
        field.name == MINE and field.kind == "mine" for field in ledger.fields
    )
    return {**given, MINE: refs.keeper.code} if own and is_empty(given.get(MINE)) else given


def _names_mine(ledger: Ledger, refs: References) -> bool:
    return refs.keeper.kind == UnitKind.mine or any(
        field.name == MINE and field.kind == "mine" for field in ledger.fields
    )


def _mine(ledger: Ledger, values: dict[str, Any], refs: References, errors: dict[str, str]) -> Mine | None:
    own_mine = mine_of(ledger, values, refs)
    if refs.keeper.kind == UnitKind.mine and own_mine is not None and values.get(MINE, own_mine.code) != own_mine.code:
        errors[MINE] = f"{refs.keeper.name}只能登记本矿的条目"
    return own_mine


def _holds(ledger: Ledger, held: Constraint, values: Mapping[str, Any]) -> bool:
    """Whether it holds; where a side isn't filled there is nothing to compare."""
    typed = typed_of(ledger, values)
    sides = [typed.get(side) if _is_field(ledger, side) else Decimal(side) for side in (held.left, held.right)]
    if any(side is None for side in sides):
        return True
    if held.span_key:
        return _COMPARE[held.operator](_day(sides[0]), _bound(held, typed))
    if any(type(side) is date for side in sides):
        sides = [_day(side) for side in sides]
    return _COMPARE[held.operator](*sides)


def _bound(held: Constraint, typed: Mapping[str, Any]) -> date:
    """The day so long after the later of the days that it counts from; before its law began there is no bound."""
    start = max(_day(typed[name]) for name in (held.right, held.also) if typed.get(name) is not None)
    try:
        return local_span(held.span_key, start).after(start)
    except NotInForce:
        return LAST_DAY if held.operator.startswith("<") else FIRST_DAY


def _day(side: Any) -> Any:
    return civil_date(side) if isinstance(side, datetime) else side


def _is_field(ledger: Ledger, name: str) -> bool:
    return any(field.name == name for field in ledger.fields)
