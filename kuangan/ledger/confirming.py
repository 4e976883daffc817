"""Parts of an entry that somebody else than its keeper writes: which one waits, what of it holds, what was only said by the keeper."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from kuangan.base.clock import beijing_midnight, civil_date
from kuangan.core.values import typed
from kuangan.law.ledger import Ledger
from kuangan.law.local import local_span
from kuangan.law.procedure.confirming import Confirming
from kuangan.law.time.calendar import calendar
from kuangan.law.time.span import deadline
from kuangan.ledger.models import Entry


def confirmed_fields(ledger: Ledger, parts: Collection[str]) -> frozenset[str]:
    """The fields that those wrote to whom they belong."""
    return frozenset(name for part in ledger.confirmations if part.id in parts for name in part.fields)


def unconfirmed_fields(ledger: Ledger, values: Mapping[str, Any], parts: Collection[str]) -> frozenset[str]:
    """Fields of others that the keeper filled in himself, when an earlier release let him."""
    return ledger.of_others.intersection(values) - confirmed_fields(ledger, parts)


def trusted_values(ledger: Ledger, values: Mapping[str, Any], parts: Collection[str]) -> dict[str, Any]:
    """The values without what the keeper had no right to fill in."""
    alone = unconfirmed_fields(ledger, values, parts)
    return {name: value for name, value in values.items() if name not in alone} if alone else dict(values)


def waiting_part(ledger: Ledger, values: Mapping[str, Any], parts: Collection[str], keeper: str) -> str:
    """The part that is to be written next; "" where none is, or where the keeper of an earlier release filled it in himself."""
    for part in ledger.confirmations:
        asked = part.is_for(keeper) and part.is_asked(trusted_values(ledger, values, parts))
        if part.id in parts or not asked:
            continue
        alone = unconfirmed_fields(ledger, values, parts)
        return "" if alone & set(part.fields) else part.id
    return ""


def writable_parts(ledger: Ledger, values: Mapping[str, Any], parts: Collection[str], keeper: str) -> list[Confirming]:
    """The parts that may be written now: the next one, the last one once more, those that nobody has to wait for."""
    trusted = trusted_values(ledger, values, parts)
    fitting = [part for part in ledger.confirmations if part.is_for(keeper) and part.fits(trusted)]
    following = next((part for part in fitting if not part.unasked and part.id not in parts), None)
    written = [part for part in fitting if not part.unasked and part.id in parts]
    last = written[-1] if written else None
    return [part for part in fitting if part.unasked or part in (following, last)]


def requestable_parts(ledger: Ledger, entry: Entry) -> list[Confirming]:
    """The parts for which the keeper may ask now: not written, and not waiting already."""
    return [
        part
        for part in ledger.confirmations
        if part.request and part.id not in entry.parts and part.id != entry.waits_for and part.concerns(entry.values)
    ]


def standing(
    ledger: Ledger, old: Mapping[str, Any], parts: Collection[str], own: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What of the parts of others still holds once the keeper's fields say ``own``: their values, and the parts.

    A part falls with a correction of what it rests on, and with it those that were written after it.
    """
    values: dict[str, Any] = {}
    held: list[str] = []
    for part in ledger.confirmations:
        rests_on = part.about or [field.name for field in ledger.fields if field.name not in ledger.of_others]
        same = all(old.get(name) == own.get(name) for name in rests_on)
        there = {name: old[name] for name in part.fields if name in old}
        if same and there and part.fits({**own, **values}):
            values |= there
            held += [part.id] if part.id in parts else []
    return values, tuple(held)


def held_fast(ledger: Ledger, values: Mapping[str, Any], parts: Collection[str]) -> dict[str, Confirming]:
    """The keeper's columns whose value he takes back only once somebody else has written a part, and that part."""
    return {
        name: part
        for part in ledger.confirmations
        if part.id not in parts
        for name, wanted in part.releases.items()
        if values.get(name) in wanted
    }


def is_too_late(ledger: Ledger, part: Confirming, values: Mapping[str, Any], at: datetime) -> bool:
    """Whether the moment by which a part had to be written has passed."""
    return bool(part.before) and typed(ledger.field(part.before), values[part.before]) <= at


def term_of(part: Confirming, since: datetime) -> datetime | None:
    """By when a part is to be written that has waited since a moment; None where no law sets a term."""
    if not part.within:
        return None
    day = civil_date(since)
    return deadline(local_span(part.within, day), beijing_midnight(day), calendar())
