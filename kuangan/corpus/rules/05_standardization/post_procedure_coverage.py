"""岗位作业流程未覆盖全部岗位或者在岗人员未培训。"""

from datetime import UTC, datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, idle, judged, newest, number, share
from kuangan.law.cite import Cite
from kuangan.law.local import local_decimal
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts

REGISTER = Cite("register", "5.1")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether posts with a procedure are too few of all posts, or people of such a post are not trained in it.

    How many posts there are is told by the latest assessment of compliance.
    """
    if idle(facts):
        return Clear()
    procedures = newest(entries_of(facts, "post_procedure"), "post")
    faults = [
        Fault(
            procedure.key,
            f"{procedure.values['post']}在岗{procedure.values['people']}人，已培训{procedure.values['trained']}人",
        )
        for procedure in procedures
        if procedure.values["trained"] < procedure.values["people"]
    ]
    totals = newest(entries_of(facts, "compliance_share"))
    if totals:
        covered, needed = share(len(procedures), totals[0].values["posts_total"]), _needed(at)
        if covered < needed:
            text = f"岗位作业流程覆盖{len(procedures)}个岗位，占{number(covered)}%，低于{number(needed)}%"
            faults.insert(0, Fault(totals[0].key, text))
    return judged("岗位作业流程标准化未全面开展", faults, (REGISTER,), "" if totals else "岗位总数未登记")


def _needed(at: datetime) -> int:
    return int(local_decimal("post_procedure.coverage", civil_date(at)))


def _facts(posts: int, total: int = 3, trained: int = 8) -> LedgerFacts:
    made = tuple(
        entry(f"p{index}", "2025-06-01", post=f"岗位{index}", people=8, trained=trained) for index in range(posts)
    )
    counted = (entry("c", "2026-03-28", posts_total=total),) if total else ()
    return facts_of({"post_procedure": made, "compliance_share": counted})


_AT = datetime(2026, 4, 1, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="post_procedure_coverage",
    title="岗位作业流程覆盖不全",
    measure="5.1",
    clauses=("5.1b",),
    topic="ledger",
    about="mine",
    reads=("post_procedure", "compliance_share"),
    window_days=3700,
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("全部覆盖且已培训", _facts(3), _AT, Clear),
        Example("缺一个岗位", _facts(2), _AT, Breach, ("c",)),
        Example("一个岗位有1人未培训", _facts(1, 1, 7), _AT, Breach, ("p0",)),
        Example("岗位总数未登记", _facts(3, 0), _AT, Unknown),
        Example("停产煤矿不论", facts_of({}, status="halted"), _AT, Clear),
    ),
)
