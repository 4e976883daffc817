"""监管专员在同一煤矿任职超过一年未轮换（任务分工1.1）。"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._leadership import noon, valid_on
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, gone, identity, judged
from kuangan.law.cite import Cite
from kuangan.law.field import PersonName
from kuangan.law.local import local
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule
from kuangan.law.time.span import add_months
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("register", "1.1"), Cite("commissioner_scheme_2024"))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Persons in office whose unbroken stay at this mine began more than the allowed months ago."""
    if gone(facts):
        return Clear()
    today = civil_date(at)
    months = int(local("commissioner.rotation_months", today).value)
    gap = timedelta(days=int(local("commissioner.rotation_gap_days", today).value))
    assigned = entries_of(facts, "commissioner_assignment")
    faults = []
    for assignment in valid_on(assigned, today):
        name = assignment.values["name"]
        began = _began((other for other in assigned if identity(other.values["name"]) == identity(name)), gap)
        if add_months(began, months) < today:
            faults.append(Fault(assignment.key, f"{name}自{date_text(began)}起任该矿监管专员，已超过{months}个月"))
    return judged("监管专员未按期轮换", faults, CITES)


def _began(stays: Iterable[EntryFact], gap: timedelta) -> date:
    """The first day of the last unbroken stay; ``stays`` of one person, oldest first, at least one; a short ``gap`` breaks none."""
    began: date | None = None
    ended: date | None = None
    for assignment in stays:
        if began is None or (ended is not None and assignment.on > ended + gap):
            began = assignment.on
            ended = assignment.until
        elif ended is not None:
            ended = None if assignment.until is None else max(ended, assignment.until)
    assert began is not None
    return began


def _facts(*spans: tuple[str, str]) -> LedgerFacts:
    entries = tuple(entry(f"a{index}", first, until, name="毕监成") for index, (first, until) in enumerate(spans))
    return facts_of({"commissioner_assignment": entries})


RULE = Rule(
    id="commissioner_not_rotated",
    title="监管专员任职超过一年未轮换",
    measure="1.1",
    clauses=("1.1c",),
    topic="ledger",
    about="mine",
    reads=("commissioner_assignment",),
    window_days=1100,
    check=check,
    cites=CITES,
    examples=(
        Example("满一年当日", _facts(("2025-06-01", "")), noon("2026-06-01"), Clear),
        Example("满一年次日", _facts(("2025-06-01", "")), noon("2026-06-02"), Breach, ("a0",)),
        Example("B13：2月29日任职，次年2月28日恰满", _facts(("2024-02-29", "")), noon("2025-02-28"), Clear),
        Example("B13：2月29日任职，次年3月1日超过", _facts(("2024-02-29", "")), noon("2025-03-01"), Breach, ("a0",)),
        Example("B13：2月28日任职，闰年2月28日恰满", _facts(("2027-02-28", "")), noon("2028-02-28"), Clear),
        Example("B13：2月28日任职，闰年2月29日超过", _facts(("2027-02-28", "")), noon("2028-02-29"), Breach, ("a0",)),
        Example(
            "B17：同名的两人前后任职，不连续计算",
            facts_of(
                {
                    "commissioner_assignment": (
                        entry("a0", "2025-01-01", "2025-12-31", name=PersonName("张伟", 1)),
                        entry("a1", "2026-01-01", "2026-12-31", name=PersonName("张伟", 2)),
                    )
                }
            ),
            noon("2026-06-01"),
            Clear,
        ),
        Example(
            "到期续登同一人，连续计算",
            _facts(("2025-01-01", "2025-12-31"), ("2026-01-01", "2026-12-31")),
            noon("2026-03-01"),
            Breach,
            ("a1",),
        ),
        Example(
            "离任两个月后再任，重新计算",
            _facts(("2025-01-01", "2025-12-31"), ("2026-03-05", "2026-12-31")),
            noon("2026-06-01"),
            Clear,
        ),
        Example("已离任的不计", _facts(("2024-06-01", "2025-05-31")), noon("2026-06-01"), Clear),
    ),
)
