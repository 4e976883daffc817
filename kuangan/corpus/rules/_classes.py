"""The class of a mine (A, B, C, D) from dated facts, with the reasons."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from kuangan.base.numerals import date_text
from kuangan.corpus.rules._leadership import months_passed
from kuangan.law.ledger import ledger_by_id
from kuangan.law.local import local
from kuangan.law.topic import EntryFact, LedgerFacts

IDLE: Final = ("halted", "building_halted")


@dataclass(frozen=True)
class Class:
    """The computed class; ``letter`` is empty while something is missing, which ``reasons`` then say."""

    letter: str
    reasons: tuple[str, ...]
    keys: tuple[str, ...] = ()


def computed(facts: LedgerFacts, today: date) -> Class:
    """D if stopped long enough, else C if something speaks for it, else A if nothing speaks against it, else B."""
    kept = facts.entries.get("mine_class_fact", ())
    stopped = _stopped(facts, kept, today)
    if stopped is not None:
        return stopped
    low, keys = _low(facts, kept, today)
    if low:
        return Class("C", low, keys)
    grade = facts.attributes.get("standardization_grade")
    if grade is None:
        return Class("", ("标准化等级未登记",))
    against, keys = _against(kept, today)
    if grade not in local("classification.grades_of_a", today).value:
        against = (f"标准化等级为{grade}", *against)
    return (
        Class("B", against, keys) if against else Class("A", (f"标准化等级为{grade}，规定期间内无死亡事故和重大隐患",))
    )


def _stopped(facts: LedgerFacts, kept: Iterable[EntryFact], today: date) -> Class | None:
    """Class D, or what is missing to say so; None: works, or has not been stopped long enough."""
    status = facts.attributes.get("status")
    if status is None:
        return Class("", ("生产建设状态未登记",))
    if status not in IDLE:
        return None
    since = [entry for entry in _lasting(kept, today) if entry.values["kind"] == "stopped"]
    first = min(since, key=lambda entry: entry.on) if since else None
    begun = first.on if first else _idle_since(facts, today)
    if begun is None:
        return Class("", ("停产停建的起始日期未登记",))
    months = int(local("classification.stop_months", today).value)
    if not months_passed(begun, months, today):
        return None
    return Class("D", (f"自{date_text(begun)}起停产停建，已满{months}个月",), (first.key,) if first else ())


def _idle_since(facts: LedgerFacts, today: date) -> date | None:
    """Since when the mine's file says that it stands still (a served stop writes it there)."""
    begun = None
    for first, status in facts.spells.get("status", ()):
        if first > today:
            break
        begun = (begun or first) if status in IDLE else None
    return begun


def _low(facts: LedgerFacts, kept: Iterable[EntryFact], today: date) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Reasons for class C with the entries they rest on."""
    grade = facts.attributes.get("standardization_grade")
    reasons = [f"标准化等级为{grade}"] if grade in local("classification.grades_short", today).value else []
    low = [
        *_recent(kept, "fatal_accident", int(local("classification.accident_months", today).value), today),
        *_hazards(kept, today),
        *(
            entry
            for entry in _lasting(kept, today)
            if entry.values["kind"] in local("classification.lasting_low", today).value
        ),
    ]
    return (*reasons, *map(_told, low)), tuple(entry.key for entry in low)


def _against(kept: Iterable[EntryFact], today: date) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Reasons against class A with the entries they rest on."""
    months = int(local("classification.accident_free_months", today).value)
    serious = [
        entry
        for entry in _lasting(kept, today)
        if entry.values["kind"] in local("classification.lasting_not_a", today).value
    ]
    serious_facts = [*_recent(kept, "fatal_accident", months, today), *serious]
    return tuple(map(_told, serious_facts)), tuple(entry.key for entry in serious_facts)


def _hazards(kept: Iterable[EntryFact], today: date) -> list[EntryFact]:
    return _recent(kept, "major_hazard", int(local("classification.hazard_months", today).value), today)


def _recent(kept: Iterable[EntryFact], kind: str, months: int, today: date) -> list[EntryFact]:
    of_kind = (entry for entry in kept if entry.values["kind"] == kind and entry.on <= today)
    return [entry for entry in of_kind if not months_passed(entry.on, months, today)]


def _lasting(kept: Iterable[EntryFact], today: date) -> list[EntryFact]:
    return [entry for entry in kept if entry.on <= today and (entry.until is None or entry.until >= today)]


def _told(fact: EntryFact) -> str:
    kinds = dict(ledger_by_id("mine_class_fact").field("kind").choices)
    return f"{date_text(fact.on)}{kinds[fact.values['kind']]}"
