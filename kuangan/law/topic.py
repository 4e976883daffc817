"""The facts rules are asked about, by topic. Pure values, made by ``flow.alarms.facts``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

Verdict = Literal["confirmed", "pending", "not_real"]
Reliance = Literal["", "open", "closed"]


@dataclass(frozen=True)
class Overlimit:
    """One alarm case as the week rule sees it.

    ``started_at`` is the start of its first episode; ``peak`` in %CH4; ``relied_on`` tells whether a stop order rests on
    it and whether that order's case is still open; ``planned``: a ventilation stop or degassing under a plan filed before;
    ``presumed``: nobody verified it in time, so it counts as confirmed until somebody shows the contrary; ``confirmed_at``: when it was
    presumed (``presumed_first``), or else verified. ``cut_at``: when the power-off set-point was reached; ``uncut``: there is one, and it was not.
    """

    key: str
    started_at: datetime
    peak: Decimal
    place: str
    verdict: Verdict
    relied_on: Reliance = ""
    planned: bool = False
    presumed: bool = False
    confirmed_at: datetime | None = None
    presumed_first: bool = False
    cut_at: datetime | None = None
    uncut: bool = False


@dataclass(frozen=True)
class GasFacts:
    """Topic ``overlimit_confirmed``: the alarm cases of one mine; ``confirmed`` is the key of the one just confirmed."""

    mine: str
    confirmed: str
    overlimits: tuple[Overlimit, ...]


@dataclass(frozen=True)
class SetPointFacts:
    """Topic ``definition_received``: a mine's own set-points of one point against the law's, in %CH4."""

    point: str
    place: str
    alarm: Decimal | None
    power_off: Decimal | None
    re_power: Decimal | None
    law_alarm: Decimal
    law_power_off: Decimal | None
    law_re_power: Decimal | None


@dataclass(frozen=True)
class DeclarationFacts:
    """Topic ``declaration_due``: an over-limit derived from readings and whether the mine declared it.

    ``calibrating``: reached only while the sensor reported calibration, which is no over-limit to declare.
    """

    episode: str
    point: str
    started_at: datetime
    ended_at: datetime | None
    declared: bool
    grace_over: bool
    calibrating: bool = False


@dataclass(frozen=True)
class SilenceFacts:
    """Topic ``silence_lasting``: the whole feed of a mine has brought nothing since ``started_at`` (until ``ended_at``).

    ``not_working``: what a person has stated about the system itself, None while nobody has.
    """

    key: str
    mine: str
    started_at: datetime
    ended_at: datetime | None = None
    not_working: bool | None = None


@dataclass(frozen=True)
class EntryFact:
    """A current entry of a ledger. ``until`` is the last day of its validity, if its ledger knows one.

    ``values`` by field: whole numbers as int, decimals as Decimal, days as date, moments as aware datetime, flags as bool,
    choices by key, units and mines by code, an empty field missing. ``unconfirmed``: fields that somebody else is to write and that
    the keeper filled in himself in an earlier release; ``values`` is without them. ``pending``: whether an authority over the keeper
    has a part yet to write, or sent the entry back.
    """

    key: str
    on: date
    until: date | None
    recorded_at: datetime
    values: Mapping[str, Any]
    unconfirmed: frozenset[str] = frozenset()
    pending: bool = False


@dataclass(frozen=True)
class FaceFact:
    """A working face of the mine's file that is worked on the day; ``kind``: ``coal_face`` or ``heading``; empty: not on file."""

    name: str
    kind: str
    district: str
    level: str


@dataclass(frozen=True)
class LedgerFacts:
    """Topic ``ledger``: one unit and the entries of the rule's ledgers, each list by day, oldest first.

    For a mine: the entries that the mine keeps and those that others keep about it; ``attributes`` are its dated
    properties on the day (a missing one is unknown), ``spells`` the values they had before: each with its first day, oldest first.
    ``faces``: those that are worked, where the rule asks for them.
    """

    unit: str
    entries: Mapping[str, tuple[EntryFact, ...]]
    attributes: Mapping[str, str]
    spells: Mapping[str, tuple[tuple[date, str], ...]] = field(default_factory=dict)
    faces: tuple[FaceFact, ...] = ()

    @property
    def is_open_pit(self) -> bool:
        """Whether it is a mine that wins coal from an open pit; without an entry it is taken for an underground one."""
        return self.attributes.get("mine_type") == "open_pit"

    def attribute(self, name: str, on: date) -> str | None:
        """What the mine was on the day of a conduct, by which the conduct is judged; None: nothing is on file for that day.

        An attribute without ``spells`` never changed.
        """
        spells = self.spells.get(name)
        if spells is None:
            return self.attributes.get(name)
        return next((value for first, value in reversed(spells) if first <= on), None)


@dataclass(frozen=True)
class SampleFacts:
    """Topic ``sample_verified``: what two persons of the unit above found about something that was reported as done.

    ``enterprise``: a mine or its company reported it; ``verdict``: ``true``, ``untrue`` or ``unshown``; ``by`` verified it.
    """

    key: str
    title: str
    period: str
    enterprise: bool
    verdict: str
    by: str
    account: str
