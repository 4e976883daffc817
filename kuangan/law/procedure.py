"""The grammar of case procedures: states, moves, clocks, papers. Default deny: a move without actors cannot be made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, TypeVar

from kuangan.law.cite import Cite
from kuangan.law.time.span import Span

RELATIONS = ("supervisor", "city", "government", "mine", "company", "inspectorate", "system")
FIELD_KINDS = ("text", "longtext", "choice", "moment", "date", "number", "reading", "flag", "files")


@dataclass(frozen=True)
class By:
    """Who may move: holders of ``role`` at the unit that stands in ``relation`` to the case's mine."""

    relation: str
    role: str


SYSTEM = By("system", "system")


@dataclass(frozen=True)
class Field:
    """One input of a move's form."""

    name: str
    label: str
    kind: str = "text"
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""


@dataclass(frozen=True)
class ClockView:
    """A running or stopped clock of a case, as guards see it."""

    kind: Literal["deadline", "floor"]
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None = None
    lapsed_at: datetime | None = None


@dataclass(frozen=True)
class PaperView:
    """The newest paper of a template in a case; ``number`` is empty while it is a draft."""

    number: str
    frozen_at: datetime | None
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Done:
    """A move that was made: who, when, with which inputs (attachments as ids)."""

    move: str
    actor: str
    at: datetime
    inputs: Mapping[str, Any]
    person: str = ""
    unit: str = ""
    certificate: str = ""


@dataclass(frozen=True)
class CaseView:
    """All a guard or a paper may know of a case. ``facts`` are what the case rests on; ``names`` the units by relation."""

    number: str
    state: str
    at: datetime
    facts: Mapping[str, Any]
    names: Mapping[str, str]
    done: tuple[Done, ...] = ()
    clocks: Mapping[str, ClockView] = field(default_factory=dict)
    papers: Mapping[str, PaperView] = field(default_factory=dict)

    def last(self, *moves: str) -> Done | None:
        """The newest of these moves, or None."""
        made = [done for done in self.done if done.move in moves]
        return made[-1] if made else None


@dataclass(frozen=True)
class Attempt:
    """A move about to be made, as guards see it."""

    actor: str
    inputs: Mapping[str, Any]
    at: datetime
    person: str = ""
    unit: str = ""
    certificate: str = ""


Guard = Callable[[CaseView, Attempt], str | None]
"""Returns the reason why the move is refused, in Chinese for the user, or None."""


@dataclass(frozen=True)
class PaperUse:
    """A paper a move produces: template id, how its content follows from the case, whether it takes a number."""

    template: str
    content: Callable[[CaseView, Attempt], dict[str, Any]]
    frozen: bool = True


@dataclass(frozen=True)
class Move:
    """A step a person takes (or the clock, when ``by`` is ``SYSTEM``). ``target`` None keeps the state."""

    id: str
    label: str
    sources: tuple[str, ...]
    target: str | None
    by: tuple[By, ...]
    fields: tuple[Field, ...] = ()
    guards: tuple[Guard, ...] = ()
    papers: tuple[PaperUse, ...] = ()
    cites: tuple[Cite, ...] = ()
    help: str = ""
    facts: Callable[[CaseView, Attempt], dict[str, Any]] | None = None
    """What the move adds to the facts of the case."""
    optional: bool = False
    """A step that nobody is waiting for: offered on the case, never listed as work."""
    legal: bool = False
    """A signing step: the paper before the eyes, then the one-time code of who signs. lawcheck asks for it wherever :attr:`signing`."""
    serves: str = ""
    """Template of which the case's newest paper counts as served by this move."""
    publishes: str = ""
    """Template of which the case's newest paper is shown to the public by this move."""
    shows: tuple[str, ...] = ()
    """Templates of which the case's newest papers must be before the eyes of who makes the move, beside those it produces."""

    @property
    def signing(self) -> bool:
        """Whether a person makes it only with a one-time code: what binds somebody, freezes, serves or publishes a paper."""
        return self.legal or bool(self.serves or self.publishes) or any(use.frozen for use in self.papers)


@dataclass(frozen=True)
class Clock:
    """A deadline or a floor. Starts at ``starts`` (moves, or ``open``), stops at ``stops``; moves may pause and resume a deadline.

    A start while a deadline runs changes nothing, one that has lapsed starts anew; a start while a floor runs prolongs it,
    never shortens it.
    ``span`` gives the length on the day it starts, from the case's facts (alarm level …).
    ``escalates``: relations that are told when a deadline passes; with ``calls`` their people on duty are also rung up in
    that order until somebody answers. ``lapse_move``: the system move made then.
    """

    id: str
    label: str
    kind: Literal["deadline", "floor"]
    span: Callable[[date, Mapping[str, Any]], Span]
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    cites: tuple[Cite, ...]
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    escalates: tuple[str, ...] = ()
    calls: bool = False
    lapse_move: str = ""


@dataclass(frozen=True)
class State:
    """A state of a case. ``terminal`` states end it; ``waits_for`` tells the reader whose turn it is."""

    id: str
    label: str
    waits_for: str = ""
    terminal: bool = False


Part = TypeVar("Part", State, Move, Clock)


@dataclass(frozen=True)
class Procedure:
    """A case procedure. ``id`` equals the file name; ``prefix`` opens its case numbers; the first state is the initial one."""

    id: str
    title: str
    prefix: str
    measure: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    clocks: tuple[Clock, ...]
    cites: tuple[Cite, ...]

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


def _by_id(items: tuple[Part, ...], wanted: str, procedure: str) -> Part:
    for item in items:
        if item.id == wanted:
            return item
    raise KeyError(f"procedure {procedure} has no {wanted!r}; it has {', '.join(item.id for item in items)}")
