"""What others than the keeper wrote into the entries of the demonstration's past: approvals, acceptances, filings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from kuangan.core.values.kinds import stored
from kuangan.law.ledger import Ledger
from kuangan.law.procedure.confirming import Confirming
from kuangan.ledger.confirming import waiting_part
from kuangan.mine.models import Mine

PATIENCE: Final = timedelta(days=6)
"""So long the newest entries wait for an authority, when the demonstration is looked at."""
OPINION: Final = "已查看材料，符合要求。"
POST: Final = "矿长"


@dataclass(frozen=True)
class PastParts:
    """The values of an entry with the parts that others wrote, those parts, and the one that still waits."""

    values: dict[str, Any]
    parts: tuple[str, ...]
    waits_for: str


def with_parts(
    ledger: Ledger,
    values: Mapping[str, Any],
    on: date,
    last: date,
    keeper: str,
    mine: Mine | None,
    chance: Random,
    names: list[str],
) -> PastParts:
    """The entry of a day as it stands on the last day: colleagues have acted at once, authorities within days."""
    filled = {name: value for name, value in values.items() if name not in ledger.of_others}
    parts: list[str] = []
    while part_id := waiting_part(ledger, filled, parts, keeper):
        part = ledger.part(part_id)
        if part.official and on > last - PATIENCE:
            break
        written = _written(ledger, part, filled, on, mine, chance.choice(names))
        if not all(name in written for name in part.fields if ledger.field(name).required):
            break
        filled |= written
        parts.append(part.id)
    return PastParts(filled, tuple(parts), waiting_part(ledger, filled, parts, keeper))


def _written(
    ledger: Ledger, part: Confirming, values: Mapping[str, Any], on: date, mine: Mine | None, name: str
) -> dict[str, Any]:
    days = [
        date.fromisoformat(str(values[needed])[:10]) for needed in part.needs if ledger.field(needed).kind == "date"
    ]
    day = max([on, *days])
    moment = f"{day.isoformat()}T16:00:00+08:00"
    if part.before:
        moment = (datetime.fromisoformat(str(values[part.before])) - timedelta(hours=1)).isoformat()
    stamps = {"person": name, "post": POST, "organ": mine.supervisor.name if mine else "", "moment": moment}
    given = {**part.sample, **{column: stamps[stamp] for stamp, column in part.stamps.items()}}
    fields = {column: ledger.field(column) for column in given}
    return {
        column: day.isoformat() if fields[column].kind == "date" else stored(fields[column], value)
        for column, value in given.items()
    }
