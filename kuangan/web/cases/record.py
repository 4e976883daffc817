"""A case's record in words: every step with what was entered and what was added."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.db.models import Prefetch, QuerySet

from kuangan.casework.inputs import reference_names
from kuangan.casework.models import Case, CaseMove
from kuangan.casework.queries import told_state_of
from kuangan.casework.readers import SealReader
from kuangan.casework.view import is_system, parties_of
from kuangan.core.models import Attachment
from kuangan.core.values.sealing import is_sealed
from kuangan.core.values.shown import SEALED, Names, referred, words
from kuangan.law.content import procedure_by_id
from kuangan.law.field import Field
from kuangan.law.procedure import Move, Procedure, State
from kuangan.law.role import Role


@dataclass(frozen=True)
class InputShown:
    """What was entered, with its label. ``opens``: the name of a sealed field that the reader may open; ``clear``: he has just opened it."""

    label: str
    text: str
    opens: str = ""
    clear: bool = False


@dataclass(frozen=True)
class Step:
    """One step that was made, newest corpus words where the corpus still knows it."""

    made: CaseMove
    label: str
    who: str
    state: str
    inputs: list[InputShown]
    attachments: list[Attachment]


@dataclass(frozen=True)
class InputOpened:
    """A sealed input of a step that was opened for this one answer."""

    step: int
    name: str
    text: str


@dataclass(frozen=True)
class Seals:
    """What a page offers about sealed inputs: its ``reader`` may open those he is entitled to, and reads what he has just ``opened``."""

    reader: SealReader | None = None
    opened: InputOpened | None = None

    def shown(self, case_move: CaseMove, field: Field) -> InputShown:
        """A sealed input, in clear only where it was opened for this answer."""
        opened = self.opened
        if opened is not None and (opened.step, opened.name) == (case_move.pk, field.name):
            return InputShown(field.label, opened.text, clear=True)
        may = self.reader is not None and self.reader.may_open(field)
        return InputShown(field.label, SEALED, field.name if may else "")


NOT_OPENED = Seals()


def steps_of(case: Case, moves: QuerySet[CaseMove], *, told_only: bool, seals: Seals = NOT_OPENED) -> list[Step]:
    """These of the steps of a case, newest first; two queries. ``told_only``: for whom internal inputs are kept from."""
    law = procedure_by_id(case.procedure)
    states = {state.id: state.label for state in law.states}
    parties = {party.id: party.name for party in parties_of(case)} if law.has_parties else {}
    made = list(moves.prefetch_related(Prefetch("attachments", to_attr="files")).order_by("-at", "-pk"))
    names = _names(made, law)
    return [
        Step(
            made=case_move,
            label=_label(law.step(case_move.move), case_move, parties),
            who=_who(case_move),
            state=states.get(case_move.target, case_move.target),
            inputs=_entered(law.step(case_move.move), case_move, names, seals, told_only=told_only),
            attachments=case_move.files,
        )
        for case_move in made
    ]


def _label(move: Move | None, case_move: CaseMove, names: dict[int, str]) -> str:
    """The step in words, with whom it was about."""
    label = move.label if move else case_move.move
    return f"{label}（{names[case_move.party]}）" if case_move.party in names else label


@dataclass(frozen=True)
class Mark:
    """A state on the line above a case."""

    state: State
    mark: Literal["past", "now", "next"]


def flow_of(case: Case, steps: list[Step]) -> list[Mark]:
    """The states a case has been in (each once, in order), where it is, and the ordinary way on."""
    law, now = procedure_by_id(case.procedure), told_state_of(case)
    visited = [law.initial, *(step.made.target for step in reversed(steps))]
    order = [state.id for state in law.states]
    here = order.index(now)
    past = [state for state in dict.fromkeys(visited) if state != now and order.index(state) < here]
    return [
        *(Mark(law.state(state), "past") for state in past),
        Mark(law.state(now), "now"),
        *(Mark(state, "next") for state in _way_on(law, now)),
    ]


def _way_on(law: Procedure, state_id: str) -> list[State]:
    """The nearest next states, by the persons' moves in the procedure's own order; no side step leads there."""
    order = [state.id for state in law.states]
    ahead: list[State] = []
    here = state_id
    while not law.state(here).terminal:
        targets = [
            move.target
            for move in law.moves_from(here)
            if not (is_system(move) or move.optional) and move.target and order.index(move.target) > order.index(here)
        ]
        if not targets:
            break
        here = min(targets, key=order.index)
        ahead.append(law.state(here))
    return ahead


def _who(case_move: CaseMove) -> str:
    if case_move.actor_id is None:
        return "平台自动"
    role = Role(case_move.role).label if case_move.role in set(Role) else case_move.role
    acting = f"（代行{case_move.acting_for}）" if case_move.acting_for else ""
    return f"{case_move.unit_name} {role} {case_move.person_name}{acting}"


def _entered(
    move: Move | None, case_move: CaseMove, names: Names, seals: Seals, *, told_only: bool
) -> list[InputShown]:
    """What was typed, in the form's order; empty fields and files are left out (files are shown as evidence)."""
    fields = {field.name: field for field in move.fields} if move else {}
    order, inputs = list(fields), case_move.inputs
    names_in_order = sorted(inputs, key=lambda name: order.index(name) if name in fields else -1)
    return [
        _shown(fields.get(name), name, case_move, names, seals)
        for name in names_in_order
        if inputs[name] not in (None, "", [], False)
        and not (name in fields and _is_left_out(fields[name], told_only=told_only))
    ]


def _shown(field: Field | None, name: str, case_move: CaseMove, names: Names, seals: Seals) -> InputShown:
    value = case_move.inputs[name]
    if field is None:
        return InputShown(name, SEALED if is_sealed(value) else str(value))
    return seals.shown(case_move, field) if field.sealed else InputShown(field.label, words(field, value, names))


def _is_left_out(field: Field, *, told_only: bool) -> bool:
    return field.kind == "files" or (field.inside and told_only)


def _names(moves: Iterable[CaseMove], law: Procedure) -> Names:
    """What the inputs of these steps refer to is called."""
    made = [(step, case_move.inputs) for case_move in moves if (step := law.step(case_move.move))]
    wanted = {reference for move, inputs in made for reference in referred(move.fields, inputs)}
    return reference_names(reference for reference in wanted if reference[0] != "files")
