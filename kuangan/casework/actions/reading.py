"""Opening a sealed input: the one act by which somebody reads it in clear."""

from datetime import datetime

from django.db import transaction

from kuangan.casework.inputs import restored
from kuangan.casework.models import Case, CaseMove
from kuangan.casework.readers import SealReader, sealed_field
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.law.content import procedure_by_id


@transaction.atomic
def open_input(*, actor: User, case: Case, step: CaseMove, name: str, at: datetime) -> str:
    """What lies sealed in an input of a step, in clear; who opened it, when and from where stands in the case's trail.

    Case and step must be in his sight. Raises :class:`Refused`: nothing sealed there, not among its readers, unreadable.
    """
    field = sealed_field(case, step, name)
    if field is None:
        raise Refused("该步骤没有此项密封内容")
    who = SealReader(actor, case, at).admitted(field)
    law = procedure_by_id(case.procedure).step(step.move)
    text = str(restored(law, {name: step.inputs[name]}, case.pk)[name])
    content = {"move": step.move, "step": step.pk, "field": name}
    record(actor=actor, action="input_opened", subject=case, data=content, at=at, acting_for=who.hold.acting_for)
    return text
