"""How a case of a procedure begins: from a rule's finding, from a move of another procedure, from a person, from outside."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kuangan.law.field import Field
from kuangan.law.procedure.parts import Move
from kuangan.law.procedure.people import By
from kuangan.law.procedure.view import Attempt, CaseView, Guard, Party


@dataclass(frozen=True)
class FindingView:
    """What a rule found, as a procedure sees it. ``basis`` are the articles in words."""

    rule: str
    reason: str
    basis: tuple[str, ...] = ()
    numbers: Mapping[str, Any] | None = None


def _as_found(finding: FindingView) -> dict[str, Any]:
    return {"reason": finding.reason, "basis": list(finding.basis)}


@dataclass(frozen=True)
class FromRule:
    """A finding of a rule that names the procedure opens a case about the unit found out, or joins its open one where there can be only one.

    ``title``: names in braces as in :class:`Words`, and ``rule``. ``by``: a named opening of ``law/consequence.py`` that does it instead.
    """

    title: str = "{unit}：{rule}"
    facts: Callable[[FindingView], dict[str, Any]] = _as_found
    by: str = ""


@dataclass(frozen=True)
class FromMove:
    """A move of another procedure opens it (:attr:`Move.opens`): a case about the same unit, of the same level.

    ``title`` (names in braces as in :class:`Words`) and ``facts`` follow from the case whose move it is; the facts go on to follow
    while both are open.
    """

    title: str
    facts: Callable[[CaseView], dict[str, Any]]


@dataclass(frozen=True)
class FromPerson:
    """A person opens it, from the page 新办 (``label`` is the entry there), by choosing the subject and filling in ``fields``.

    ``by``: who may, by relation to the subject; ``office``: any office that sees it. ``facts`` (None: what was entered, but for files and
    sealed fields) become those of the case, ``parties`` are whom it is against; guards may refuse. What was entered stands in the record as its first step, ``id``.
    ``counts_from``: the field that holds the day or moment from which clocks count that start with the opening.
    ``internal``: the supervised never see what was entered (who told of it).
    """

    label: str
    by: tuple[By, ...]
    fields: tuple[Field, ...] = ()
    title: str = "{unit}：{procedure}"
    facts: Callable[[CaseView, Attempt], dict[str, Any]] | None = None
    parties: Callable[[CaseView, Attempt], tuple[Party, ...]] | None = None
    guards: tuple[Guard, ...] = ()
    help: str = ""
    counts_from: str = ""
    internal: bool = False
    id: str = "open"

    @cached_property
    def step(self) -> Move:
        """The opening as a step of the record."""
        return Move(self.id, self.label, (), None, self.by, self.fields, self.guards, help=self.help)


@dataclass(frozen=True)
class FromOutside:
    """A door outside the pages opens it (a public form, an interface), by this name."""

    name: str


Opening = FromRule | FromMove | FromPerson | FromOutside
