"""正常生产建设煤矿没有两名在任的监管专员（任务分工1.1）。"""

from datetime import datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._leadership import noon, not_at_work, valid_on
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of, identity
from kuangan.law.cite import Cite
from kuangan.law.field import PersonName
from kuangan.law.local import local
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts

CITES = (Cite("register", "1.1"), Cite("commissioner_scheme_2024"))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Fewer persons assigned and in office than the scheme asks for."""
    idle = not_at_work(facts)
    if idle is not None:
        return idle
    today = civil_date(at)
    assigned = valid_on(entries_of(facts, "commissioner_assignment"), today)
    names = sorted({identity(entry.values["name"]): str(entry.values["name"]) for entry in assigned}.values())
    least = int(local("commissioner.per_mine", today).value)
    if len(names) >= least:
        return Clear()
    who = f"仅有{'、'.join(names)}" if names else "没有人"
    reason = f"该矿应有{least}名以上监管专员，现{who}在任"
    return Breach(reason, tuple(entry.key for entry in assigned), CITES, {"assigned": len(names), "least": least})


def _facts(*people: tuple[str, str], **attributes: str) -> LedgerFacts:
    """Name and last day of each assignment."""
    entries = tuple(entry(f"a{index}", "2026-01-01", until, name=name) for index, (name, until) in enumerate(people))
    return facts_of({"commissioner_assignment": entries}, **attributes)


_BOTH = (("毕监成", "2026-12-31"), ("席巡成", "2026-06-30"))

RULE = Rule(
    id="mine_without_two_commissioners",
    title="煤矿没有两名在任监管专员",
    measure="1.1",
    clauses=("1.1c",),
    topic="ledger",
    about="mine",
    reads=("commissioner_assignment",),
    window_days=1,
    check=check,
    cites=CITES,
    examples=(
        Example("两名在任，截止当日仍有效", _facts(*_BOTH), noon("2026-06-30"), Clear),
        Example("一名任期届满", _facts(*_BOTH), noon("2026-07-01"), Breach, ("a0",)),
        Example("没有截止日期的视为在任", _facts(("毕监成", ""), ("席巡成", "")), noon("2026-07-01"), Clear),
        Example("同一人登记两次", _facts(("毕监成", ""), ("毕监成", "")), noon("2026-07-01"), Breach, ("a0", "a1")),
        Example(
            "B17：同名的两人",
            _facts((PersonName("张伟", 1), ""), (PersonName("张伟", 2), "")),
            noon("2026-07-01"),
            Clear,
        ),
        Example("无人选派", _facts(), noon("2026-07-01"), Breach),
        Example("停产煤矿", _facts(status="halted"), noon("2026-07-01"), Clear),
        Example("状态未登记", LedgerFacts("140423900001", {}, {}), noon("2026-07-01"), Unknown),
    ),
)
