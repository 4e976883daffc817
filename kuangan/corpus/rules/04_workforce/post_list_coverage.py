"""岗位责任清单没有覆盖全部从业人员。"""

from datetime import date, datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._enterprise import idle, moment
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of, newest, number, share
from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts

CITES = (Cite("work_safety_law", "22.1"), Cite("register", "4.1"))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """People with a signed list still valid against all people by the newest count; below all of them is found."""
    resting = idle(facts)
    if resting:
        return resting
    today = civil_date(at)
    counts = newest(entries_of(facts, "staff_count"))
    if not counts or today > local_span("staff_count.valid_for", today).after(counts[0].on):
        return Unknown("在册职工人数没有登记或者久未更新，不能计算岗位责任清单覆盖率")
    count = counts[0]
    signed, total = len(_signed(facts, today)), int(count.values["total"])
    if signed > total:
        return Unknown(f"在岗的签订清单{signed}人，多于在册{total}人，请核对离岗人员")
    if signed == total:
        return Clear()
    reason = f"在册从业人员{total}人，签订岗位责任清单{signed}人，覆盖率{number(share(signed, total))}%，缺{total - signed}人"
    return Breach(reason, (count.key,), CITES, {"signed": signed, "total": total})


def _signed(facts: LedgerFacts, today: date) -> set[str]:
    """Numbers of the people whose list is valid; the last day is the one before they left."""
    lists = entries_of(facts, "post_responsibility")
    return {entry.values["employee_number"] for entry in lists if entry.until is None or entry.until > today}


def _case(
    people: tuple[str, ...], total: int, left: str = "", counted: str = "2026-02-28", **attributes: str
) -> LedgerFacts:
    lists = tuple(
        entry(f"p{index}", "2026-01-16", left if index == 0 else "", employee_number=person)
        for index, person in enumerate(people)
    )
    return facts_of({"post_responsibility": lists, "staff_count": (entry("c", counted, total=total),)}, **attributes)


_AT = moment("2026-03-10T08:00")

RULE = Rule(
    id="post_list_coverage",
    title="岗位责任清单未全覆盖",
    measure="4.1",
    topic="ledger",
    check=check,
    cites=CITES,
    clauses=("4.1a",),
    about="mine",
    reads=("post_responsibility", "staff_count"),
    window_days=366,
    examples=(
        Example("恰好全部签订", _case(("1", "2"), 2), _AT, Clear),
        Example("缺1人", _case(("1", "2"), 3), _AT, Breach, ("c",)),
        Example("同一人重签只计一次", _case(("1", "1", "2"), 3), _AT, Breach, ("c",)),
        Example("当日离岗的不再计", _case(("1", "2"), 2, "2026-03-10"), _AT, Breach, ("c",)),
        Example("次日离岗的仍计", _case(("1", "2"), 2, "2026-03-11"), _AT, Clear),
        Example("签订人数多于在册", _case(("1", "2"), 1), _AT, Unknown),
        Example("人数登记恰满62日", _case(("1", "2"), 2, counted="2026-01-07"), _AT, Clear),
        Example("人数登记已过62日", _case(("1", "2"), 2, counted="2026-01-06"), _AT, Unknown),
        Example("没有登记人数", facts_of({}), _AT, Unknown),
        Example("停产", _case(("1",), 2, status="halted"), _AT, Clear),
    ),
)
