"""Another company answers for a mine: what it sees changes with it."""

from datetime import date, datetime

from django.db import transaction

from kuangan.core.actions import add_oversight, remove_oversight
from kuangan.core.errors import Refused
from kuangan.core.models import Oversight, Unit, User
from kuangan.flow.cases.locks import lock_unit
from kuangan.mine.actions import assign_relation, withdraw_relation
from kuangan.mine.models import Mine, MineRelation, RelationChange


@transaction.atomic
def change_company(
    *, actor: User, mine: Mine, company: Unit | None, valid_from: date, basis: str, at: datetime
) -> RelationChange:
    """Let another company, or none, answer for the mine. Raises :class:`Refused` as ``assign_relation``."""
    lock_unit(mine.unit_id)
    change = assign_relation(
        actor=actor,
        mine=mine,
        relation=MineRelation.company,
        unit=company,
        valid_from=valid_from,
        basis=basis,
        at=at,
    )
    _pass_sight(actor, mine, change.before, change.after, at)
    return change


@transaction.atomic
def restore_company(*, actor: User, change: int, at: datetime) -> None:
    """Take it back. Refused where it was changed again since."""
    known = RelationChange.objects.select_related("mine__unit", "before", "after").filter(pk=change).first()
    if known is None or known.withdrawn_at is not None:
        raise Refused("该次变更已另行更正。")
    lock_unit(known.mine.unit_id)
    withdraw_relation(actor=actor, change=known, at=at)
    _pass_sight(actor, known.mine, known.after, known.before, at)


def _pass_sight(actor: User, mine: Mine, before: Unit | None, after: Unit | None, at: datetime) -> None:
    if before is not None:
        for oversight in Oversight.objects.filter(unit=before, path=mine.unit.path).select_related("unit"):
            remove_oversight(actor=actor, oversight=oversight, at=at)
    if after is not None:
        add_oversight(actor=actor, unit=after, path=mine.unit.path, at=at)
