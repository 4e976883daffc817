"""How the demonstration's invented city writes a ledger: the ``demo:`` block of its file. Nothing of law is said here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kuangan.law.source import YamlTable

TIMES: Final = ("year", "january", "monthly", "shifts", "never")
"""year: spread over it; january: in the first days of every year; monthly: every thirty days; shifts: three a day at
mines that work; never: of things that did not happen."""
WHERE: Final = ("", "severe", "supervised", "by_mines")
"""Everywhere; at mines with severe disasters; by who supervises the mine; as many as the unit has mines."""
_KEYS: Final = (
    *("when", "times", "busy", "by_rate", "from_start", "only", "at"),
    *("first_sample", "whole", "fixed", "vary", "made", "closed", "carried"),
)


@dataclass(frozen=True)
class Demo:
    """Rate, fixed values and variation of invented entries.

    ``times``: a year, or in January; None: once a year where no duty asks for entries. ``busy``: more of them in a history of
    years. ``by_rate``: they come by this rate, not by the duties that they fulfil. ``from_start``: shifts from the first day
    on. ``at``: another number at mines whose code ends so. ``first_sample``: only the first sample row is of this kind.
    ``whole``: its numbers belong together and stay. ``fixed``: values of every row, None leaves the field empty. ``vary``:
    choices that may differ from the sample's. ``made``: what puts the row in agreement with others (``emulate``).
    ``closed``: the field of the term and the field of the day on which the matter was closed by then. ``carried``: steps that people take in
    the cases that its rows open, where they have accounts: none after the newest entry, one after the one before, and so on.
    """

    when: str = "year"
    times: int | None = None
    busy: bool = False
    by_rate: bool = False
    from_start: bool = False
    only: str = ""
    at: Mapping[str, int] = field(default_factory=dict)
    first_sample: bool = False
    whole: bool = False
    fixed: Mapping[str, Any] = field(default_factory=dict)
    vary: frozenset[str] = frozenset()
    made: str = ""
    closed: tuple[str, str] | None = None
    carried: tuple[str, ...] = ()


def read_demo(table: YamlTable) -> Demo:
    """The block of a ledger; the usual one where it is missing. Raises :class:`~kuangan.law.source.CorpusError`."""
    if "demo" not in table:
        return Demo()
    demo = table.table("demo").only(*_KEYS)
    when, only = demo.text("when", "year"), demo.text("only", "")
    if when not in TIMES:
        raise demo.error(f"when: write one of {', '.join(TIMES)}", "when")
    if only not in WHERE:
        raise demo.error(f"only: write one of {', '.join(WHERE[1:])}", "only")
    closed = demo.table("closed").only("until", "day") if "closed" in demo else None
    made = Demo(
        when=when,
        times=_whole_number(demo, "times") if "times" in demo else None,
        busy=demo.flag("busy", default=False),
        by_rate=demo.flag("by_rate", default=False),
        from_start=demo.flag("from_start", default=False),
        only=only,
        at={code: _whole_number(demo.table("at"), code) for code in demo.table("at")} if "at" in demo else {},
        first_sample=demo.flag("first_sample", default=False),
        whole=demo.flag("whole", default=False),
        fixed=dict(demo.table("fixed")) if "fixed" in demo else {},
        vary=frozenset(demo.texts("vary")),
        made=demo.text("made", ""),
        closed=(closed.text("until"), closed.text("day")) if closed else None,
        carried=demo.texts("carried"),
    )
    _refuse_unknown(table, demo, made)
    return made


def _whole_number(table: YamlTable, key: str) -> int:
    written = table[key]
    if not isinstance(written, int) or isinstance(written, bool) or written < 0:
        raise table.error(f"{key}: {written!r}; write a whole number", key)
    return written


def _refuse_unknown(table: YamlTable, demo: YamlTable, made: Demo) -> None:
    """Every field that the block names is one of the ledger."""
    known = {field_table.text("name") for field_table in table.tables("fields")}
    named = {*made.fixed, *made.vary, *(made.closed or ())}
    if unknown := sorted(named - known):
        raise demo.error(f"the ledger has no field {', '.join(unknown)}")
    if made.when == "january" and made.times is None:
        raise demo.error("when: january needs times", "when")
