"""What guards and papers may know: the case and the attempt at a move."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True)
class ClockView:
    """A running or stopped clock of a case, as guards see it."""

    kind: Literal["deadline", "floor"]
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None = None
    lapsed_at: datetime | None = None


@dataclass(frozen=True)
class Party:
    """One of those whom the case is against: by the order in which they were named (from 1), a unit or a person."""

    id: int
    name: str
    kind: Literal["unit", "person"]
    post: str = ""
    address: str = ""


@dataclass(frozen=True)
class PaperView:
    """The newest paper of a template in a case; ``number`` is empty while it is a draft."""

    number: str
    frozen_at: datetime | None
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class DutyView:
    """The duty that a case is about."""

    title: str
    due_at: datetime
    done_at: datetime | None = None
    cancelled_at: datetime | None = None
    excused_at: datetime | None = None


@dataclass(frozen=True)
class Done:
    """A move that was made: who, when, with which inputs (attachments as ids); ``party``: about whom, 0 for nobody of them."""

    move: str
    actor: str
    at: datetime
    inputs: Mapping[str, Any]
    person: str = ""
    unit: str = ""
    certificate: str = ""
    party: int = 0


@dataclass(frozen=True)
class CaseView:
    """All a guard or a paper may know of a case. ``facts`` are what the case rests on; ``names`` the units by relation.

    ``clocks`` and ``papers``: the newest of each kind, whomever they are about; ``papers_of``: the newest about each party.
    ``duty``: where the case is about one; ``kind``: what kind of unit it is about.
    """

    number: str
    state: str
    at: datetime
    facts: Mapping[str, Any]
    names: Mapping[str, str]
    done: tuple[Done, ...] = ()
    clocks: Mapping[str, ClockView] = field(default_factory=dict)
    papers: Mapping[str, PaperView] = field(default_factory=dict)
    parties: tuple[Party, ...] = ()
    papers_of: Mapping[tuple[str, int], PaperView] = field(default_factory=dict)
    duty: DutyView | None = None
    kind: str = ""

    def last(self, *moves: str, party: int | None = None) -> Done | None:
        """The newest of these moves (about a party), or None."""
        made = [done for done in self.done if done.move in moves and party in (None, done.party)]
        return made[-1] if made else None

    def party(self, party_id: int) -> Party:
        """The party by id. Raises ``LookupError`` naming the case."""
        for party in self.parties:
            if party.id == party_id:
                return party
        raise LookupError(f"case {self.number} has no party {party_id}")


@dataclass(frozen=True)
class Attempt:
    """A move about to be made, as guards see it; ``party``: about whom (see :attr:`Move.party`), otherwise 0.

    ``at_home``: in which relations to the case the actor has a post, whatever it is. ``is_alone``: whether nobody else at the actor's
    unit could make it.
    """

    actor: str
    inputs: Mapping[str, Any]
    at: datetime
    person: str = ""
    unit: str = ""
    certificate: str = ""
    party: int = 0
    at_home: frozenset[str] = frozenset()
    is_alone: Callable[[], bool] = lambda: False


Guard = Callable[[CaseView, Attempt], str | None]
"""Returns the reason why the move is refused, in Chinese for the user, or None."""
