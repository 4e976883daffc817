"""高风险作业计划开始时，作业票未经审批。"""

from datetime import UTC, datetime, timedelta

from kuangan.base.numerals import moment_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, filled_by_keeper, judged
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

REGISTER = Cite("register", "5.1")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether the planned beginning of an operation came before another person approved its permit.

    A name that who wrote the permit filled in himself in an earlier release leaves it open.
    """
    permits = entries_of(facts, "high_risk_permit")
    faults = [
        Fault(
            permit.key, f"{permit.values['number']}号作业票计划{moment_text(permit.values['starts_at'])}开始，未经审批"
        )
        for permit in permits
        if _is_unapproved(permit, at)
    ]
    own = any("approver" in permit.unconfirmed for permit in permits)
    return judged("高风险作业未经审批", faults, (REGISTER,), "作业票审批人系登记人自填，未经审批人确认" if own else "")


def _is_unapproved(permit: EntryFact, at: datetime) -> bool:
    starts_at: datetime = permit.values["starts_at"]
    approved_at: datetime = permit.values.get("approved_at", at)
    return "approver" not in permit.unconfirmed and starts_at <= at and approved_at >= starts_at


def _permit(**values: object) -> EntryFact:
    return entry("p", "2026-03-11", number="演示动字2026-007", starts_at=_START, **values)


def _facts(permit: EntryFact) -> LedgerFacts:
    return facts_of({"high_risk_permit": (permit,)})


_START = datetime(2026, 3, 11, 1, 0, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)

RULE = Rule(
    id="high_risk_permit_not_approved",
    title="高风险作业未经审批",
    measure="5.1",
    clauses=("5.1b",),
    topic="ledger",
    about="mine",
    reads=("high_risk_permit",),
    window_days=400,
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("计划开始前1分钟，尚未审批", _facts(_permit()), _START - _MINUTE, Clear),
        Example("计划开始时未经审批", _facts(_permit()), _START, Breach, ("p",)),
        Example("开始前1分钟审批", _facts(_permit(approved_at=_START - _MINUTE)), _START, Clear),
        Example("计划开始时才审批", _facts(_permit(approved_at=_START)), _START, Breach, ("p",)),
        Example("审批人系登记人自填", _facts(filled_by_keeper(_permit(), "approver")), _START, Unknown),
        Example("没有作业票", facts_of({"high_risk_permit": ()}), _START, Clear),
    ),
)
