"""How a case of a procedure begins: from a rule's finding, a move of another procedure, a row of an entry, a person, from outside."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from kuangan.law.field import Field
from kuangan.law.procedure.effect import MoveSets
from kuangan.law.procedure.parts import Move, Tell
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
    ``internal``: the supervised never see what was entered (who told of it). ``tells``: who is told of the case (see :attr:`Move.tells`).
    ``prefill``: what the empty form holds for who opens it.
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
    tells: tuple[Tell, ...] = ()
    prefill: Callable[[Attempt], Mapping[str, Any]] | None = None
    id: str = "open"

    @cached_property
    def step(self) -> Move:
        """The opening as a step of the record."""
        return Move(self.id, self.label, (), None, self.by, self.fields, self.guards, help=self.help)


@dataclass(frozen=True)
class RowView:
    """A row of an entry, as what it opens sees it. ``ledger``: its title, ``clauses`` those that it serves, ``serial`` the entry's number.

    ``on``: the entry's day; ``due_on``: by when it is to be done; ``paper``: the number of the enforcement paper that orders it, if any;
    ``kind``: what kind of unit it is about; ``own``: that unit keeps the ledger itself; ``cells``: the row as stored, ``values`` the entry.
    """

    ledger: str
    clauses: tuple[str, ...]
    serial: int
    on: date
    due_on: date
    paper: str
    kind: str
    own: bool
    cells: Mapping[str, Any]
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FromOutside(FromPerson):
    """As :class:`FromPerson`, of a matter that was under way outside the platform when it went live (线下转入): it begins in ``state``.

    Its day ``counts_from`` lies before the day of going live of the office that opens it; clocks run from there, and its own step in the
    record (``id``) may start them. What was done before stands in that step alone, with the scanned papers in ``files``. ``sets``: what the
    decision made of the mine on the day of service that the step states.
    """

    state: str = ""
    sets: tuple[MoveSets, ...] = ()
    id: str = "take_in"

    @cached_property
    def step(self) -> Move:
        return replace(super().step, sets=self.sets)


@dataclass(frozen=True)
class FromEntry:
    """Each row of a ledger's table opens a case (``opens`` in the ledger's file): about the unit that the entry names, its keeper is the office.

    ``columns``: those of the table; the first says what the row is about, ``due`` by when it is to be done (otherwise the entry says it),
    ``settled`` (a flag) that nothing remains to be done; ``settled_at_once``: that is said when the entry is made, no correction says it of what
    was ordered. ``title``: names in braces as in :class:`Words`. ``amend``: the system moves that take the facts of a corrected row while nothing
    was answered yet, of which the first that is possible is made; a system move that ends it undone is made when the row is gone.
    ``told``: title and body of the one notice to that unit about all rows of an entry, with ``ledger``, ``count`` and ``items`` in braces.
    """

    columns: tuple[Field, ...]
    facts: Callable[[RowView], dict[str, Any]]
    amend: tuple[str, ...]
    due: str
    told: tuple[str, str]
    settled: str = ""
    settled_at_once: bool = False
    title: str = "{unit}：{procedure}"


@dataclass(frozen=True)
class FromReadings:
    """What a mine's feed sends, or that it falls silent, opens it: ``flow/alarms`` does so by itself, nobody fills in a form."""


Opening = FromRule | FromMove | FromPerson | FromEntry | FromReadings
