"""采掘接续紧张未限产或者停产调整（任务分工9.3；2026年6月30日以前并构成重大事故隐患）。"""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._leadership import noon
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of, number, told
from kuangan.corpus.rules._succession import LAW, conditions, newest, reserve_facts, shortages
from kuangan.law.cite import Cite
from kuangan.law.instrument import in_force
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

HAZARD = Cite("major_hazard_criteria_2020", "4.1.3")
"""Producing on although reserves are short was a major hazard until 2026-06-30; it is none of the items of 2026."""
POWER = Cite("coal_mine_safety_ordinance", "36.1.1")
CITES = (Cite("register", "9.3"), *LAW)


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Tight, and neither output limited nor stopped; a limit that a later month's output contradicts is none."""
    reserve = newest(facts, civil_date(at))
    if not isinstance(reserve, EntryFact):
        return reserve
    tight = [*(entry.text for entry in shortages(facts, reserve)), *conditions(reserve)]
    if not tight or reserve.values.get("stopped"):
        return Clear()
    if reserve.values.get("output_limited"):
        grown = _not_limited(facts, reserve)
        if not grown:
            return Clear()
        reason = told("采掘接续紧张，填报已限产，此后月产量并未减少", [*tight, *(_month(entry) for entry in grown)])
        return Breach(reason, (reserve.key, *(entry.key for entry in grown)), CITES)
    hazard = in_force(HAZARD, reserve.on) and bool(shortages(facts, reserve))
    lead = "采掘接续紧张，未限产也未停产调整" + ("，构成重大事故隐患" if hazard else "")
    return Breach(told(lead, tight), (reserve.key,), (*CITES, HAZARD, POWER) if hazard else CITES)


def _not_limited(facts: LedgerFacts, reserve: EntryFact) -> list[EntryFact]:
    """Sheets of months after the calculation with no less output than the month before it."""
    sheets = entries_of(facts, "production_month")
    before = [entry for entry in sheets if entry.on < reserve.on.replace(day=1)]
    later = [entry for entry in sheets if entry.on > reserve.on]
    return [entry for entry in later if before and entry.values["output_t"] >= before[-1].values["output_t"]]


def _month(sheet: EntryFact) -> str:
    return f"{sheet.on.year}年{sheet.on.month}月产量{number(sheet.values['output_t'])}吨"


def _limited(*outputs: tuple[str, str]) -> LedgerFacts:
    """A tight mine that says it limits its output, with these monthly sheets."""
    tight = reserve_facts("2.99", "12", "4", output_limited=True)
    sheets = tuple(entry(f"p{index}", on, output_t=Decimal(tonnes)) for index, (on, tonnes) in enumerate(outputs))
    return replace(tight, entries={**tight.entries, "production_month": sheets})


_AT = noon("2026-04-10")

RULE = Rule(
    id="succession_tight_not_limited",
    title="采掘接续紧张未限产停产",
    measure="9.3",
    clauses=("9.3",),
    topic="ledger",
    about="mine",
    underground=True,
    reads=("succession_reserve", "production_month"),
    window_days=160,
    check=check,
    cites=(*CITES, POWER),
    past=(HAZARD,),
    examples=(
        Example("不紧张", reserve_facts("3", "12", "4"), _AT, Clear),
        Example("紧张且未采取措施", reserve_facts("2.99", "12", "4"), _AT, Breach, ("r",)),
        Example("紧张但已限产", reserve_facts("2.99", "12", "4", output_limited=True), _AT, Clear),
        Example(
            "填报限产，此后产量减少",
            _limited(("2026-02-28", "100000"), ("2026-04-30", "99999")),
            noon("2026-05-10"),
            Clear,
        ),
        Example(
            "填报限产，此后产量并未减少",
            _limited(("2026-02-28", "100000"), ("2026-04-30", "100000")),
            noon("2026-05-10"),
            Breach,
            ("r", "p1"),
        ),
        Example("紧张但已停产调整", reserve_facts("2.99", "12", "4", stopped=True), _AT, Clear),
        Example(
            "A6：2026年7月起不再是重大事故隐患，仍认定",
            reserve_facts("2.99", "12", "4", on="2026-07-31"),
            noon("2026-08-10"),
            Breach,
            ("r",),
        ),
        Example("没有数据", facts_of({}), _AT, Unknown),
    ),
)
