"""高风险作业票超过计划结束时间未验收关闭。"""

from datetime import UTC, datetime, timedelta

from kuangan.base.clock import civil_date
from kuangan.base.numerals import moment_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts

ORDINANCE = Cite("coal_mine_safety_ordinance", "34")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether a permit is still open so many hours after the planned end; without a planned end it cannot be said."""
    hours = local_span("high_risk_permit.close_after_end", civil_date(at)).length
    open_ones = [entry for entry in entries_of(facts, "high_risk_permit") if "closed_at" not in entry.values]
    faults = [
        Fault(entry.key, f"{entry.values['number']}号作业票计划{moment_text(entry.values['ends_at'])}结束，未验收关闭")
        for entry in open_ones
        if "ends_at" in entry.values and entry.values["ends_at"] + hours <= at
    ]
    silent = any("ends_at" not in entry.values for entry in open_ones)
    return judged("高风险作业未按规定验收关闭", faults, (ORDINANCE,), "作业票未填写计划结束时间" if silent else "")


def _facts(**values: object) -> LedgerFacts:
    return facts_of({"high_risk_permit": (entry("p", "2026-03-11", number="演示动字2026-007", **values),)})


_END = datetime(2026, 3, 11, 3, 30, tzinfo=UTC)
_DAY = timedelta(hours=24)

RULE = Rule(
    id="high_risk_permit_not_closed",
    title="高风险作业票未验收关闭",
    measure="5.1",
    clauses=("5.1b",),
    topic="ledger",
    about="mine",
    reads=("high_risk_permit",),
    window_days=400,
    check=check,
    cites=(ORDINANCE,),
    examples=(
        Example("结束后不满24小时", _facts(ends_at=_END), _END + _DAY - timedelta(seconds=1), Clear),
        Example("结束后满24小时", _facts(ends_at=_END), _END + _DAY, Breach, ("p",)),
        Example("已验收关闭", _facts(ends_at=_END, closed_at=_END), _END + _DAY, Clear),
        Example("未填计划结束时间", _facts(), _END + _DAY, Unknown),
    ),
)
