"""煤矿的分类类别与按事实判定的类别不一致，或者未分类（任务分工2.1）。"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._classes import computed
from kuangan.corpus.rules._leadership import noon, valid_on
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of, gone
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("register", "2.1"), Cite("classification_measures_2020"))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """The newest valid and published decision against the class the facts give; a mine without one is found, too.

    A proposal that the city has not reviewed, or sent back, is no decision.
    """
    if gone(facts):
        return Clear()
    today = civil_date(at)
    written = valid_on(entries_of(facts, "mine_class_decision"), today)
    decided = [decision for decision in written if _holds(decision, today)]
    given = computed(facts, today)
    why = "；".join(given.reasons)
    if not decided:
        if any(decision.unconfirmed for decision in written):
            return Unknown("分类的市级审定日期系登记单位自行填写，尚未经市局在本系统审定")
        proposal = f"，按现有事实建议确定为{given.letter}类（{why}）" if given.letter else ""
        return Breach(f"该矿没有有效的分类类别{proposal}", given.keys, CITES, {"computed": given.letter})
    if not given.letter:
        return Unknown(f"无法判定类别：{why}")
    recorded = decided[-1].values["mine_class"]
    if recorded == given.letter:
        return Clear()
    reason = f"该矿现定为{recorded}类，按现有事实应为{given.letter}类（{why}），建议调整"
    return Breach(reason, (decided[-1].key, *given.keys), CITES, {"recorded": recorded, "computed": given.letter})


def _holds(decision: EntryFact, today: date) -> bool:
    return not decision.pending and decision.values.get("published_on", date.max) <= today


def _facts(letter: str, *kept: EntryFact, until: str = "2026-12-31", **attributes: str) -> LedgerFacts:
    published = date(2026, 1, 22)
    decision = (entry("d", "2026-01-20", until, mine_class=letter, published_on=published),) if letter else ()
    return facts_of(
        {"mine_class_decision": decision, "mine_class_fact": kept}, **{"standardization_grade": "一级", **attributes}
    )


def _proposed(letter: str = "A", **change: Any) -> LedgerFacts:
    """A mine of class A of which a decision says something else than that it is published and reviewed."""
    facts = _facts(letter)
    published = change.pop("published_on", None)
    (decision,) = facts.entries["mine_class_decision"]
    values = {"mine_class": letter, **({"published_on": date.fromisoformat(published)} if published else {})}
    return replace(facts, entries={"mine_class_decision": (replace(decision, values=values, **change),)})


def _standing_still(since: str) -> LedgerFacts:
    """A mine of class A of which the file says since when it stands still."""
    spells = ((date(2025, 1, 1), "producing"), (date.fromisoformat(since), "halted"))
    return replace(_facts("A", status="halted"), spells={"status": spells})


def _fact(kind: str, day: str, until: str = "") -> EntryFact:
    return entry(f"f_{kind}", day, until, kind=kind)


_AT = noon("2026-06-15")

RULE = Rule(
    id="mine_class_differs",
    title="分类类别与事实不一致或者未分类",
    measure="2.1",
    clauses=("2.1b",),
    topic="ledger",
    about="mine",
    reads=("mine_class_decision", "mine_class_fact"),
    window_days=1200,
    check=check,
    cites=CITES,
    examples=(
        Example("一级标准化，无事故无重大隐患，A类相符", _facts("A"), _AT, Clear),
        Example("二级标准化应为B类", _facts("A", standardization_grade="二级"), _AT, Breach, ("d",)),
        Example("三级标准化应为C类", _facts("C", standardization_grade="三级"), _AT, Clear),
        Example(
            "死亡事故恰满12个月，不再列为C类而为B类", _facts("B", _fact("fatal_accident", "2025-06-15")), _AT, Clear
        ),
        Example(
            "死亡事故差一天满12个月，应为C类",
            _facts("B", _fact("fatal_accident", "2025-06-16")),
            _AT,
            Breach,
            ("d", "f_fatal_accident"),
        ),
        Example("死亡事故恰满36个月，可为A类", _facts("A", _fact("fatal_accident", "2023-06-15")), _AT, Clear),
        Example(
            "重大隐患一年内，应为C类",
            _facts("A", _fact("major_hazard", "2026-02-03", "2026-02-20")),
            _AT,
            Breach,
            ("d", "f_major_hazard"),
        ),
        Example("失信名单已移出", _facts("A", _fact("untrustworthy", "2025-01-01", "2026-06-14")), _AT, Clear),
        Example(
            "停产恰满6个月，应为D类",
            _facts("B", _fact("stopped", "2025-12-15"), status="halted"),
            _AT,
            Breach,
            ("d", "f_stopped"),
        ),
        Example("停产差一天满6个月", _facts("A", _fact("stopped", "2025-12-16"), status="halted"), _AT, Clear),
        Example(
            "B13：8月31日停产，次年2月末日满6个月",
            _facts("D", _fact("stopped", "2025-08-31"), until="2026-12-31", status="halted"),
            noon("2026-02-28"),
            Clear,
        ),
        Example("停产但起始日期未登记", _facts("B", status="halted"), _AT, Unknown),
        Example("档案载明停产恰满6个月", _standing_still("2025-12-15"), _AT, Breach, ("d",)),
        Example("档案载明停产差一天满6个月", _standing_still("2025-12-16"), _AT, Clear),
        Example(
            "标准化等级未登记",
            replace(_facts("A"), attributes={"status": "producing"}),
            _AT,
            Unknown,
        ),
        Example("分类已过期", _facts("A", until="2026-06-14"), _AT, Breach),
        Example("未分类", _facts(""), _AT, Breach),
        Example("当日公布", _proposed(published_on="2026-06-15"), _AT, Clear),
        Example("次日才公布", _proposed(published_on="2026-06-16"), _AT, Breach),
        Example("未公布", _proposed(), _AT, Breach),
        Example("未经市级审定或者已退回", _proposed(published_on="2026-06-15", pending=True), _AT, Breach),
        Example(
            "审定日期系登记单位自行填写",
            _proposed(published_on="2026-06-15", pending=True, unconfirmed=frozenset({"city_reviewed_on"})),
            _AT,
            Unknown,
        ),
    ),
)
