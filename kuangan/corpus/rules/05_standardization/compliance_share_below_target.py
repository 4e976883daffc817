"""岗位、专业、企业达标率低于要求。"""

from datetime import UTC, date, datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, idle, judged, newest, number, share
from kuangan.law.cite import Cite
from kuangan.law.local import local_decimal
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

REGISTER = Cite("register", "5.1")
LEVELS = {
    "post": ("posts", "岗位达标率"),
    "people": ("people", "岗位达标人数比例"),
    "profession": ("professions", "专业达标率"),
}


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether one of the shares in the latest assessment is below its target; exactly the target is enough."""
    if idle(facts):
        return Clear()
    latest = newest(entries_of(facts, "compliance_share"))
    if not latest:
        return Unknown("近期没有岗位、专业、企业达标评定")
    faults = _faults(latest[0], civil_date(at))
    if not faults and not latest[0].values["mine_met"]:
        faults = [Fault(latest[0].key, "企业达标评定为不达标")]
    return judged("岗位、专业、企业达标未达到要求", faults, (REGISTER,))


def _faults(latest: EntryFact, today: date) -> list[Fault]:
    faults = []
    for level, (name, word) in LEVELS.items():
        reached = share(latest.values[f"{name}_met"], latest.values[f"{name}_total"])
        target = local_decimal(f"compliance.{level}_share", today)
        if reached < target:
            faults.append(Fault(latest.key, f"{word}{number(reached)}%，低于{number(target)}%"))
    return faults


def _facts(posts: int, people: int = 1000, professions: int = 8, *, mine_met: bool = True) -> LedgerFacts:
    values = {
        "posts_total": 100,
        "posts_met": posts,
        "people_total": 1000,
        "people_met": people,
        "professions_total": 8,
        "professions_met": professions,
        "mine_met": mine_met,
    }
    return facts_of({"compliance_share": (entry("c", "2026-03-28", **values),)})


_AT = datetime(2026, 4, 1, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="compliance_share_below_target",
    title="岗位、专业、企业达标率低于要求",
    measure="5.1",
    clauses=("5.1e",),
    topic="ledger",
    about="mine",
    reads=("compliance_share",),
    window_days=200,
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("岗位恰为95%", _facts(95), _AT, Clear),
        Example("岗位94%", _facts(94), _AT, Breach, ("c",)),
        Example("人数94.9%", _facts(100, 949), _AT, Breach, ("c",)),
        Example("一个专业未达标", _facts(100, professions=7), _AT, Breach, ("c",)),
        Example("企业评定不达标", _facts(100, mine_met=False), _AT, Breach, ("c",)),
        Example("没有评定", facts_of({}), _AT, Unknown),
        Example("已关闭煤矿", facts_of({}, status="closed"), _AT, Clear),
        Example("停产煤矿不论", facts_of({}, status="halted"), _AT, Clear),
    ),
)
