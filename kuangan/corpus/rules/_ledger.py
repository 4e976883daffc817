"""What rules on ledgers share: picking entries, telling faults, building the entries of examples."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from kuangan.base.clock import beijing_midnight
from kuangan.base.numerals import date_text
from kuangan.base.text import person_name
from kuangan.law.cite import Cite
from kuangan.law.field import PersonName
from kuangan.law.rule import Breach, Clear, Outcome, Unknown
from kuangan.law.time.dated import NotInForce
from kuangan.law.topic import EntryFact, LedgerFacts

SHOWN: Final = 5
"""How many faults a reason spells out; the rest are counted."""


NOTHING: Final = "未发现问题"
"""What a list of findings says when there are none."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, with the key of the entry it rests on."""

    key: str
    text: str


def entries_of(facts: LedgerFacts, ledger: str) -> tuple[EntryFact, ...]:
    """The entries of one ledger, oldest first."""
    return tuple(facts.entries.get(ledger, ()))


def newest(entries: Iterable[EntryFact], *names: str) -> list[EntryFact]:
    """The last entry of each combination of these fields; without fields the last of all."""
    newest_by_key: dict[tuple[Any, ...], EntryFact] = {}
    for entry in entries:
        newest_by_key[tuple(_told_apart(entry.values.get(name)) for name in names)] = entry
    return list(newest_by_key.values())


def _told_apart(value: Any) -> Any:
    """A value as it tells entries apart: persons by who they are."""
    return identity(value) if isinstance(value, PersonName) else value


def gone(facts: LedgerFacts) -> bool:
    """Whether the mine is closed for good and owes nothing any more."""
    return facts.attributes.get("status") == "closed"


def idle(facts: LedgerFacts) -> bool:
    """Whether the mine is known neither to produce nor to build, so that what comes with work is not asked of it."""
    return facts.attributes.get("status", "producing") not in ("producing", "building")


def lines(value: Any) -> tuple[str, ...]:
    """The items of a field of kind lines."""
    return tuple(line.strip() for line in str(value or "").splitlines() if line.strip())


def people(value: Any) -> tuple[str, ...]:
    """The names in a table, or in lines of text as they were kept before; each without the blanks that lists are padded with."""
    if isinstance(value, tuple | list):
        return tuple(person_name(person["name"]) for person in value if "name" in person)
    return tuple(person_name(line) for line in lines(value))


def identity(person: Any) -> str:
    """By whom a person is told from namesakes: the key in the register, or the name where he is not in it."""
    key = getattr(person, "key", "")
    return f"P{key}" if key else person_name(str(person))


def persons(value: Any) -> tuple[Any, ...]:
    """The persons in a table as they were chosen; of lines of text, as they were kept before, the names."""
    if isinstance(value, tuple | list):
        return tuple(person["name"] for person in value if "name" in person)
    return lines(value)


def same_person(person: Any, other: Any) -> bool:
    """Whether two are one: by the register's key where both have one, else by the name."""
    keys = [getattr(entry, "key", None) for entry in (person, other)]
    return keys[0] == keys[1] if all(keys) else person_name(str(person)) == person_name(str(other))


def held_certificates(certificates: Iterable[EntryFact]) -> list[EntryFact]:
    """The last certificate of each holder, kind and work type.

    By the register's key of the person, or where the register does not know him by the certificate's own number: a namesake's
    clears nobody.
    """
    held: dict[tuple[Any, ...], EntryFact] = {}
    for entry in certificates:
        person, values = entry.values.get("person"), entry.values
        holder = identity(person) if getattr(person, "key", None) else values.get("number")
        held[holder, values["kind"], values.get("work_type")] = entry
    return list(held.values())


def share(part: int, whole: int) -> Decimal:
    """Percent, not rounded. ``whole`` above zero."""
    return Decimal(part) * 100 / Decimal(whole)


def number(value: Decimal | float) -> str:
    """A number as a sentence shows it: at most two places, no trailing zeros."""
    rounded = Decimal(str(value)).quantize(Decimal("0.01"))
    return f"{rounded:f}".rstrip("0").rstrip(".")


def told(lead: str, texts: Iterable[str]) -> str:
    """The sentence of a finding: the first few of ``texts``, and how many there are where some are left out."""
    reasons = list(texts)
    more = f"等{len(reasons)}项" if len(reasons) > SHOWN else ""
    return f"{lead}：{'；'.join(reasons[:SHOWN])}{more}"


def each_judged(entries: Iterable[EntryFact], find: Callable[[EntryFact], Iterable[Fault]]) -> tuple[list[Fault], str]:
    """What is wrong with each entry, and why of some it cannot be said: their day lies before a number that is needed began."""
    faults: list[Fault] = []
    unknown: list[str] = []
    for entry in entries:
        try:
            faults += find(entry)
        except NotInForce as missing:
            unknown.append(str(missing))
    return faults, "；".join(dict.fromkeys(unknown))


def judged(lead: str, faults: Iterable[Fault], cites: tuple[Cite, ...], unknown: str = "") -> Outcome:
    """Breach with all faults; without any Unknown for the reason given, else Clear."""
    stated = list(faults)
    if stated:
        keys = tuple(dict.fromkeys(fault.key for fault in stated if fault.key))
        return Breach(told(lead, (fault.text for fault in stated)), keys, cites, {"faults": len(stated)})
    return Unknown(unknown) if unknown else Clear()


def unresolved(facts: LedgerFacts, ledger: str, today: date, what: str) -> list[Fault]:
    """Findings of inspections whose day for rectification has passed without being closed; those in a table have cases of their own."""
    return [
        Fault(
            entry.key, f"{date_text(entry.on)}{what}发现的问题应于{date_text(entry.values['due_on'])}前整改，尚未闭环"
        )
        for entry in entries_of(facts, ledger)
        if _as_text(entry) and "closed_on" not in entry.values and entry.values.get("due_on", today) < today
    ]


def undated(facts: LedgerFacts, ledger: str) -> bool:
    """Whether an inspection found something and no day for its rectification is on file."""
    return any(
        _as_text(entry) and "due_on" not in entry.values and entry.values["findings"] != NOTHING
        for entry in entries_of(facts, ledger)
    )


def _as_text(entry: EntryFact) -> bool:
    """Whether what it found was written as lines of text, which no case follows."""
    return any(isinstance(entry.values.get(name), str) for name in ("findings", "problems"))


def entry(key: str, on: str, until: str = "", /, **values: Any) -> EntryFact:
    day = date.fromisoformat(on)
    return EntryFact(key, day, date.fromisoformat(until) if until else None, beijing_midnight(day), values)


def filled_by_keeper(written: EntryFact, *names: str) -> EntryFact:
    """The entry of an earlier release, whose keeper filled in himself what somebody else is to write."""
    return replace(written, unconfirmed=frozenset(names))


def facts_of(entries: Mapping[str, tuple[EntryFact, ...]], /, **attributes: str) -> LedgerFacts:
    """The facts of a producing mine for an example; ``attributes`` override."""
    return LedgerFacts("140423900001", entries, {"status": "producing", **attributes})
