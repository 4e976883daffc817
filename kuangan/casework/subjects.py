"""Whether a procedure can be about what somebody wants to open a case about."""

from kuangan.casework.models import Case
from kuangan.core.errors import Refused
from kuangan.core.models import Person, Unit, UnitKind
from kuangan.duty.models import Duty
from kuangan.law.procedure import CaseSubject, Procedure
from kuangan.ledger.models import Entry


def require_subject(
    law: Procedure,
    unit: Unit,
    *,
    person: Person | None = None,
    entry: Entry | None = None,
    parent: Case | None = None,
    duty: Duty | None = None,
) -> None:
    """Raise :class:`Refused` unless the procedure is about such a thing."""
    kinds = {
        CaseSubject.mine: unit.kind if unit.kind == UnitKind.mine else None,
        CaseSubject.unit: str(unit.kind),
        CaseSubject.person: str(unit.kind) if person is not None and person.unit_id == unit.pk else None,
        CaseSubject.entry: entry.ledger if entry is not None and unit.pk in (entry.unit_id, entry.mine_id) else None,
        CaseSubject.case: parent.procedure if parent is not None and parent.unit_id == unit.pk else None,
        CaseSubject.duty: str(unit.kind) if duty is not None and duty.unit_id == unit.pk else None,
    }
    kind = kinds[law.subject]
    if kind is None or (law.about and kind not in law.about):
        raise Refused(f"“{law.title}”不能以{unit.name}为对象立案")
