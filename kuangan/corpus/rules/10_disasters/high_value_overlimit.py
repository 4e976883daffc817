"""高值瓦斯超限（3%及以上）：须由部门同意后方可恢复生产，并列入治理。"""

from datetime import UTC, datetime
from decimal import Decimal

from kuangan.base.clock import civil_date
from kuangan.law.cite import Cite
from kuangan.law.local import local
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule
from kuangan.law.topic import GasFacts, Overlimit


def check(facts: GasFacts, at: datetime) -> Outcome:
    """Whether the confirmed over-limit reached the high value in force on the day it began."""
    confirmed = next(o for o in facts.overlimits if o.key == facts.confirmed)
    day = civil_date(confirmed.started_at)
    threshold = Decimal(str(local("high_value.threshold", day).value))
    including = bool(local("high_value.include_equal", day).value)
    if confirmed.peak > threshold or (including and confirmed.peak == threshold):
        reason = f"{confirmed.place}瓦斯浓度最高{confirmed.peak}%，达到高值超限标准（{threshold}%）"
        return Breach(reason, (confirmed.key,), (Cite("register", "10.5"),), {"peak": str(confirmed.peak)})
    return Clear()


def _facts(peak: str) -> GasFacts:
    started = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
    return GasFacts("示例煤矿", "c", (Overlimit("c", started, Decimal(peak), "1301工作面上隅角", "confirmed"),))


_AT = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)

RULE = Rule(
    id="high_value_overlimit",
    title="高值瓦斯超限",
    measure="10.5",
    clauses=("10.5a",),
    topic="overlimit_confirmed",
    check=check,
    cites=(Cite("register", "10.5"),),
    examples=(
        Example("最高3.00%，含本数", _facts("3.00"), _AT, Breach, ("c",)),
        Example("最高2.99%", _facts("2.99"), _AT, Clear),
        Example("最高4.00%", _facts("4.00"), _AT, Breach, ("c",)),
    ),
)
