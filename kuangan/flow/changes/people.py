"""Who may make, propose and decide a register change: roles at the units that stand in a relation to the unit of its file."""

from collections.abc import Iterable
from datetime import datetime

from kuangan.casework.relations import Offices
from kuangan.core.models import Unit, User
from kuangan.core.queries import Hold, roles_of
from kuangan.flow.changes.grammar import ChangeKind
from kuangan.law.procedure.people import By
from kuangan.law.role import Role

SYSTEM = "system"
OPERATOR = (By(SYSTEM, Role.operator),)
"""Who runs the platform keeps its register."""
OWN_ADMINISTRATOR = (By("unit", Role.unit_admin),)
PEOPLE_KEEPERS = (*OPERATOR, *OWN_ADMINISTRATOR)
"""Who keeps the people and the posts of a unit, but for what two administrators give."""
SUPERVISOR = tuple(By("supervisor", role) for role in (Role.section_head, Role.bureau_head, Role.bureau_deputy))
"""Who decides what a mine proposes of its own file."""
THE_CITY = tuple(By("city", role) for role in (Role.section_head, Role.bureau_head, Role.bureau_deputy))
"""Who decides which body supervises a mine, and of what a mine is no more."""
THE_MINE = tuple(By("mine", role) for role in (Role.mine_director, Role.mine_engineer, Role.clerk))
THE_COMPANY = tuple(By("unit", role) for role in (Role.company_officer, Role.clerk))


class ChangeStanding:
    """What one person may do about things of the register; the units above them are read once."""

    def __init__(self, user: User, at: datetime | None = None) -> None:
        self._holds = roles_of(user, at)
        self._offices: Offices | None = None

    def hold(self, parties: Iterable[By], unit: Unit) -> Hold | None:
        """By which of his posts the person belongs to ``parties`` about a unit's file; own posts before those he stands in for."""
        parties = tuple(parties)
        roles = {party.role for party in parties}
        mine = [hold for hold in self._holds if hold.role in roles]
        if not mine:
            return None
        for party in parties:
            at_unit = self.unit_of(party, unit)
            for hold in mine:
                if hold.role == party.role and (party.relation == SYSTEM or hold.unit.pk == at_unit):
                    return hold
        return None

    def unit_of(self, party: By, unit: Unit) -> int | None:
        """The unit that stands in the party's relation, by key."""
        if party.relation in (SYSTEM, "unit"):
            return unit.pk
        self._offices = self._offices or Offices()
        related = self._offices.of(unit).get(party.relation)
        return related.pk if related else None

    def makes(self, kind: ChangeKind, unit: Unit) -> Hold | None:
        """By which post the person may do such a change by himself."""
        return self.hold(kind.makes, unit)

    def proposes(self, kind: ChangeKind, unit: Unit) -> Hold | None:
        """By which post he may propose it."""
        return self.hold(kind.proposes, unit)

    def decides(self, kind: ChangeKind, unit: Unit) -> Hold | None:
        """By which post he may decide what somebody else proposed."""
        return self.hold((*kind.accepts, *kind.makes), unit)
