"""灾害相对严重煤矿未列入名单（任务分工9.5）。"""

from datetime import date, datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._leadership import noon, valid_on
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of, gone
from kuangan.law.cite import Cite
from kuangan.law.local import local
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts

REGISTER = Cite("register", "9.5")
NAMES = {
    "gas_grade": {"outburst": "煤与瓦斯突出", "high_gas": "高瓦斯"},
    "hydrology": {"complex": "水文地质类型复杂", "extremely_complex": "水文地质类型极复杂"},
    "spontaneous_combustion": {"easy": "容易自燃煤层"},
}


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """The list computed from the mine's disasters; one that belongs on it and is not there is found."""
    if gone(facts):
        return Clear()
    today = civil_date(at)
    if valid_on(entries_of(facts, "severe_disaster_list"), today):
        return Clear()
    reasons = severe(facts, today)
    if reasons:
        return Breach(f"该矿属灾害相对严重煤矿（{'、'.join(reasons)}），未列入名单", (), (REGISTER,))
    missing = [name for name in (*NAMES, "rock_burst") if name not in facts.attributes]
    return Unknown("瓦斯等级、水文地质类型、自燃倾向性或者冲击地压未登记") if missing else Clear()


def severe(facts: LedgerFacts, today: date) -> list[str]:
    """Why the mine's disasters are severe; empty: they are not, as far as is known."""
    listed = {
        "gas_grade": local("severe_disaster.gas_grades", today).value,
        "hydrology": local("severe_disaster.hydrology", today).value,
        "spontaneous_combustion": local("severe_disaster.spontaneous_combustion", today).value,
    }
    severe = [
        NAMES[name].get(value, value)
        for name, values in listed.items()
        if (value := facts.attributes.get(name)) in values and value is not None
    ]
    return [*severe, "冲击地压"] if facts.attributes.get("rock_burst") == "yes" else severe


_CALM = {"gas_grade": "low_gas", "hydrology": "medium", "spontaneous_combustion": "not_easy", "rock_burst": "no"}


def _facts(*, until: str | None = None, **attributes: str) -> LedgerFacts:
    listed = () if until is None else (entry("l", "2026-01-15", until),)
    return facts_of({"severe_disaster_list": listed}, **{**_CALM, **attributes})


_AT = noon("2026-06-15")

RULE = Rule(
    id="severe_disaster_unlisted",
    title="灾害相对严重煤矿未列入名单",
    measure="9.5",
    clauses=("9.5b",),
    topic="ledger",
    about="mine",
    reads=("severe_disaster_list",),
    window_days=1,
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("灾害不重", _facts(), _AT, Clear),
        Example("高瓦斯矿井未列入", _facts(gas_grade="high_gas"), _AT, Breach),
        Example("高瓦斯矿井已列入", _facts(until="", gas_grade="high_gas"), _AT, Clear),
        Example("移出当日仍在名单", _facts(until="2026-06-15", gas_grade="high_gas"), _AT, Clear),
        Example("移出次日", _facts(until="2026-06-14", gas_grade="high_gas"), _AT, Breach),
        Example("水文地质复杂", _facts(hydrology="complex"), _AT, Breach),
        Example("冲击地压", _facts(rock_burst="yes"), _AT, Breach),
        Example("灾害情况未登记", facts_of({}), _AT, Unknown),
        Example("关闭煤矿", _facts(gas_grade="outburst", status="closed"), _AT, Clear),
    ),
)
