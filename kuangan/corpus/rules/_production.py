"""Output against capacity: sums over all sheets of a month, quarter or year, by the criteria in force on its last day."""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from kuangan.base.period import Period
from kuangan.corpus.rules._enterprise import capacities, missing_months
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of, number, told
from kuangan.law.cite import Cite
from kuangan.law.instrument import in_force
from kuangan.law.local import local_decimal
from kuangan.law.rule import Breach, Clear, Outcome, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

OLD: Final = Cite("major_hazard_criteria_2020", "4.1.1")
NEW: Final = Cite("major_hazard_criteria_2026", "4.1.1")
POWER: Final = Cite("coal_mine_safety_ordinance", "36.1.1")


@dataclass(frozen=True)
class OutputLine:
    """What a period's output is held against: a share (%) of the yearly capacity, exceeded or reached; ``complete``: every month needed."""

    share_key: str
    exceeds: Callable[[Decimal, Decimal], bool] = operator.gt
    complete: bool = True


@dataclass(frozen=True)
class Output:
    """The sheets of a period, at least one, and their sum in tonnes."""

    period: Period
    sheets: Sequence[EntryFact]

    @property
    def total(self) -> Decimal:
        """All sheets together, however many a month has."""
        return sum((entry.values["output_t"] for entry in self.sheets), Decimal(0))

    @property
    def cite(self) -> Cite:
        """The criteria of its last day."""
        return next(entry for entry in (NEW, OLD) if in_force(entry, self.period.last))


def judge_output(
    facts: LedgerFacts, outputs: Sequence[Output], line_of: Callable[[Period], OutputLine], today: date
) -> Outcome:
    """Breach for every period over its line; Unknown where capacities differ about it, or a month of it has no sheet."""
    over = [entry for entry in outputs if _exceeds(facts, entry, line_of(entry.period), highest=True)]
    if over:
        keys = tuple(sheet.key for entry in over for sheet in entry.sheets)
        cites = (*dict.fromkeys(entry.cite for entry in over), POWER)
        return Breach(told("超能力组织生产", (_text(facts, entry) for entry in over)), keys, cites)
    if any(_exceeds(facts, entry, line_of(entry.period), highest=False) for entry in outputs):
        return Unknown("月报填报的核定能力与一矿一册不一致，请核对后认定")
    needed = [entry for entry in outputs if line_of(entry.period).complete]
    missing = [month for entry in needed for month in missing_months(facts, entry.sheets, entry.period, today)]
    if missing:
        return Unknown(f"原煤产量月报缺{'、'.join(missing)}")
    on_file = all(facts.attribute("approved_capacity", entry.sheets[-1].on) is not None for entry in outputs)
    return Clear() if on_file else Unknown("一矿一册未登记核定（设计）生产能力")


def _exceeds(facts: LedgerFacts, output: Output, line: OutputLine, *, highest: bool) -> bool:
    capacity = capacities(facts, output.sheets[-1])[1 if highest else 0]
    share = local_decimal(line.share_key, output.period.last)
    return line.exceeds(output.total, capacity * share / 100)


def _text(facts: LedgerFacts, output: Output) -> str:
    total, capacity = output.total, capacities(facts, output.sheets[-1])[1]
    return (
        f"{output.period.label}产量{number(total)}吨，为核定能力{number(capacity)}吨的{number(total * 100 / capacity)}%"
    )


def sheets(facts: LedgerFacts) -> tuple[EntryFact, ...]:
    """The monthly sheets of a mine."""
    return entries_of(facts, "production_month")


def sheet_facts(*months: tuple[str, str], capacity: str = "120", **attributes: str) -> LedgerFacts:
    """Sheets (month's end, tonnes) for examples, keyed m0, m1, …"""
    made = (
        entry(f"m{index}", on, output_t=Decimal(output), capacity_wt=Decimal(capacity))
        for index, (on, output) in enumerate(months)
    )
    return facts_of({"production_month": tuple(made)}, **attributes)
