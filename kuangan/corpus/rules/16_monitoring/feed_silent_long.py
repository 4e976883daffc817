"""安全监控数据整体中断达到本市规定的时长（管理数值，不等于系统不能正常运行）。"""

from datetime import UTC, datetime, timedelta

from kuangan.base.clock import civil_date
from kuangan.base.numerals import moment_text
from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule
from kuangan.law.topic import SilenceFacts

REGISTER = Cite("register", "16.1")


def check(facts: SilenceFacts, at: datetime) -> Outcome:
    """Whether the whole feed was away for as long as the city allows at most (that long included)."""
    span = local_span("feed.silence.fault", civil_date(facts.started_at))
    until = facts.ended_at or at
    if until - facts.started_at < span.length:
        return Clear()
    ended = f"{moment_text(facts.ended_at)}恢复" if facts.ended_at else "尚未恢复"
    reason = f"{facts.mine}安全监控数据自{moment_text(facts.started_at)}起整体中断，达到{span}，{ended}"
    return Breach(reason, (facts.key,), (REGISTER,))


_START = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


def _facts(ended_after: timedelta | None = None) -> SilenceFacts:
    return SilenceFacts("s", "示例煤矿", _START, _START + ended_after if ended_after is not None else None)


RULE = Rule(
    id="feed_silent_long",
    title="数据中断超过规定时长",
    measure="16.1",
    clauses=("16.1d",),
    topic="silence_lasting",
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("恰24小时，计入", _facts(), _START + timedelta(hours=24), Breach, ("s",)),
        Example("差1秒", _facts(), _START + timedelta(hours=24, seconds=-1), Clear),
        Example("中断25小时后恢复", _facts(timedelta(hours=25)), _START + timedelta(days=3), Breach, ("s",)),
        Example("中断2小时后恢复", _facts(timedelta(hours=2)), _START + timedelta(days=3), Clear),
    ),
)
