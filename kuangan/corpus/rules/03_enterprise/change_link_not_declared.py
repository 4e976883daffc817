"""变化环节未申报、未经批准即开始，或者无计划停产停风未及时申报。"""

from collections.abc import Iterator
from datetime import datetime

from kuangan.base.numerals import date_text, moment_text
from kuangan.corpus.rules._enterprise import moment
from kuangan.corpus.rules._ledger import (
    Fault,
    each_judged,
    entries_of,
    entry,
    facts_of,
    filled_by_keeper,
    judged,
)
from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("register", "3.1"),)
UNSEALING = Cite("coal_mine_safety_ordinance", "34")
"""Of the links only the opening of sealed areas is one of its operations."""
UNPLANNED = "unplanned_stop"


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Links declared or approved after they began, and undeclared ones that inspectors saw and that are not yet put right.

    An approval counts that another person gave; what who declared the link filled in himself in an earlier release leaves it open.
    """
    late, unknown = each_judged(entries_of(facts, "change_link"), _late)
    if any("approved_at" in entry.unconfirmed for entry in entries_of(facts, "change_link")):
        unknown = unknown or "变化环节的批准系登记人自填，未经批准人确认"
    seen = [_seen(entry) for entry in entries_of(facts, "change_link_check") if _undeclared(entry)]
    unsealed = {entry.key for entry in entries_of(facts, "change_link") if entry.values["kind"] == "unsealing"}
    cites = (*CITES, UNSEALING) if unsealed & {fault.key for fault in late} else CITES
    return judged("变化环节未按规定申报、批准", [*late, *seen], cites, unknown)


def _late(entry: EntryFact) -> Iterator[Fault]:
    values = entry.values
    if "started_at" not in values:
        return
    name, started = f"{values['place']}（{values['number']}）", values["started_at"]
    if values["kind"] == UNPLANNED:
        if values["declared_at"] > started + local_span("change_link.unplanned_declare", entry.on).length:
            yield Fault(entry.key, f"{name}{moment_text(started)}停产停风，{moment_text(values['declared_at'])}才申报")
        return
    if values["declared_at"] > started:
        yield Fault(entry.key, f"{name}{moment_text(started)}开始，{moment_text(values['declared_at'])}才申报")
    if "approved_at" in entry.unconfirmed:
        return
    if "approved_at" not in values or values["approved_at"] > started:
        yield Fault(entry.key, f"{name}{moment_text(started)}开始时未经批准")


def _undeclared(entry: EntryFact) -> bool:
    return entry.values["declared"] == "unmet" and "rectified_on" not in entry.values


def _seen(entry: EntryFact) -> Fault:
    return Fault(entry.key, f"{date_text(entry.on)}现场核查发现{entry.values['place']}的变化环节未申报")


def _link(declared: str, started: str, approved: str = "", kind: str = "structure") -> EntryFact:
    values = {"number": "BH-1", "place": "3109掘进工作面", "kind": kind, "declared_at": moment(declared)}
    values |= {"started_at": moment(started)} if started else {}
    return entry("a", declared[:10], **values, **({"approved_at": moment(approved)} if approved else {}))


def _case(link: EntryFact | None = None, seen: EntryFact | None = None) -> LedgerFacts:
    return facts_of({"change_link": (link,) if link else (), "change_link_check": (seen,) if seen else ()})


_AT = moment("2026-03-12T08:00")
_SEEN = {"place": "3111掘进工作面"}

RULE = Rule(
    id="change_link_not_declared",
    title="变化环节未按规定申报、批准",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=(*CITES, UNSEALING),
    clauses=("3.1i",),
    about="mine",
    reads=("change_link", "change_link_check"),
    window_days=92,
    examples=(
        Example(
            "先申报、批准，后开始", _case(_link("2026-03-05T09:00", "2026-03-08T08:00", "2026-03-08T08:00")), _AT, Clear
        ),
        Example(
            "批准晚1分钟", _case(_link("2026-03-05T09:00", "2026-03-08T08:00", "2026-03-08T08:01")), _AT, Breach, ("a",)
        ),
        Example("开始后申报", _case(_link("2026-03-08T08:01", "2026-03-08T08:00")), _AT, Breach, ("a",)),
        Example("开始时未批准", _case(_link("2026-03-05T09:00", "2026-03-08T08:00")), _AT, Breach, ("a",)),
        Example(
            "批准系登记人自填",
            _case(filled_by_keeper(_link("2026-03-05T09:00", "2026-03-08T08:00"), "approver", "approved_at")),
            _AT,
            Unknown,
        ),
        Example("已申报未批准，尚未开始", _case(_link("2026-03-05T09:00", "")), _AT, Clear),
        Example(
            "无计划停风2小时整申报", _case(_link("2026-03-08T10:00", "2026-03-08T08:00", kind=UNPLANNED)), _AT, Clear
        ),
        Example(
            "无计划停风超过2小时申报",
            _case(_link("2026-03-08T10:01", "2026-03-08T08:00", kind=UNPLANNED)),
            _AT,
            Breach,
            ("a",),
        ),
        Example("现场发现未申报", _case(seen=entry("c", "2026-03-10", declared="unmet", **_SEEN)), _AT, Breach, ("c",)),
        Example("现场核查已申报", _case(seen=entry("c", "2026-03-10", declared="met", **_SEEN)), _AT, Clear),
        Example(
            "未申报的已整改",
            _case(seen=entry("c", "2026-03-10", declared="unmet", rectified_on=_AT.date(), **_SEEN)),
            _AT,
            Clear,
        ),
        Example(
            "启封密闭开始时未批准，并引用条例第三十四条",
            _case(_link("2026-03-05T09:00", "2026-03-08T08:00", kind="unsealing")),
            _AT,
            Breach,
            ("a",),
        ),
        Example(
            "B1：期限规定以前的停产停风不能判定",
            _case(_link("2023-12-31T10:00", "2023-12-31T08:00", kind=UNPLANNED)),
            _AT,
            Unknown,
        ),
        Example("没有变化环节", _case(), _AT, Clear),
    ),
)
