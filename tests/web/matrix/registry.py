"""Who may open what in the room `registry`."""

from kuangan.base.clock import civil_date, now
from kuangan.flow.changes.kinds import change_kinds
from kuangan.flow.changes.making import Stated, ask_change
from kuangan.flow.changes.subjects import change_subject
from kuangan.flow.models import RegisterChange
from kuangan.law.role import Role
from tests.web.matrix.rows import OPERATOR, SIGHTED, UNIT_ADMIN, Row
from tests.web.world import World

READERS = SIGHTED | OPERATOR | UNIT_ADMIN
OF_THE_MINE = READERS - {Role.company_officer}
"""The company sees its own unit only, administrators what is of the register."""
MAKERS = {Role.operator, Role.mine_director, Role.mine_engineer}


def proposed_of(world: World) -> RegisterChange:
    """A new name that the first mine proposes."""
    known = RegisterChange.objects.first()
    subject = change_subject("unit", world.city.mine.code)
    assert subject is not None
    return known or ask_change(
        actor=world.users["mine_director"],
        kind=change_kinds()["unit_rename"],
        subject=subject,
        values={"name": "云岭新一号煤矿"},
        stated=Stated(civil_date(now()), "更换采矿许可证"),
    )


ROWS: dict[str, Row] = {
    "register_units": Row(READERS),
    "register_unit": Row(READERS, lambda w: [w.city.mine.code], owned=True, receivers=OF_THE_MINE),
    "unit_roster": Row(OPERATOR | UNIT_ADMIN, lambda w: [w.city.mine.code]),
    "unit_roster_template": Row(OPERATOR | UNIT_ADMIN, lambda w: [w.city.mine.code]),
    "register_changes": Row(READERS),
    "register_change": Row(READERS, lambda w: [proposed_of(w).pk], owned=True, receivers=OF_THE_MINE),
    "register_change_file": Row(READERS, lambda w: [proposed_of(w).pk], receivers=set()),
    "decide_change": Row(
        READERS, lambda w: [proposed_of(w).pk], owned=True, post=True, data={"do": "accept"}, receivers=OF_THE_MINE
    ),
    "correct_change": Row(READERS, lambda w: [proposed_of(w).pk], receivers=set()),
    "change_kinds_of": Row(
        READERS, lambda w: ["unit", w.city.mine.code], owned=True, receivers=MAKERS | {Role.unit_admin}
    ),
    "new_change": Row(READERS, lambda w: ["unit", w.city.mine.code, "unit_rename"], owned=True, receivers=MAKERS),
}
