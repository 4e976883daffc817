"""煤矿没有或者不止一个日常安全监管主体（任务分工2.1）。"""

from datetime import datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._leadership import noon, valid_on
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of, gone
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule
from kuangan.law.topic import LedgerFacts

CITES = (Cite("register", "2.1"), Cite("classification_measures_2020"))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """The bodies named as daily supervisor and valid today: exactly one."""
    if gone(facts):
        return Clear()
    named = valid_on(entries_of(facts, "supervision_subject"), civil_date(at))
    subjects = {entry.values["subject"] for entry in named}
    if len(subjects) == 1:
        return Clear()
    keys = tuple(entry.key for entry in named)
    if not subjects:
        return Breach("该矿没有明确日常安全监管主体", keys, CITES, {"subjects": 0})
    return Breach(f"该矿同时登记了{len(subjects)}个日常安全监管主体", keys, CITES, {"subjects": len(subjects)})


def _facts(*subjects: tuple[str, str], **attributes: str) -> LedgerFacts:
    """Unit and last day."""
    entries = tuple(
        entry(f"s{index}", "2024-06-01", until, subject=unit) for index, (unit, until) in enumerate(subjects)
    )
    return facts_of({"supervision_subject": entries}, **attributes)


RULE = Rule(
    id="supervision_subject_not_single",
    title="日常安全监管主体不明确或者不唯一",
    measure="2.1",
    clauses=("2.1a",),
    topic="ledger",
    about="mine",
    reads=("supervision_subject",),
    window_days=1,
    check=check,
    cites=CITES,
    examples=(
        Example("一个主体", _facts(("140423-bureau", "")), noon("2026-03-10"), Clear),
        Example("没有主体", _facts(), noon("2026-03-10"), Breach),
        Example(
            "两个主体", _facts(("140423-bureau", ""), ("1404-bureau", "")), noon("2026-03-10"), Breach, ("s0", "s1")
        ),
        Example(
            "原主体已终止", _facts(("140423-bureau", "2026-03-09"), ("1404-bureau", "")), noon("2026-03-10"), Clear
        ),
        Example(
            "终止当日仍有效",
            _facts(("140423-bureau", "2026-03-10"), ("1404-bureau", "")),
            noon("2026-03-10"),
            Breach,
            ("s0", "s1"),
        ),
        Example("关闭煤矿不要求", _facts(status="closed"), noon("2026-03-10"), Clear),
    ),
)
