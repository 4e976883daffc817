"""Patrols of supervision commissioners missing in the last period that is over."""

from datetime import datetime
from typing import Final

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._enterprise import worked
from kuangan.corpus.rules._leadership import in_period, last_over
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of, lines
from kuangan.law.cite import Cite
from kuangan.law.local import local
from kuangan.law.rule import Breach, Clear, Outcome, Unknown
from kuangan.law.topic import LedgerFacts

CITES: Final = (Cite("register", "2.2"), Cite("commissioner_scheme_2024"))


def missed(facts: LedgerFacts, at: datetime, kind: str, what: str, *, underground: bool) -> Outcome:
    """No patrol that names places (and went underground, where asked) in the last period of ``kind`` that is over."""
    today = civil_date(at)
    period = last_over(kind, today, int(local("commissioner.patrol_record_days", today).value))
    at_work = worked(facts, period.first, period.last)
    if at_work is False:
        return Clear()
    if at_work is None:
        return Unknown(f"{period.label}煤矿的生产建设状态未登记，或者只有部分时间生产建设，不能判定")
    patrols = in_period(entries_of(facts, "commissioner_patrol"), period)
    counted = [
        entry
        for entry in patrols
        if lines(entry.values.get("places")) and (entry.values.get("underground") or not underground)
    ]
    if counted:
        return Clear()
    empty = f"，登记的{len(patrols)}次不符合要求" if patrols else ""
    reason = f"该矿{period.label}没有监管专员{what}{empty}"
    return Breach(reason, tuple(entry.key for entry in patrols), CITES, {"period": period.key})


def patrol_facts(
    *days: str, places: str = "1301综采工作面", underground: bool = True, status: str = "producing"
) -> LedgerFacts:
    """Patrols on these days, for examples."""
    entries = tuple(entry(f"p{index}", day, places=places, underground=underground) for index, day in enumerate(days))
    return facts_of({"commissioner_patrol": entries}, status=status)
