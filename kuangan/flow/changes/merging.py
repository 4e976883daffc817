"""One unit goes up in another: what follows it, package by package, in one transaction."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction

from kuangan.casework.actions import take_in_cases
from kuangan.core import actions
from kuangan.core.errors import Refused
from kuangan.core.models import Person, Post, Unit, UnitKind, User
from kuangan.duty.actions import take_in_duties
from kuangan.flow.changes.open_work import open_cases, open_duties
from kuangan.flow.mines.transfer import transfer
from kuangan.mine.actions import assign_relation
from kuangan.mine.models import Mine, MineRelation

RELATION_OF = {
    UnitKind.company: MineRelation.company,
    UnitKind.inspectorate: MineRelation.inspectorate,
    UnitKind.county_bureau: MineRelation.supervisor,
    UnitKind.city_bureau: MineRelation.supervisor,
}
"""In which relation a unit of this kind stands to mines."""


def require_mergeable(unit: Unit, into: Unit) -> None:
    """Refused: itself, another kind, a unit that is no more."""
    if unit.pk == into.pk or unit.kind != into.kind or into.closed_on is not None:
        raise Refused(f"{unit.name}只能并入另一个在设的{UnitKind(unit.kind).label}，请核对。")


def mines_of(unit: Unit) -> list[Mine]:
    """The mines that belong to the unit in its relation."""
    relation = RELATION_OF.get(UnitKind(unit.kind))
    if relation is None:
        return []
    return list(Mine.objects.filter(**{relation: unit}).select_related("unit", "supervisor").order_by("code"))


def following(unit: Unit) -> Iterator[tuple[str, int]]:
    """What would follow, in words, with its number."""
    yield "煤矿", len(mines_of(unit))
    yield "岗位", Post.objects.filter(unit=unit, closed_on=None).count()
    yield "人员", Person.objects.filter(unit=unit, left_on=None).count()
    yield "在办案件", open_cases(unit).count()
    yield "未办结履职事项", open_duties(unit).count()


@transaction.atomic
def merge(*, actor: User, unit: Unit, into: Unit, on: date, basis: str, at: datetime) -> dict[str, Any]:
    """Let everything of a unit follow into another, and close it. Refused as :func:`require_mergeable` and whatever refuses a mine."""
    require_mergeable(unit, into)
    relation, mines = RELATION_OF.get(UnitKind(unit.kind)), mines_of(unit)
    for mine in mines:
        assert relation is not None
        if relation == MineRelation.supervisor:
            transfer(actor=actor, mine=mine, supervisor=into, valid_from=on, basis=basis, at=at)
            continue
        assign_relation(actor=actor, mine=mine, relation=relation, unit=into, valid_from=on, basis=basis, at=at)
    actions.take_in_unit(actor=actor, unit=unit, into=into, on=on, at=at)
    cases = take_in_cases(actor=actor, unit=unit, into=into, basis=basis, at=at)
    duties = take_in_duties(actor=actor, unit=unit, into=into, basis=basis, at=at)
    return {"mines": [mine.code for mine in mines], "cases": cases, "duties": duties, "into": into.code}
