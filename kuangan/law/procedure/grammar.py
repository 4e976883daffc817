"""A whole procedure, and what can be read off it."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from kuangan.law.cite import Cite
from kuangan.law.procedure.opening import Opening
from kuangan.law.procedure.parts import Clock, Move, State
from kuangan.law.procedure.people import SYSTEM
from kuangan.law.procedure.track import Track


class Matter(StrEnum):
    """Kinds of matter that have pages, figures or rules of their own. Those look for the matter, never for a procedure's id."""

    none = ""
    alarm = "alarm"
    """Machines have raised an alarm: the alarm desk, the figures of a day."""
    measures = "measures"
    """What is owed after an alarm that was real."""
    halt = "halt"
    """While its decision stands, production is forbidden."""


Part = TypeVar("Part", State, Move, Clock)


@dataclass(frozen=True)
class Procedure:
    """A case procedure. ``id`` equals the name of its folder; ``prefix`` opens its case numbers; the first state is the initial one.

    ``single``: a unit has one case of it at a time, until the matter is over.
    """

    id: str
    title: str
    prefix: str
    measure: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    clocks: tuple[Clock, ...]
    cites: tuple[Cite, ...]
    opens: tuple[Opening, ...] = ()
    """How a case of it begins."""
    tracks: tuple[Track, ...] = ()
    """Its strands, whose moves and clocks are among the moves and clocks."""
    matter: Matter = Matter.none
    single: bool = False

    @property
    def initial(self) -> str:
        """The state in which a case opens."""
        return self.states[0].id

    def state(self, state_id: str) -> State:
        """The state by id. Raises ``KeyError`` naming the procedure."""
        return _by_id(self.states, state_id, self.id)

    def move(self, move_id: str) -> Move:
        """The move by id. Raises ``KeyError`` naming the procedure."""
        return _by_id(self.moves, move_id, self.id)

    def clock(self, clock_id: str) -> Clock:
        """The clock by id. Raises ``KeyError`` naming the procedure."""
        return _by_id(self.clocks, clock_id, self.id)

    def moves_from(self, state_id: str) -> tuple[Move, ...]:
        """The moves that can be made in a state."""
        return tuple(move for move in self.moves if state_id in move.sources)

    def system_moves(self, state_id: str) -> tuple[Move, ...]:
        """The platform's own moves out of a state."""
        return tuple(move for move in self.moves_from(state_id) if move.by == (SYSTEM,))

    def states_of(self, *outcomes: str) -> tuple[str, ...]:
        """The states with one of these outcomes."""
        return tuple(state.id for state in self.states if state.outcome in outcomes)

    @cached_property
    def internal_states(self) -> tuple[str, ...]:
        """The states that are kept from the supervised."""
        return tuple(state.id for state in self.states if state.internal)

    @cached_property
    def internal_moves(self) -> tuple[str, ...]:
        """The moves that the supervised never see."""
        return tuple(move.id for move in self.moves if move.internal)

    @cached_property
    def has_parties(self) -> bool:
        """Whether its cases are against somebody: moves or papers are about each."""
        return any(move.party or any(use.each_party for use in move.papers) for move in self.moves)

    @cached_property
    def party_clocks(self) -> frozenset[str]:
        """The clocks of which each party has its own: moves about a party start them."""
        about = {move.id for move in self.moves if move.party}
        return frozenset(clock.id for clock in self.clocks if about & set(clock.starts))

    @cached_property
    def internal_clocks(self) -> tuple[str, ...]:
        """The clocks that the supervised never see: declared so, or running in internal states only."""
        inside = set(self.internal_states)
        return tuple(
            clock.id for clock in self.clocks if clock.internal or (clock.during and set(clock.during) <= inside)
        )


def _by_id(items: tuple[Part, ...], wanted: str, procedure: str) -> Part:
    for item in items:
        if item.id == wanted:
            return item
    raise KeyError(f"procedure {procedure} has no {wanted!r}; it has {', '.join(item.id for item in items)}")
