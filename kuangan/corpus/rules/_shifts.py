"""Shifts of a day: how many there must be an entry for, and which of them the mine says nobody worked in."""

from collections.abc import Iterable
from datetime import date

from kuangan.corpus.rules._enterprise import month_key
from kuangan.corpus.rules._ledger import entries_of
from kuangan.law.ledger import ledger_by_id
from kuangan.law.local import local
from kuangan.law.topic import EntryFact, LedgerFacts


def plans_by_month(facts: LedgerFacts) -> dict[tuple[int, int], EntryFact]:
    """The last plan of each month."""
    return {month_key(plan.on): plan for plan in entries_of(facts, "leader_shift_plan")}


def shifts_needed(plan: EntryFact | None, day: date) -> int:
    """How many shifts of a day must be accounted for: as many as the plan has, and never fewer than the day is divided into."""
    least = int(local("leader_shift.shifts_least", day).value)
    return max(least, int(plan.values["shifts_per_day"])) if plan else least


def shifts_of(entries: Iterable[EntryFact], day: date) -> set[str]:
    """The shifts of a day that these entries are about."""
    return {entry.values["shift"] for entry in entries if entry.on == day}


def shift_name(shift: str) -> str:
    """零点班, 八点班 …"""
    return dict(ledger_by_id("leader_shift").field("shift").choices)[shift]
