"""What lies sealed in the steps of a case, and who may open it."""

from datetime import datetime
from functools import cached_property

from kuangan.casework.models import Case, CaseMove
from kuangan.casework.queries import is_told_only
from kuangan.casework.relations import Relations, related_units
from kuangan.casework.view import Standing, at_home, attempt_of, standing
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.core.queries import Hold, roles_of
from kuangan.law.content import procedure_by_id
from kuangan.law.field import Field
from kuangan.law.procedure import CaseView
from kuangan.law.procedure.pairs import impartial
from kuangan.law.procedure.people import turn_text


class SealReader:
    """Somebody who looks at the sealed inputs of a case."""

    def __init__(self, user: User, case: Case, at: datetime) -> None:
        self._user, self._case, self._at = user, case, at

    @cached_property
    def _holds(self) -> tuple[Hold, ...]:
        return roles_of(self._user, self._at)

    @cached_property
    def _units(self) -> Relations:
        return related_units(self._case)

    @cached_property
    def _told_only(self) -> bool:
        return is_told_only(self._user, self._case)

    def may_open(self, field: Field) -> bool:
        try:
            self.admitted(field)
        except Refused:
            return False
        return True

    def admitted(self, field: Field) -> Standing:
        """By which hold he opens it. Raises :class:`Refused`: not among the field's readers, or bound to whom the case is about."""
        who = standing(self._holds, self._units, field.readers)
        if who is None or (field.inside and self._told_only):
            raise Refused(f"“{field.label}”为密封内容，只有{turn_text(field.readers) or '指定人员'}可以打开")
        home = at_home(self._holds, self._units)
        names = {relation: unit.name for relation, unit in self._units.items()}
        view = CaseView(self._case.number, self._case.state, self._at, self._case.facts, names)
        if refusal := impartial(view, attempt_of(self._user, who, {}, self._at, home=home)):
            raise Refused(refusal)
        return who


def sealed_field(case: Case, step: CaseMove, name: str) -> Field | None:
    """The field under which something lies sealed in a step of the case."""
    law = procedure_by_id(case.procedure).step(step.move)
    named = (field for field in law.fields if field.name == name) if law else iter(())
    return next((field for field in named if field.sealed and step.inputs.get(name) is not None), None)
