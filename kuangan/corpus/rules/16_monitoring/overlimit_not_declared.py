"""监测数据显示超限而煤矿未上报异常报警。"""

from datetime import UTC, datetime

from kuangan.base.numerals import moment_text
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import DeclarationFacts

REGISTER = Cite("register", "16.1")


def check(facts: DeclarationFacts, at: datetime) -> Outcome:
    """A derived over-limit that the mine has not declared when the grace is over."""
    if facts.declared or facts.calibrating:
        return Clear()
    if not facts.grace_over:
        return Unknown("煤矿上报异常报警的宽限时间未到")
    reason = f"测点{facts.point}自{moment_text(facts.started_at)}起监测数据超限，煤矿未上报异常报警"
    return Breach(reason, (facts.episode,), (REGISTER,))


def _facts(*, declared: bool, grace_over: bool, calibrating: bool = False) -> DeclarationFacts:
    return DeclarationFacts("e", "T0", datetime(2026, 3, 10, 2, 0, tzinfo=UTC), None, declared, grace_over, calibrating)


_AT = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)

RULE = Rule(
    id="overlimit_not_declared",
    title="超限未上报",
    measure="16.1",
    clauses=("16.1d",),
    topic="declaration_due",
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("已上报", _facts(declared=True, grace_over=True), _AT, Clear),
        Example(
            "标校中达到报警值，不须上报超限", _facts(declared=False, grace_over=True, calibrating=True), _AT, Clear
        ),
        Example("宽限时间未到", _facts(declared=False, grace_over=False), _AT, Unknown),
        Example("宽限时间届满仍未上报", _facts(declared=False, grace_over=True), _AT, Breach, ("e",)),
    ),
)
