"""Properties of mines that people set by hand from a day on, and what takes that back. What the corpus lets a decision set is set by that decision alone."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.law.effect.attribute import NUMERIC, TEXTS, VALUES
from kuangan.law.field import Field
from kuangan.law.ledger import ledgers
from kuangan.mine.actions import set_attributes, take_back_attributes
from kuangan.mine.models import AttributeName, Mine, MineAttribute
from kuangan.mine.queries import STANDING
from kuangan.mine.queries.attributes import VALUE_WORDS, rows_on

STATUS: Final = str(AttributeName.status)
DECIDED: Final = frozenset(effect.attribute for ledger in ledgers().values() for effect in ledger.sets)
"""What entries of ledgers decide."""
BY_HAND: Final = tuple(name for name in VALUES if name not in DECIDED and name != STATUS)


def attribute_field(name: str) -> Field:
    """How a property is filled in."""
    label = str(AttributeName(name).label)
    if name in NUMERIC:
        return Field(name, label, "decimal", required=False)
    if name in TEXTS:
        return Field(name, label, required=False)
    return Field(name, label, "choice", required=False, choices=tuple(VALUE_WORDS[name].items()))


def set_by_hand(
    actor: User, mine: Mine, values: Mapping[str, str], *, valid_from: date, basis: str, at: datetime
) -> dict[str, Any]:
    """Let properties have values from a day on; answers what :func:`restore` needs.

    Refused: what a decision says of that day, what holds already, and a day before which the property was said to be otherwise later on.
    """
    held = {known.name: known for known in rows_on([mine], valid_from)}
    later = MineAttribute.objects.filter(STANDING, mine=mine, name__in=values, valid_from__gt=valid_from).first()
    if later is not None:
        raise Refused(
            f"{later.get_name_display()}自{later.valid_from}起另有记载，请先更正该次变更，或者改用该日以后的日期。"
        )
    for name, value in values.items():
        present, label = held.get(name), AttributeName(name).label
        if present is not None and present.source:
            raise Refused(f"{label}由“{present.basis}”确定，请通过该决定变更或者更正。")
        if present is not None and present.value == value:
            raise Refused(f"{label}已是所填内容，无须变更。")
    same_day = [known for known in held.values() if known.name in values and known.valid_from == valid_from]
    set_attributes(actor=actor, mine=mine, values=values, valid_from=valid_from, basis=basis, at=at)
    before = {known.name: {"value": known.value, "basis": known.basis} for known in same_day}
    return {"names": sorted(values), "valid_from": valid_from.isoformat(), "same_day": before}


def restore(actor: User, mine: Mine, outcome: Mapping[str, Any], *, at: datetime) -> None:
    """Take back what :func:`set_by_hand` said. Refused where something was said of it since."""
    day = date.fromisoformat(outcome["valid_from"])
    later = MineAttribute.objects.filter(STANDING, mine=mine, name__in=outcome["names"], valid_from__gt=day).first()
    if later is not None:
        raise Refused(f"{later.get_name_display()}此后（{later.valid_from}）又有变更，请先更正较晚的一次。")
    take_back_attributes(
        actor=actor, mine=mine, names=outcome["names"], valid_from=day, before=outcome["same_day"], at=at
    )
