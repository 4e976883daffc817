"""安全监控系统经执法人员认定不能正常运行。"""

from datetime import UTC, datetime, timedelta

from kuangan.base.clock import civil_date
from kuangan.base.numerals import moment_text
from kuangan.law.cite import Cite
from kuangan.law.instrument import in_force
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import SilenceFacts

REGISTER = Cite("register", "16.1")
MAJOR_HAZARD = Cite("major_hazard_criteria_2026", "14.1.1")


def check(facts: SilenceFacts, at: datetime) -> Outcome:
    """A silence by itself says nothing about the system underground: only a person's statement does."""
    if facts.not_working is None:
        return Unknown("数据中断，系统是否不能正常运行尚未经执法人员认定")
    if not facts.not_working:
        return Clear()
    reason = f"{facts.mine}安全监控系统自{moment_text(facts.started_at)}起不能正常运行，经执法人员认定"
    lasted_into = civil_date(facts.ended_at or at)
    cites = (REGISTER, MAJOR_HAZARD) if in_force(MAJOR_HAZARD, lasted_into) else (REGISTER,)
    return Breach(reason, (facts.key,), cites)


_START = datetime(2026, 8, 10, 2, 0, tzinfo=UTC)


def _facts(*, not_working: bool | None) -> SilenceFacts:
    return SilenceFacts("s", "示例煤矿", _START, None, not_working)


_AT = _START + timedelta(hours=30)

RULE = Rule(
    id="monitoring_not_working",
    title="安全监控系统不能正常运行",
    measure="16.1",
    clauses=("16.1d",),
    topic="silence_stated",
    check=check,
    cites=(REGISTER, MAJOR_HAZARD),
    examples=(
        Example("认定不能正常运行", _facts(not_working=True), _AT, Breach, ("s",)),
        Example("认定井下正常、仅上传中断", _facts(not_working=False), _AT, Clear),
        Example("尚未认定，无论中断多久", _facts(not_working=None), _AT + timedelta(days=30), Unknown),
    ),
)
