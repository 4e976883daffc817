"""抽掘采失衡而未调整生产计划（特别规定第二项）。"""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._leadership import noon
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of, told
from kuangan.corpus.rules._succession import LAW, imbalance, newest, reserve_facts
from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("shanxi_special_regulations", "2"), *LAW)


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """A mine out of balance whose plan of the year was not lowered, once the time to adjust it is over."""
    today = civil_date(at)
    reserve = newest(facts, today)
    if not isinstance(reserve, EntryFact):
        return reserve
    reasons = imbalance(facts, reserve, today)
    last = local_span("special_stop.adjust_plan_within", reserve.on).after(reserve.on)
    if not reasons or today <= last or _lowered(facts, reserve):
        return Clear()
    lead = f"{date_text(reserve.on)}测算抽掘采失衡，至{date_text(last)}未调减年度生产计划"
    return Breach(told(lead, reasons), (reserve.key,), CITES)


def _lowered(facts: LedgerFacts, reserve: EntryFact) -> bool:
    """Whether a plan of the year of the calculation was adopted after it, for less than the one before."""
    plans = [plan for plan in entries_of(facts, "production_plan_year") if plan.values["for_year"] == reserve.on.year]
    before = [plan for plan in plans if plan.on < reserve.on]
    later = [plan for plan in plans if plan.on >= reserve.on]
    if not later:
        return False
    return not before or bool(later[-1].values["planned_t"] < before[-1].values["planned_t"])


def _case(*plans: tuple[str, str], short: bool = True) -> LedgerFacts:
    """Two reserves short at the end of February, and plans of the year by the day of their adoption."""
    facts = reserve_facts("2.5", "11" if short else "12", "4", on="2026-02-28")
    adopted = tuple(
        entry(f"p{index}", on, for_year=2026, planned_t=Decimal(tonnes)) for index, (on, tonnes) in enumerate(plans)
    )
    return replace(facts, entries={**facts.entries, "production_plan_year": adopted})


_PLAN = ("2025-12-18", "1200000")
_AT = noon("2026-03-31")

RULE = Rule(
    id="imbalance_plan_not_adjusted",
    title="抽掘采失衡未调整生产计划",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=CITES,
    procedure="suspension",
    clauses=("3.1e",),
    about="mine",
    underground=True,
    reads=("succession_reserve", "production_plan_year"),
    window_days=400,
    examples=(
        Example("调整期限末日", _case(_PLAN), noon("2026-03-30"), Clear),
        Example("调整期限次日", _case(_PLAN), _AT, Breach, ("r",)),
        Example("已调减", _case(_PLAN, ("2026-03-30", "1199999")), _AT, Clear),
        Example("另行下达的计划并未减少", _case(_PLAN, ("2026-03-30", "1200000")), _AT, Breach, ("r",)),
        Example("未失衡", _case(_PLAN, short=False), _AT, Clear),
        Example("没有三量测算", facts_of({}), _AT, Unknown),
    ),
)
