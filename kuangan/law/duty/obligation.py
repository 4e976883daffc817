"""What an obligation is: who owes, how often or after what, by when, and what shows that it was done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from kuangan.base.clock import beijing_midnight
from kuangan.base.period import Period, period_of
from kuangan.base.workdays import Calendar
from kuangan.law.cite import Cite
from kuangan.law.local import local, local_span
from kuangan.law.role import Role
from kuangan.law.source import CorpusError
from kuangan.law.time.span import Span, deadline, parse_span

STANDING: Final = "standing"
ONCE: Final = "once"
EVENT: Final = "event"
OWNERS: Final = (
    "city_government",
    "city_bureau",
    "city_coal_section",
    "county_government",
    "county_bureau",
    "company",
    "mine",
    "supervisor",
    "supervisor_government",
)
"""Kinds of units that owe; ``supervisor`` is the daily supervising body of each mine, a county or the city bureau, and
``supervisor_government`` the government that this body belongs to."""
SCOPES: Final = ("unit", "mine", "holder")
WITHIN: Final = ("unit", "area", "mine")
LADDER_TO: Final = ("owner", "above", "board")
AUTO: Final = ("alarms_handled",)
"""What the platform's own data can show by themselves; ``flow.credit.automatic`` computes each."""


@dataclass(frozen=True)
class Evidence:
    """What counts as one fulfilment. Of several kinds in an obligation, any one counts.

    ``ledger``: an entry of it dated in the period (for a standing duty: valid in the period), whose fields equal
    ``where`` (a list: one of), with none of ``needs`` empty and none of ``says`` only a word for nothing (无), naming the duty's holder in field ``person``; ``producing``: only while
    the mine concerned produces or builds; ``year``: a field that must hold the period's year and so many more; ``fresh``: a field that must name somebody whom no entry
    about the same mine named in the twelve months before; ``names``: fields that must say what these fields of the entry say that
    the duty follows; ``sent``: the field with the number under which the office has sent it; ``verified``: the part of the ledger that an
    authority writes once it has looked: from then on it is proven, and what it sent back shows nothing. ``paper``: a frozen paper of this template. ``file``: an uploaded file with a note.
    ``auto``: a source that ``flow.credit.automatic`` computes.
    """

    ledger: str = ""
    where: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    person: str = ""
    producing: bool = False
    year: Mapping[str, int] = field(default_factory=dict)
    fresh: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    sent: str = ""
    verified: str = ""
    paper: str = ""
    file: bool = False
    auto: str = ""


@dataclass(frozen=True)
class OwedByEach:
    """Of whom (or what) a fulfilment each is owed, where law says each leader, each commissioner, each team.

    ``who``: the word for them. They are named in field ``name`` of the entries of ``ledger`` that are valid: of the owing unit's own
    (``within: unit``), of its area's (``area``), or of those about the duty's mine (``mine``). Evidence names them in ``field``.
    ``units``: every unit of a kind in the owing unit's area, by its code. Without a ledger and a kind the platform has no list of them,
    and nobody can say that none was left out.
    """

    who: str
    field: str
    ledger: str = ""
    units: str = ""
    name: str = ""
    within: str = "unit"


@dataclass(frozen=True)
class Rung:
    """A step of the escalation ladder: ``after`` the due time (negative: before) tell ``to``."""

    after: timedelta
    to: str


@dataclass(frozen=True)
class Trigger:
    """What an event-bound duty follows.

    ``ledger``: a new entry whose fields equal ``where``; or ``move``: a move of a procedure (``<procedure>.<move>``).
    ``owner``: the field that names the owing unit; ``due``: the field that holds the last day, or with ``before`` the day from which
    the span of that local value is counted back to it. ``again``: the next entry of its kind is due a span after this one.
    ``among``: the table whose column ``mine`` names the mines that owe; where it is empty all of the area do. ``least``: the local value of
    the time that the owing unit has from the recording on, whatever day the entry names. ``waits``: the part of the ledger that somebody
    else is to write: the duty follows from the moment on at which the entry waits for it.
    """

    ledger: str = ""
    where: Mapping[str, Any] = field(default_factory=dict)
    move: str = ""
    owner: str = ""
    due: str = ""
    before: str = ""
    again: bool = False
    among: str = ""
    least: str = ""
    waits: str = ""


