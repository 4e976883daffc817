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
