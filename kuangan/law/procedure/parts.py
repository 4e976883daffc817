"""States, moves and clocks: what the procedures are put together from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from kuangan.law.cite import Cite
from kuangan.law.field import Field
from kuangan.law.procedure.effect import MoveSets
from kuangan.law.procedure.pairs import apart_from, impartial, paired_with
from kuangan.law.procedure.people import By, turn_text
from kuangan.law.procedure.view import Attempt, CaseView, Guard
from kuangan.law.time.span import Span, days

Outcome = Literal["", "stands", "done", "undone"]


@dataclass(frozen=True)
class State:
    """A state of a case. ``waits_for``: whose turn it is. ``terminal`` states end the case.

    ``outcome``: what has come of it so far: ``stands``, a decision is in force; ``done``, the matter is over (though something
    may remain to be written or published); ``undone``, nothing had to be done after all (void, merged, withdrawn).
    ``internal``: kept from the supervised. For them the case stands in the last state that they knew, and what was done since does
    not exist yet; a case that has never been in another than an internal state is not there.
    ``maker_of``: of those for whom it waits, the one who made the newest of these steps; the others may step in.
    """

    id: str
    label: str
    waits_for: tuple[By, ...] = ()
    outcome: Outcome = ""
    internal: bool = False
    terminal: bool = False
    maker_of: tuple[str, ...] = ()

    @property
    def turn(self) -> str:
        """Whose turn it is, in words."""
        return turn_text(self.waits_for)

    @property
    def over(self) -> bool:
        return self.outcome in ("done", "undone")


@dataclass(frozen=True)
class PaperUse:
    """A paper a move produces: template id, how its content follows from the case, whether it takes a number.

    ``each_party``: one for every party of the case, whose content is asked for with the attempt about that party.
    """

    template: str
    content: Callable[[CaseView, Attempt], dict[str, Any]]
    frozen: bool = True
    each_party: bool = False


@dataclass(frozen=True)
class EntryMade:
    """An entry of a ledger that a move writes, as if its person had: the unit in relation ``by`` keeps it, about the case's mine.

    ``values``: by field, from the case as it is after the move (whose papers have their numbers by then).
    """

    ledger: str
    values: Callable[[CaseView], dict[str, Any]]
    by: str = "office"


@dataclass(frozen=True)
class Tell:
    """A notice that follows from a move: to whom, its title and body (see :class:`Words` for the names in braces, and inputs).

    A role that the unit has no post for is not told; role "": whoever is there.
    """

    to: By
    title: str
    body: str
    sms: bool = False
    """By message too, not on screen only."""
    clock: str = ""
    """The clock whose end the notice states."""


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
    party: bool = False
    """The step is about one party of the case: it serves and publishes that party's paper, turns that party's clocks, and is made
    for each of them."""
    edits: bool = False
    """The form holds what the facts of the case say under the names of its fields, and writes them anew; the second of two editors is
    told of the first before he overwrites."""
    optional: bool = False
    """A step that nobody is waiting for: offered on the case, never listed as work."""
    legal: bool = False
    """A signing step: the paper before the eyes, then the one-time code of who signs. lawcheck asks for it wherever :attr:`signing`."""
    serves: str = ""
    """Template of which the case's newest paper counts as served by this move. Until then the supervised do not see such a paper.
    A move that does not ask how and when it was served serves it through the platform, on the unit, as it is made."""
    publishes: str = ""
    """Template of which the case's newest paper is shown to the public by this move."""
    shows: tuple[str, ...] = ()
    """Templates of which the case's newest papers must be before the eyes of who makes the move, beside those it produces."""
    internal: bool = False
    """A draft, a review, an opinion: the supervised never see it, nor a paper that only such moves produce."""
    pair: tuple[str, ...] = ()
    """The steps of the first person: he holds a certificate, and so does who makes this move, on his own login, being another."""
    apart: tuple[str, ...] = ()
    """Steps that prepare this one: nobody who ever made one of them in the case makes it."""
    counts_from: Callable[[CaseView, Attempt], datetime] | None = None
    """The moment from which the clocks count that it starts; None: its input ``served_at``, or when it is made."""
    takes_over: bool = False
    """The unit of who makes it deals with the case from now on in the place of the supervising body (relation ``supervisor``)."""
    undoes: tuple[str, ...] = ()
    """Steps that keep the state and are to be made again after this one (a return sends a report back)."""
    records: tuple[EntryMade, ...] = ()
    """The entries of ledgers that it writes; what follows from an entry follows from them."""
    opens: str = ""
    """The procedure of which this move opens a case (see :class:`~kuangan.law.procedure.opening.FromMove`), unless one is open from it."""
    tells: tuple[Tell, ...] = ()
    """Who is told of it beside those who see the case."""
    then: tuple[str, ...] = ()
    """What else follows: names of ``law/consequence.py``."""
    sets: tuple[MoveSets, ...] = ()
    """What it makes of the dated attributes of the mine that the case is about."""

    @property
    def checks(self) -> tuple[Guard, ...]:
        """What the procedure says against the move: that of the pair, of who prepared it, then its own guards."""
        paired = paired_with(self.pair) if self.pair else ()
        apart = (apart_from(self.apart),) if self.apart else ()
        return (*paired, *apart, *self.guards)

    @property
    def gates(self) -> tuple[Guard, ...]:
        """All that may refuse the move to whoever makes it: before :attr:`checks`, that he must not be bound to the other side."""
        return (impartial, *self.checks)

    @property
    def signing(self) -> bool:
        """Whether a person makes it only with a one-time code: what binds somebody, freezes, serves or publishes a paper."""
        return self.legal or bool(self.serves or self.publishes) or any(use.frozen for use in self.papers)