@dataclass(frozen=True)
class DueExample:
    """A worked example: for this period (or event day) the duty falls due at that moment; ``named`` is the day in the event's due field."""

    period: str
    due_at: datetime
    times: int
    named: date | None = None


@dataclass(frozen=True)
class Obligation:
    """One obligation. ``cadence`` is a kind of period, ``standing``, ``once`` or ``event``.

    ``rolls``: a last day that is no working day rolls on to the next one; what mines owe does so only where the file says it, for
    mines work on holidays.
    ``accepted``: evidence counts only once the level above has countersigned it.
    ``answers``: what is given goes back to the unit whose entry asked for it.
    """

    id: str
    title: str
    measure: str
    clauses: tuple[str, ...]
    owner: str
    role: Role
    scope: str
    mines: Mapping[str, tuple[str, ...]]
    cadence: str
    trigger: Trigger | None
    span: Span | None
    span_key: str
    due: str
    times: int
    times_key: str
    lead: Span
    grace: Span
    evidence: tuple[Evidence, ...]
    ladder: tuple[Rung, ...]
    valid_from: date
    valid_to: date | None
    cite: Cite
    confidence: str
    assumed: str
    help: str
    examples: tuple[DueExample, ...]
    each: OwedByEach | None = None
    accepted: bool = False
    rolls: bool = True
    answers: bool = False

    @property
    def standing(self) -> bool:
        """Whether it must hold at every moment."""
        return self.cadence == STANDING

    @property
    def keys(self) -> frozenset[str]:
        """The local values that it takes for its spans and counts."""
        own = (self.trigger.before, self.trigger.least) if self.trigger else ()
        return frozenset({self.span_key, self.times_key, *own} - {""})

    def in_force(self, day: date) -> bool:
        """Whether it binds on ``day``; ``valid_to`` itself no longer does."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def needed(self, period: Period) -> int:
        """How many times it must be done in a period, by the value in force on its first day."""
        return int(local(self.times_key, max(period.first, self.valid_from)).value) if self.times_key else self.times

    def period_on(self, day: date) -> Period:
        """The period that ``day`` lies in; a standing duty counts by the year."""
        return period_of("year" if self.cadence == STANDING else self.cadence, day)

    def due_at(self, period: Period, calendar: Calendar) -> datetime:
        """The first moment that is too late for a period.

        ``end``: the end of its last day, holiday or not; ``day N``: the end of the N-th day of its last month;
        a span: so long after its last day, counted and rolled on as law counts deadlines.
        """
        if self.due == "end":
            return beijing_midnight(period.last + timedelta(days=1))
        if self.due.startswith("day "):
            last = period.last.replace(day=min(int(self.due[4:]), period.last.day))
            return beijing_midnight(last + timedelta(days=1))
        return deadline(parse_span(self.due), beijing_midnight(period.last), calendar, rolls=self.rolls)

    def event_due_at(self, start: datetime, calendar: Calendar, on: date) -> datetime:
        """The first moment that is too late after an event at ``start``, by the span in force on ``on``."""
        span = parse_span(str(local(self.span_key, on).value)) if self.span_key else self.span
        if span is None:
            raise CorpusError(f"obligation {self.id}: an event without a span needs a due date of its own")
        return deadline(span, start, calendar, rolls=self.rolls)

    def named_due_at(self, named: date | datetime, on: date) -> datetime:
        """The first moment that is too late where the event of a day names one: that moment, the end of that day, or so long before it."""
        if isinstance(named, datetime):
            return named
        if self.trigger is not None and self.trigger.before:
            named = local_span(self.trigger.before, on).before(named)
        return beijing_midnight(named + timedelta(days=1))
