"""How a case of a procedure begins."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kuangan.law.procedure.view import CaseView


@dataclass(frozen=True)
class FromMove:
    """A move of another procedure opens it (:attr:`Move.opens`): a case about the same unit, of the same level.

    ``title`` (names in braces as in :class:`Words`) and ``facts`` follow from the case whose move it is; the facts go on to follow
    while both are open.
    """

    title: str
    facts: Callable[[CaseView], dict[str, Any]]


Opening = FromMove