@dataclass(frozen=True)
class Words:
    """What is said of a clock. In braces: ``unit`` (whom the case is about), ``number``, ``duty`` (its title), ``label``, ``due`` and the facts of the case.

    ``lapse``: to the levels above, when a deadline has passed; ``reminder``: whenever it comes back unmet ("" as ``lapse``);
    ``passed``: when a floor has passed.
    """

    lapse: str = "{number}{label}已于{due}到期"
    reminder: str = ""
    passed: str = "{number}{label}已于{due}届满。"


@dataclass(frozen=True)
class Calling:
    """People are rung up in turn until somebody answers: ``words`` as in :class:`Words`, ``answered`` is said to who answers.

    ``interval`` (minutes) and ``rounds`` are keys of local values. ``levels``: only about cases of these levels; () of any.
    ``beside``: relations whose people are rung in a line of their own, too, with ``beside_words``; in a case of one of the levels
    ``at_once`` as soon as the clock starts.
    """

    words: str
    answered: str
    interval: str
    rounds: str
    levels: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    beside_words: str = ""
    at_once: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clock:
    """A deadline or a floor.

    It runs while the case is in one of the states ``during``. What states cannot say, ``starts`` and ``stops`` say by moves (``open``:
    the opening). Moves may pause and resume a deadline. A case that ends stops every clock.
    Where moves about a party start it, each party has its own.
    A start while a deadline runs changes nothing, one that has lapsed starts anew; a start while a floor runs prolongs it,
    never shortens it.
    ``span`` gives the length on the day it starts, from the case's facts (alarm level …). ``until``: the fact that names the last day,
    where somebody has set it; ``span`` is not asked then.
    ``escalates``: relations that are told when it passes; with ``calls`` their people on duty are also rung up in that order.
    ``lapse_move``: the system move made then. ``internal``: the supervised do not know of it; so it is for one that runs in internal
    states only. ``rolls``: whether a deadline in days whose last day is no working day ends on the next one.
    ``when``: whether it starts at all, judged by the case as it is then, and the party (0: none). ``expires``: a time that somebody may
    use; its end is nobody's lateness, and ``lapse_move`` says what it means. ``of_office``: what is late is the office that deals with the case,
    not the unit that it is about: it does not count against that unit. ``unlapsed_by``: moves that say that its day was written wrong: it
    never lapsed.
    """

    id: str
    label: str
    kind: Literal["deadline", "floor"]
    span: Callable[[date, Mapping[str, Any]], Span] | None = None
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    during: tuple[str, ...] = ()
    cites: tuple[Cite, ...] = ()
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    unlapsed_by: tuple[str, ...] = ()
    escalates: tuple[str, ...] = ()
    calls: Calling | None = None
    lapse_move: str = ""
    words: Words = Words()
    internal: bool = False
    rolls: bool = True
    until: str = ""
    when: Callable[[CaseView, int], bool] | None = None
    expires: bool = False
    of_office: bool = False

    def length(self, on: date, facts: Mapping[str, Any]) -> Span:
        """The length of one that starts on a day. Raises ``LookupError`` where nothing says it."""
        if self.until:
            return days(max((date.fromisoformat(str(facts[self.until])) - on).days, 0))
        if self.span is None:
            raise LookupError(f"the clock {self.id} has neither span nor until")
        return self.span(on, facts)
