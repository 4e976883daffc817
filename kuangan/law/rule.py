"""The grammar of computable rules: pure functions from facts to a finding."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from kuangan.base.workdays import MissingYear
from kuangan.law.cite import Cite
from kuangan.law.time.dated import NotInForce
from kuangan.law.topic import LedgerFacts

OPEN_PIT: Final = "露天煤矿不按井工煤矿的规则认定，其专门规则本平台尚未建立"


@dataclass(frozen=True)
class Breach:
    """The rule is broken. ``reason`` is the sentence for the paper; ``used`` are the keys of the facts it rests on."""

    reason: str
    used: tuple[str, ...] = ()
    cites: tuple[Cite, ...] = ()
    numbers: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Clear:
    """The rule is kept. ``why``: what was computed, where that is worth showing."""

    why: str = ""


@dataclass(frozen=True)
class Unknown:
    """It cannot be said; ``why`` tells what is missing. Never counts as compliant."""

    why: str


Outcome = Breach | Clear | Unknown


@dataclass(frozen=True)
class Example:
    """A worked example: facts, the moment, and the outcome's kind with the facts it must rest on."""

    title: str
    facts: Any
    at: datetime
    outcome: type[Breach] | type[Clear] | type[Unknown]
    used: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A computable rule. ``id`` equals the file name; ``topic`` names the occasion on which ``flow`` runs it.

    A rule of topic ``ledger`` is about every unit of kind ``about`` and reads the current entries of the ledgers ``reads`` dated in
    the last ``window_days`` days (and those still valid); it runs daily and soon after such an entry changes.

    ``past``: instruments that are out of force, cited only for conduct of their own days. ``underground``: of mines that win coal
    underground; it cannot say anything of an open-pit one, whose own rules the platform does not carry yet. ``faces``: it asks for the working faces of the mine's file.
    """

    id: str
    title: str
    measure: str
    topic: str
    check: Callable[[Any, datetime], Outcome]
    cites: tuple[Cite, ...]
    examples: tuple[Example, ...]
    procedure: str = ""
    clauses: tuple[str, ...] = ()
    about: str = ""
    reads: tuple[str, ...] = ()
    window_days: int = 0
    past: tuple[Cite, ...] = ()
    underground: bool = False
    faces: bool = False

    def say(self, facts: Any, at: datetime) -> Outcome:
        """What the rule says; where it needs working days of a year without a calendar, or a number on a day before its law, it cannot."""
        if self.underground and isinstance(facts, LedgerFacts) and facts.is_open_pit:
            return Unknown(OPEN_PIT)
        try:
            return self.check(facts, at)
        except (MissingYear, NotInForce) as missing:
            return Unknown(str(missing))
