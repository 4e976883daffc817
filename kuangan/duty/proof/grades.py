"""How far a credit is proven: who said it, not what it says."""

from collections.abc import Iterable, Mapping
from typing import Final

from django.db.models import TextChoices

from kuangan.core.models import Unit, UnitKind


class Grade(TextChoices):
    """The grades of proof, the weakest first.

    ``own``: said by the unit that owes, whatever it attached; its parent company's word is no better (企业验收), nor is what its
    own program reports. ``accepted``: said or confirmed by an authority over it on its own log-in, or a served paper.
    ``machine``: seen by the product itself in feeds, or its own act.
    """

    own = "self", "自报"
    accepted = "accepted", "经核实"
    machine = "machine", "机器核对"


_RANK: Final = {grade.value: rank for rank, grade in enumerate(Grade)}
_LEVELS: Final[Mapping[str, int]] = {
    UnitKind.county_bureau: 1,
    UnitKind.county_government: 1,
    UnitKind.city_coal_section: 2,
    UnitKind.city_bureau: 2,
    UnitKind.city_government: 2,
    UnitKind.inspectorate: 3,
}
"""Authorities by level; companies and mines have none."""


def proven(grades: Iterable[str], needed: int = 1) -> str:
    """How far it is proven that something was done ``needed`` times: the weakest of its best credits."""
    best = sorted(grades, key=_RANK.__getitem__, reverse=True)[:needed]
    return best[-1] if len(best) == needed else Grade.own.value


def grade_of_word(keeper: Unit, owing: Unit) -> Grade:
    """What an entry that ``keeper`` recorded on its own log-in proves of what ``owing`` owes."""
    return Grade.accepted if is_authority_over(keeper, owing) else Grade.own


def is_authority_over(unit: Unit, other: Unit) -> bool:
    """Whether a unit is of a higher level than another that lies in its area."""
    level = _LEVELS.get(unit.kind, 0)
    return level > _LEVELS.get(other.kind, 0) and other.path.startswith(unit.scope_path)
