"""事故隐患逾期未消除，或者督查发现的双重预防问题逾期未整改（任务分工9.2）。"""

from datetime import date, datetime

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._leadership import noon
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged, unresolved
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule
from kuangan.law.topic import LedgerFacts

CITES = (Cite("register", "9.2"), Cite("coal_mine_safety_ordinance", "35.2"))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Hazards past their day, and problems of inspections past theirs."""
    today = civil_date(at)
    hazards = [
        Fault(
            item.key,
            f"{item.values['place']}“{item.values['hazard']}”应于{date_text(item.values['due_on'])}前整改，尚未完成",
        )
        for item in entries_of(facts, "hazard_item")
        if item.values["due_on"] < today and "closed_on" not in item.values
    ]
    checks = unresolved(facts, "dual_prevention_check", today, "督查")
    return judged("隐患治理逾期", [*hazards, *checks], CITES)


def _facts(**values: object) -> LedgerFacts:
    hazard = entry("h", "2026-03-05", place="1304掘进工作面", hazard="锚杆间距超标", due_on=date(2026, 3, 8), **values)
    return facts_of({"hazard_item": (hazard,), "dual_prevention_check": ()})


_CHECK = facts_of(
    {
        "hazard_item": (),
        "dual_prevention_check": (entry("d", "2026-04-22", problems="隐患未销号", due_on=date(2026, 5, 6)),),
    },
)

RULE = Rule(
    id="hazard_item_overdue",
    title="隐患或者督查问题逾期未整改",
    measure="9.2",
    clauses=("9.2",),
    topic="ledger",
    about="mine",
    reads=("hazard_item", "dual_prevention_check"),
    window_days=730,
    check=check,
    cites=CITES,
    examples=(
        Example("整改时限当日", _facts(), noon("2026-03-08"), Clear),
        Example("整改时限次日", _facts(), noon("2026-03-09"), Breach, ("h",)),
        Example("已整改", _facts(closed_on=date(2026, 3, 7)), noon("2026-03-09"), Clear),
        Example("督查问题逾期", _CHECK, noon("2026-05-07"), Breach, ("d",)),
        Example("督查问题期限当日", _CHECK, noon("2026-05-06"), Clear),
    ),
)
