"""What moves and findings set off by name: the functions behind ``Move.then`` and ``FromRule.by``."""

from collections.abc import Callable
from datetime import datetime

from kuangan.casework.models import Case, CaseMove, Finding
from kuangan.core.models import Unit, User
from kuangan.law.consequence import CONSEQUENCES, OPENINGS

Consequence = Callable[[User | None, Case, CaseMove], None]
OpeningByRule = Callable[[Finding, Unit, datetime], None]
_doing: dict[str, Consequence] = {}
_opening: dict[str, OpeningByRule] = {}


def consequence(name: str) -> Callable[[Consequence], Consequence]:
    """Decorator: this function does what ``law/consequence.py`` calls ``name``. Raises ``LookupError`` for an unknown name."""
    if name not in CONSEQUENCES:
        raise LookupError(f"law/consequence.py has no {name!r}; it has {', '.join(CONSEQUENCES)}")

    def keep(function: Consequence) -> Consequence:
        _doing[name] = function
        return function

    return keep


def follow(name: str, actor: User | None, case: Case, moved: CaseMove) -> None:
    """Do what a move sets off."""
    _doing[name](actor, case, moved)


def opening(name: str) -> Callable[[OpeningByRule], OpeningByRule]:
    """Decorator: this function opens a case from a finding as ``law/consequence.py`` says. Raises ``LookupError`` for an unknown name."""
    if name not in OPENINGS:
        raise LookupError(f"law/consequence.py has no opening {name!r}; it has {', '.join(OPENINGS)}")

    def keep(function: OpeningByRule) -> OpeningByRule:
        _opening[name] = function
        return function

    return keep


def open_by_name(name: str, finding: Finding, unit: Unit, at: datetime) -> None:
    """Open (or join) a case from a finding."""
    _opening[name](finding, unit, at)


def registered() -> frozenset[str]:
    """The names that something does."""
    return frozenset({*_doing, *_opening})
