"""没有专职救护队，又没有兼职救护队和有效的救护协议。"""

from datetime import UTC, datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, gone, judged, newest
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts

ORDINANCE = Cite("coal_mine_safety_ordinance", "29.2")
REGISTER = Cite("register", "18.1")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether a mine without a team of its own that works full time lacks a part-time team or a valid agreement.

    The last day of an agreement still counts; with neither team nor agreement on file it cannot be said.
    """
    teams = newest(entries_of(facts, "rescue_team"), "name")
    agreements = entries_of(facts, "rescue_agreement")
    if gone(facts) or any(team.values["kind"] == "full_time" for team in teams):
        return Clear()
    if not teams and not agreements:
        return Unknown("救护队和救护协议均未登记")
    valid = [agreement for agreement in agreements if agreement.values["valid_until"] >= civil_date(at)]
    faults = []
    if not teams:
        faults.append(Fault(agreements[-1].key, "未设立兼职救护队"))
    if not valid:
        used = agreements[-1].key if agreements else teams[-1].key
        faults.append(Fault(used, "救护协议已到期" if agreements else "未与专职救护队签订救护协议"))
    return judged("未设立专职救护队的煤矿不具备规定的救护力量", faults, (ORDINANCE, REGISTER))


def _facts(kind: str = "", until: str = "") -> LedgerFacts:
    team = (entry("t", "2026-01-10", "2027-01-09", kind=kind, name="救护队"),) if kind else ()
    day = datetime.fromisoformat(until).date() if until else None
    agreement = (entry("a", "2025-03-10", until, valid_until=day),) if until else ()
    return facts_of({"rescue_team": team, "rescue_agreement": agreement})


_AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="rescue_force_missing",
    title="没有规定的救护力量",
    measure="18.1",
    clauses=("18.1",),
    topic="ledger",
    about="mine",
    reads=("rescue_team", "rescue_agreement"),
    window_days=800,
    check=check,
    cites=(ORDINANCE, REGISTER),
    examples=(
        Example("有专职救护队", _facts("full_time"), _AT, Clear),
        Example("兼职加协议，协议今日到期", _facts("part_time", "2026-03-10"), _AT, Clear),
        Example("协议昨日到期", _facts("part_time", "2026-03-09"), _AT, Breach, ("a",)),
        Example("兼职而无协议", _facts("part_time"), _AT, Breach, ("t",)),
        Example("有协议而无兼职救护队", _facts("", "2026-12-31"), _AT, Breach, ("a",)),
        Example("均未登记", _facts(), _AT, Unknown),
    ),
)
