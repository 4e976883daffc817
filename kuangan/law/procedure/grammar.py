"""A whole procedure, and what can be read off it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from kuangan.law.cite import Cite
from kuangan.law.procedure.facts import Fact
from kuangan.law.procedure.opening import FromEntry, FromMove, FromPerson, FromRule, Opening
from kuangan.law.procedure.parts import Clock, Move, State
from kuangan.law.procedure.people import SYSTEM, By
from kuangan.law.procedure.track import Track


class Matter(StrEnum):
    """Kinds of matter that have pages, figures or rules of their own. Those look for the matter, never for a procedure's id."""

    none = ""
    alarm = "alarm"
    """Machines have raised an alarm: the alarm desk, the figures of a day."""
    measures = "measures"
    """What is owed after an alarm that was real."""
    letter = "letter"
    """An office writes to a unit of its area, which is to answer: the office's list of letters."""
    halt = "halt"
    """While its decision stands, production is forbidden."""
    directive = "directive"
    """What was found wrong and is to be put right: facts say by when (``due_on``), whether that has passed (``overdue``), how often it did (``lapses``)."""
    silence = "silence"
    """Data do not come, or what comes does not count."""


class Quiet(StrEnum):
    """What shows that nothing had to be done."""

    unknown = ""
    feed = "feed"
    """The mine's feed spoke all the time: what would have opened a case would have been heard."""
    silent = "silent"
    """A period without a case says nothing, neither that all was well nor that something is missing: other evidence tells whether anybody looked."""


class CaseSubject(StrEnum):
    """What a case is about; always a unit, of which something closer may be meant."""

    mine = "mine"
    unit = "unit"
    person = "person"
    entry = "entry"
    case = "case"
    duty = "duty"


Part = TypeVar("Part", State, Move, Clock)


@dataclass(frozen=True)
class Procedure:
    """A case procedure. ``id`` equals the name of its folder; ``prefix`` opens its case numbers; the first state is the initial one.

    ``subject`` says what a case is about, ``about`` which: kinds of unit (of a person or a duty: whose it is), ledgers of an entry, procedures of a
    case; () any. ``single``: a unit (a person, an entry, a case, a duty, where it is about such) has one case of it at a time, until the matter
    is over.
    """

    id: str
    title: str
    prefix: str
    measure: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    clocks: tuple[Clock, ...]
    cites: tuple[Cite, ...]
    subject: CaseSubject = CaseSubject.mine
    about: tuple[str, ...] = ()
    opens: tuple[Opening, ...] = ()
    """How a case of it begins."""
    facts: tuple[Fact, ...] = ()
    """What of the facts of a case a reader sees, in this order."""
    circle: tuple[By, ...] = ()
    """Who may know of a case at all, where that is fewer than those who see its unit."""
    office_only: bool = False
    """What is internal is known to the office that deals with the case alone, to no other one beside it or above it either."""
    quiet_when: Quiet = Quiet.unknown
    """What shows that nothing had to be done in a period in which no case was open. Whoever counts what is done (the board) asks this
    first: without it a period without a case is unknown, never clear. A stop or a penalty may rest on what no feed says: theirs is unset."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """States and moves of earlier releases by the id that they have now."""
    closed_by: Mapping[str, str] = field(default_factory=dict)
    """States of earlier releases that are gone, and the terminal state in which the cases in them end."""
    tracks: tuple[Track, ...] = ()
    """Its strands, whose moves and clocks are among the moves and clocks."""
    matter: Matter = Matter.none
    single: bool = False
    goes_with_mine: bool = False
    """The office that opens a case does so as the body that supervises the mine: whoever supervises it next deals with it."""
    handed_on: str = ""
    """The platform's step when another body supervises the mine, out of the states that it leads from: the next body begins anew."""
    office_accepts: bool = False
    """What its cases show was seen by the office that closes them, not by the platform: proven as far as that office's word is."""

    @property
    def initial(self) -> str:
        """The state in which a case opens."""
        return self.states[0].id

    def state(self, state_id: str) -> State:
        """The state by id, also one of an earlier release. Raises ``KeyError`` naming the procedure."""
        return _by_id(self.states, self.state_now(state_id), self.id)

    def state_now(self, state_id: str) -> str:
        """The id of the state that one of an earlier release has become."""
        return self.renamed.get(state_id, self.closed_by.get(state_id, state_id))

    def move(self, move_id: str) -> Move:
        """The move by id. Raises ``KeyError`` naming the procedure."""
        return _by_id(self.moves, move_id, self.id)

    def step(self, move_id: str) -> Move | None:
        """The move by id, or the opening that stands under it in the record; None where the procedure no longer knows it."""
        steps = (*self.moves, *(way.step for way in self.opens_by_person))
        now = self.renamed.get(move_id, move_id)
        return next((step for step in steps if step.id == now), None)

    @property
    def opens_by_person(self) -> tuple[FromPerson, ...]:
        return tuple(way for way in self.opens if isinstance(way, FromPerson))

    @property
    def opens_by_rule(self) -> FromRule | None:
        """How a finding opens it; None: not at all."""
        return next((way for way in self.opens if isinstance(way, FromRule)), None)

    @property
    def opens_by_entry(self) -> FromEntry | None:
        """How a row of an entry opens it; None: not at all."""
        return next((way for way in self.opens if isinstance(way, FromEntry)), None)

    @property
    def opens_by_move(self) -> FromMove | None:
        """How a move of another procedure opens it; None: not at all."""
        return next((way for way in self.opens if isinstance(way, FromMove)), None)

    def clock(self, clock_id: str) -> Clock:
        """The clock by id. Raises ``KeyError`` naming the procedure."""
        return _by_id(self.clocks, clock_id, self.id)

    def moves_from(self, state_id: str) -> tuple[Move, ...]:
        return tuple(move for move in self.moves if state_id in move.sources)

    def system_moves(self, state_id: str) -> tuple[Move, ...]:
        """The platform's own moves out of a state."""
        return tuple(move for move in self.moves_from(state_id) if move.by == (SYSTEM,))

    def states_of(self, *outcomes: str) -> tuple[str, ...]:
        """The states with one of these outcomes."""
        return tuple(state.id for state in self.states if state.outcome in outcomes)

    def told(self, before: str | None, state: str) -> str | None:
        """The state in which a case that comes to ``state`` stands for those from whom internal states are kept, None for not at all.

        ``before``: the one in which it stood for them until then.
        """
        return before if state in self.internal_states else state

    @cached_property
    def internal_states(self) -> tuple[str, ...]:
        """The states that are kept from the supervised, by every name that they ever had: the record keeps the old ones."""
        return self._with_old_names(state.id for state in self.states if state.internal)

    @cached_property
    def internal_moves(self) -> tuple[str, ...]:
        """The moves that the supervised never see, by every name that they ever had."""
        openings = [way.id for way in self.opens_by_person if way.internal]
        return self._with_old_names((*openings, *(move.id for move in self.moves if move.internal)))

    def _with_old_names(self, ids: Iterable[str]) -> tuple[str, ...]:
        known = tuple(ids)
        gone = (*self.renamed.items(), *self.closed_by.items())
        return (*known, *(old for old, now in gone if now in known and old not in known))

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
