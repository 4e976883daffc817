"""煤矿自设的报警、断电、复电门限宽于规程。"""

from datetime import UTC, datetime
from decimal import Decimal

from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import SetPointFacts

REGISTER = Cite("register", "16.1")


def check(facts: SetPointFacts, at: datetime) -> Outcome:
    """A set-point above the law's is looser, for alarm, power-off and re-power alike; a missing one is unknown."""
    pairs = (
        ("报警", facts.alarm, facts.law_alarm),
        ("断电", facts.power_off, facts.law_power_off),
        ("复电", facts.re_power, facts.law_re_power),
    )
    looser = [
        f"{name}门限{own.normalize():f}%（规程{law.normalize():f}%）"
        for name, own, law in pairs
        if own and law and own > law
    ]
    if looser:
        return Breach(f"{facts.place}{facts.point}自设{'、'.join(looser)}，宽于规程规定", (facts.point,), (REGISTER,))
    missing = [name for name, own, law in pairs if law and own is None]
    if missing:
        return Unknown(f"测点{facts.point}未上报{'、'.join(missing)}门限")
    return Clear()


def _facts(alarm: str | None, power_off: str | None, re_power: str | None) -> SetPointFacts:
    own = [Decimal(value) if value else None for value in (alarm, power_off, re_power)]
    law = (Decimal("1.0"), Decimal("1.5"), Decimal("1.0"))
    return SetPointFacts("T0", "采煤工作面回风隅角", own[0], own[1], own[2], *law)


_AT = datetime(2026, 3, 10, tzinfo=UTC)

RULE = Rule(
    id="set_point_looser_than_law",
    title="自设门限宽于规程",
    measure="16.1",
    clauses=("16.1d",),
    topic="definition_received",
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("与规程一致", _facts("1.00", "1.50", "1.00"), _AT, Clear),
        Example("严于规程", _facts("0.80", "1.00", "0.80"), _AT, Clear),
        Example("报警门限放宽0.01", _facts("1.01", "1.50", "1.00"), _AT, Breach, ("T0",)),
        Example("断电门限放宽", _facts("1.00", "2.00", "1.00"), _AT, Breach, ("T0",)),
        Example("复电门限放宽", _facts("1.00", "1.50", "1.40"), _AT, Breach, ("T0",)),
        Example("未上报断电门限", _facts("1.00", None, "1.00"), _AT, Unknown),
    ),
)
