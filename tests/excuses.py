"""Asking to be excused from a duty and deciding on it, as people do it by the procedure."""

from datetime import datetime
from typing import Any

from kuangan.casework.models import Case
from kuangan.casework.openings import Chosen
from kuangan.core.models import User
from kuangan.duty.models import Duty
from kuangan.flow.act import advance
from kuangan.flow.cases.opening import open_by_person

EXCUSE = "duty_excuse"


def ask_excuse(*, actor: User, duty: Duty, at: datetime, **inputs: Any) -> Case:
    """Ask for it; ``inputs`` are those of the form."""
    chosen = Chosen(duty.unit, duty=Duty.objects.get(pk=duty.pk))
    return open_by_person(actor=actor, procedure_id=EXCUSE, way_id="open", chosen=chosen, inputs=inputs, at=at)


def decide_excuse(*, actor: User, case: Case, accept: bool, opinion: str, at: datetime) -> Case:
    """Decide on it."""
    case.refresh_from_db()
    move = "accept" if accept else "refuse"
    advance(actor=actor, case=case, move_id=move, inputs={"opinion": opinion}, at=at)
    return case
