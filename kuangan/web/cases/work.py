"""Whose turn it is: the moves that wait for a person, judged by roles and guards without anybody's inputs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from kuangan.casework.models import Case, CaseClock
from kuangan.casework.relations import Relations, relations_of
from kuangan.casework.view import Standing, at_home, attempt_of, is_system, standing, views_of
from kuangan.core.models import User
from kuangan.core.queries import Hold
from kuangan.law.content import procedure_by_id
from kuangan.law.procedure import CaseView, Move, Procedure, State
from kuangan.law.role import Role

Allowed = tuple[Move, Standing]
"""A move that a person may make, and by which hold."""


class InputNeededError(Exception):
    """A guard asked for what only the form will say."""


class NoInputs(Mapping[str, Any]):
    """Inputs before anybody has typed: a guard that looks at them cannot refuse yet."""

    def __getitem__(self, key: str) -> Any:
        raise InputNeededError(key)

    def __iter__(self) -> Iterator[str]:
        raise InputNeededError

    def __len__(self) -> int:
        raise InputNeededError

    def get(self, key: str, default: Any = None) -> Any:
        """As ``[]``: what would be typed is not known."""
        raise InputNeededError(key)


@dataclass(frozen=True)
class Waiting:
    """A case in which the person is to move now; ``clock`` is the deadline that presses most."""

    case: Case
    moves: tuple[Move, ...]
    clock: CaseClock | None


def waiting_work(user: User, holds: Sequence[Hold], cases: Sequence[Case], at: datetime) -> list[Waiting]:
    """Of these cases (with ``running_clocks``), those that wait for the person."""
    roles = frozenset(hold.role for hold in holds)
    likely = [(case, moves) for case in cases if (moves := _likely(case, roles))]
    units = relations_of(case for case, _ in likely) if likely else {}
    allowed = {case.pk: _allowed(case, moves, holds, units[case.pk]) for case, moves in likely}
    his = [case for case in cases if allowed.get(case.pk)]
    views = views_of(his, at, units) if his else {}
    work = []
    for case in his:
        awaited = _awaited(user, case, views[case.pk], allowed[case.pk], at_home(holds, units[case.pk]))
        if awaited:
            work.append(Waiting(case, awaited, pressing_clock(case)))
    return work


def _allowed(case: Case, moves: Iterable[Move], holds: Sequence[Hold], units: Relations) -> list[Allowed]:
    """Those of the moves that the person may make and that the case may wait for, before what happened in it is read."""
    law, held_by = procedure_by_id(case.procedure), ((move, standing(holds, units, move.by)) for move in moves)
    return [
        (move, held)
        for move, held in held_by
        if held and may_be_wanted(law, case.state, move, held.relation, held.hold.role)
    ]


def clocks_of(case: Case) -> list[CaseClock]:
    """The running clocks that ``casework.queries.open_cases`` read along with the case."""
    clocks: list[CaseClock] = getattr(case, "running_clocks")  # noqa: B009  # a prefetch's to_attr, unknown to the stubs
    return clocks


def pressing_clock(case: Case) -> CaseClock | None:
    """The running deadline that ends first."""
    running = [clock for clock in clocks_of(case) if clock.kind == "deadline" and clock.paused_at is None]
    return min(running, key=lambda clock: clock.due_at) if running else None


def refusal(
    view: CaseView,
    move: Move,
    user: User,
    held: Standing | None,
    at: datetime,
    home: frozenset[str],
    party: int = 0,
) -> str | None:
    """Why the move (about a party) would be refused whatever is typed; None if that depends on the form or nothing stands against it."""
    attempt = attempt_of(user, held, NoInputs(), at, party, home)
    for guard in move.gates:
        try:
            reason = guard(view, attempt)
        except InputNeededError:
            continue
        if reason:
            return reason
    return None


def _likely(case: Case, roles: frozenset[Role]) -> list[Move]:
    """The moves out of the state that some unit's holder of one of ``roles`` could make and that somebody waits for."""
    moves = procedure_by_id(case.procedure).moves_from(case.state)
    waited = (move for move in moves if not (is_system(move) or move.optional))
    return [move for move in waited if any(by.role in ("", *roles) for by in move.by)]


@lru_cache(maxsize=4096)
def awaited_relations(procedure: str, state: str, roles: frozenset[Role]) -> frozenset[str]:
    """In which relations to a case in a state it may wait for holders of ``roles``: what the law alone tells, before anything is read."""
    law = procedure_by_id(procedure)
    return frozenset(
        by.relation
        for move in law.moves_from(state)
        for by in move.by
        for role in roles
        if by.role in ("", role) and may_be_wanted(law, state, move, by.relation, role)
    )


def _awaited(
    user: User, case: Case, view: CaseView, allowed: Iterable[Allowed], home: frozenset[str]
) -> tuple[Move, ...]:
    law = procedure_by_id(case.procedure)
    if not _is_his(law.state(view.state), view, user):
        return ()

    def awaited(move: Move, held: Standing) -> bool:
        return any(
            is_wanted(law, view, move, held, party) and not refusal(view, move, user, held, view.at, home, party)
            for party in subjects_of(view, move)
        )

    return tuple(move for move, held in allowed if awaited(move, held))


def _is_his(state: State, view: CaseView, user: User) -> bool:
    """Whether the state does not wait for somebody else, who made a step."""
    maker = view.last(*state.maker_of)
    return maker is None or maker.actor == str(user.pk)


def subjects_of(view: CaseView, move: Move) -> list[int]:
    """About whom the move may be made: each party, or 0 where it is about none."""
    return [party.id for party in view.parties] if move.party else [0]


def is_wanted(law: Procedure, view: CaseView, move: Move, held: Standing, party: int) -> bool:
    """Whether the case waits for this step of this person; corrections and side steps wait for nobody."""
    if not may_be_wanted(law, view.state, move, held.relation, held.hold.role):
        return False
    return move.target not in (None, view.state) or not _made(law, view, move, party)


def may_be_wanted(law: Procedure, state: str, move: Move, relation: str, role: Role) -> bool:
    """The same as far as the law alone tells, whatever happened in the case."""
    if move.optional:
        return False
    if move.target is None or move.target == state:
        return True
    order = [own.id for own in law.states]
    if order.index(move.target) < order.index(state):
        return False
    named = any(by.admits(relation, role) for by in law.state(state).waits_for)
    if law.state(move.target).terminal:
        return named and not _leads_on(law, state)
    return named or relation == "supervisor"


def _leads_on(law: Procedure, state_id: str) -> bool:
    """Whether some step takes the case further without ending it: then ending it is a side step (撤销)."""
    order = [state.id for state in law.states]
    return any(
        order.index(move.target) > order.index(state_id) and not law.state(move.target).terminal
        for move in law.moves_from(state_id)
        if move.target and not is_system(move)
    )


def _made(law: Procedure, view: CaseView, move: Move, party: int) -> bool:
    """Whether a step that keeps the state was made (about the party), and not sent back since."""
    undoing = {own.id for own in law.moves if move.id in own.undoes}
    done = [done.move for done in view.done if done.move in {move.id, *undoing} and done.party in (0, party)]
    return bool(done) and done[-1] == move.id
