"""A step that writes facts anew: its form holds what stands, and its second editor is told what the first has changed."""

from typing import Any

from kuangan.base import clock
from kuangan.casework.inputs import reference_names
from kuangan.casework.models import Case
from kuangan.casework.openings import prefilled
from kuangan.casework.queries import locked_case
from kuangan.casework.view import Standing
from kuangan.core.models import User
from kuangan.core.queries import events_of
from kuangan.core.values.shown import referred
from kuangan.flow.cases.locks import lock_unit
from kuangan.law.procedure import FromPerson, Move
from kuangan.web.frame.editing import Overtaken, overtaken, version_of
from kuangan.web.frame.fields.controls import control_value
from kuangan.web.frame.fields.declared import DeclaredForm
from kuangan.web.frame.request import Request


class StepForm(DeclaredForm):
    """The inputs of a step; ``overtaken``: what another has changed since it was opened."""

    overtaken: Overtaken | None = None


def held(case: Case, move: Move) -> dict[str, Any]:
    """What the form of a step that edits holds before anybody types; nothing for another."""
    if not move.edits:
        return {}
    known = reference_names(referred(move.fields, case.facts))
    return {field.name: control_value(field, case.facts.get(field.name), known) for field in move.fields}


def opening_held(user: User, who: Standing, way: FromPerson) -> dict[str, Any]:
    """What the empty form of an opening holds."""
    given = prefilled(user, who, way, clock.now())
    known = reference_names(referred(way.fields, given))
    return {field.name: control_value(field, given[field.name], known) for field in way.fields if field.name in given}


def version(case: Case, move: Move) -> str:
    """A mark of what the form began from."""
    return version_of(held(case, move)) if move.edits else ""


def changed_meanwhile(request: Request, form: StepForm, case: Case, move: Move) -> bool:
    """Whether another has changed what the form began from, which the form then tells; the case stays locked until this one is saved."""
    if not move.edits:
        return False
    lock_unit(case.unit_id)
    case = locked_case(request.user, case.pk)
    events = events_of(case).order_by("-seq")
    form.overtaken = overtaken(request, form.fields, held(case, move), events)
    return form.overtaken is not None
