"""What moves set off by name: the functions behind ``Move.then``."""

from collections.abc import Callable

from kuangan.casework.models import Case, CaseMove
from kuangan.core.models import User
from kuangan.law.consequence import CONSEQUENCES

Consequence = Callable[[User | None, Case, CaseMove], None]
_doing: dict[str, Consequence] = {}


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


def registered() -> frozenset[str]:
    """The names that something does."""
    return frozenset(_doing)
