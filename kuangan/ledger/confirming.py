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


def unconfirmed_fields(
    ledger: Ledger, values: Mapping[str, Any], parts: Collection[str], keeper: str
) -> frozenset[str]:
    """Fields of others that the keeper filled in himself, when an earlier release let him.

    What others write only of another kind of keeper's entries was his own to fill in.
    """
    if not ledger.of_others.intersection(values):
        return frozenset()
    of_others = frozenset(name for part in ledger.confirmations if part.is_for(keeper) for name in part.fields)
    return of_others.intersection(values) - confirmed_fields(ledger, parts)


def trusted_values(ledger: Ledger, values: Mapping[str, Any], parts: Collection[str], keeper: str) -> dict[str, Any]:
    """The values without what the keeper had no right to fill in."""
    alone = unconfirmed_fields(ledger, values, parts, keeper)
    return {name: value for name, value in values.items() if name not in alone} if alone else dict(values)


def waiting_part(
    ledger: Ledger, values: Mapping[str, Any], parts: Collection[str], keeper: str, requested: Collection[str] = ()
) -> str:
    """The part that is to be written next; "" where none is, or where the keeper of an earlier release filled it in himself.

    ``requested``: parts for which nobody waits unless their keeper asks, and he did; they come first.
    """
    trusted = trusted_values(ledger, values, parts, keeper)
    due = [part for part in ledger.confirmations if part.is_for(keeper) and part.id not in parts and part.fits(trusted)]
    asked = [part for part in due if part.id in requested] + [part for part in due if not part.unasked]
    if not asked:
        return ""
    alone = unconfirmed_fields(ledger, values, parts, keeper)
    return "" if alone & set(asked[0].fields) else asked[0].id


def requests_of(ledger: Ledger, old: Mapping[str, Any], values: Mapping[str, Any], waited: str) -> list[str]:
    """The parts that a version asks for in place of ``old``, or that ``old`` has asked for and that nobody has decided (``waited``)."""
    return [
        part.id
        for part in ledger.confirmations
        if part.unasked and (part.id == waited or part.is_requested(old, values))
    ]


def requests_in_vain(
    ledger: Ledger, old: Mapping[str, Any], values: Mapping[str, Any], held: Collection[str], waited: str
) -> dict[str, str]:
    """What is wrong where the keeper asks for a part that nobody would come to: another waits, or is written already."""
    errors: dict[str, str] = {}
    for part in ledger.confirmations:
        if part.is_requested(old, values):
            others = [known for known in ledger.confirmations if known.official and known.id != part.id]
            if waiting := next((known for known in others if known.id == waited), None):
                errors[part.requested_in[0]] = (
                    f"正待{waiting.who}办理“{waiting.title}”，待其办理或者退回后再{part.request}"
                )
            elif written := next((known for known in others if known.id in held), None):
                errors[part.requested_in[0]] = f"{written.who}已办理“{written.title}”，本条目不再{part.request}"
    return errors


def is_pending(ledger: Ledger, entry: Entry, keeper: str) -> bool:
    """Whether an authority has yet to write a part of an entry as it stands: it waits for it, or was sent back."""
    official = [part for part in ledger.confirmations if part.official and part.id not in entry.parts]
    values = trusted_values(ledger, entry.values, entry.parts, keeper) if official else {}
    asked = (part for part in official if not part.unasked or part.id == entry.waits_for)
    return any(part.is_for(keeper) and part.fits(values) for part in asked)


def writable_parts(ledger: Ledger, values: Mapping[str, Any], parts: Collection[str], keeper: str) -> list[Confirming]:
    """The parts that may be written now: the next one, the last one once more, those that nobody has to wait for."""
    trusted = trusted_values(ledger, values, parts, keeper)
    fitting = [part for part in ledger.confirmations if part.is_for(keeper) and part.fits(trusted)]
    following = next((part for part in fitting if not part.unasked and part.id not in parts), None)
    written = [part for part in fitting if not part.unasked and part.id in parts]
    last = written[-1] if written else None
    return [part for part in fitting if part.unasked or part in (following, last)]


def requestable_parts(ledger: Ledger, entry: Entry) -> list[Confirming]:
    """The parts for which the keeper may ask now: not written, while nothing waits; out of turn only before an authority wrote any."""
    if entry.waits_for:
        return []
    decided = any(part.official and part.id in entry.parts for part in ledger.confirmations)
    return [
        part
        for part in ledger.confirmations
        if part.request
        and part.id not in entry.parts
        and part.concerns(entry.values)
        and not (part.unasked and decided)
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
        same = rests_unchanged(ledger, part, old, own)
        there = {name: old[name] for name in part.fields if name in old}
        if same and there and part.fits({**own, **values}):
            values |= there
            held += [part.id] if part.id in parts else []
    return values, tuple(held)


def rests_unchanged(ledger: Ledger, part: Confirming, old: Mapping[str, Any], own: Mapping[str, Any]) -> bool:
    """Whether the columns that a part rests on still say what they said."""
    rests_on = part.about or [field.name for field in ledger.fields if field.name not in ledger.of_others]
    return all(old.get(name) == own.get(name) for name in rests_on)


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
