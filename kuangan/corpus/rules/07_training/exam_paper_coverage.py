"""培训考核试卷未覆盖岗位技能、规章制度和应急处置，或者合格线过低。"""

from datetime import UTC, datetime

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, idle, judged, number, share
from kuangan.law.cite import Cite
from kuangan.law.local import local_decimal
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

LAW = Cite("work_safety_law", "28.1")
REGISTER = Cite("register", "7.2")
PARTS = {
    "post_skill_questions": "岗位操作技能",
    "regulation_questions": "规章制度和操作规程",
    "emergency_questions": "应急处置",
}


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether a paper leaves out one of the three parts or gives it too small a share, or passes people too easily.

    A mine that works and trains must have papers: without any it cannot be said.
    """
    if idle(facts):
        return Clear()
    papers = [paper for paper in entries_of(facts, "exam_paper") if paper.on <= civil_date(at)]
    if not papers:
        return Unknown("没有培训考核试卷登记")
    faults = [
        Fault(paper.key, f"{date_text(paper.on)}《{paper.values['title']}》{text}")
        for paper in papers
        for text in _wrong(paper)
    ]
    return judged("培训考核试卷不符合要求", faults, (LAW, REGISTER))


def _wrong(paper: EntryFact) -> list[str]:
    values = paper.values
    least, line = (local_decimal(f"training.{key}", paper.on) for key in ("exam_part_share", "exam_pass_share"))
    faults = [
        f"“{word}”仅占{number(reached)}%，低于{number(least)}%"
        for name, word in PARTS.items()
        if (reached := share(values[name], values["questions"])) < least
    ]
    if sum(values[name] for name in PARTS) > values["questions"]:
        faults.append("各部分题数之和多于题目总数")
    if share(values["pass_mark"], values["full_mark"]) < line:
        faults.append(f"合格分{values['pass_mark']}分，低于满分的{number(line)}%")
    return faults


def _facts(skill: int, rules: int, emergency: int, pass_mark: int = 80) -> LedgerFacts:
    values = {
        "title": "井下人员再培训考核卷",
        "questions": 50,
        "post_skill_questions": skill,
        "regulation_questions": rules,
        "emergency_questions": emergency,
        "full_mark": 100,
        "pass_mark": pass_mark,
    }
    return facts_of({"exam_paper": (entry("p", "2026-03-05", **values),)})


_AT = datetime(2026, 3, 6, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="exam_paper_coverage",
    title="培训考核试卷内容或者合格线不符合要求",
    measure="7.2",
    clauses=("7.2c",),
    topic="ledger",
    about="mine",
    reads=("exam_paper",),
    window_days=400,
    check=check,
    cites=(LAW, REGISTER),
    examples=(
        Example("三部分齐全", _facts(20, 18, 12), _AT, Clear),
        Example("应急处置恰占10%", _facts(25, 20, 5), _AT, Clear),
        Example("应急处置仅占8%", _facts(26, 20, 4), _AT, Breach, ("p",)),
        Example("没有岗位技能", _facts(0, 30, 20), _AT, Breach, ("p",)),
        Example("题数之和多于总数", _facts(20, 20, 11), _AT, Breach, ("p",)),
        Example("合格分恰为80分", _facts(20, 18, 12, 80), _AT, Clear),
        Example("合格分79分", _facts(20, 18, 12, 79), _AT, Breach, ("p",)),
        Example("没有试卷", facts_of({}), _AT, Unknown),
        Example("停产煤矿不论", facts_of({}, status="halted"), _AT, Clear),
    ),
)
