"""Entries made from a ledger's own sample, at Beijing moments."""

from datetime import UTC, datetime

from kuangan.flow.credit.entries import confirm as confirm_part
from kuangan.flow.credit.entries import record_entry
from kuangan.law.ledger import ledgers


def on(day, hour=10):
    """A moment of a Beijing day."""
    return datetime.fromisoformat(f"{day}T{hour:02d}:00:00+08:00").astimezone(UTC)


def confirm(city, by, entry, part, at, **values):
    """Write somebody else's part of an entry."""
    given = {"part_id": part, "values": values, "sight": "file", "opinion": "已查看材料，符合要求"}
    return confirm_part(actor=city[by], entry=entry, at=at, **given)


def add(city, ledger_id, unit, at, number=0, **change):
    """Record the ledger's sample (the ``number``-th) with some fields changed; None leaves a field out."""
    values = {**ledgers()[ledger_id].sample[number], **change}
    kept = {name: value for name, value in values.items() if value is not None}
    return record_entry(actor=None, ledger_id=ledger_id, unit=city.units[unit], values=kept, at=at)
