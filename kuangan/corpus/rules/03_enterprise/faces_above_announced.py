"""正在生产的采煤工作面个数超过公告的生产能力要素（特别规定第三项）。"""

from datetime import datetime

from kuangan.base.numerals import date_text
from kuangan.corpus.rules._enterprise import idle, moment
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of, newest
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts

CITES = (Cite("shanxi_special_regulations", "3"),)


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """The newest count of coal faces against the announced number; equal is allowed."""
    counts = newest(entries_of(facts, "faces_in_work"))
    if not counts:
        return idle(facts) or Unknown("近两月没有采掘工作面生产情况登记")
    last = counts[0]
    faces, announced = last.values["coal_faces"], last.values["announced_coal_faces"]
    if faces <= announced:
        return Clear()
    reason = f"{date_text(last.on)}正在生产的采煤工作面{faces}个，公告的生产能力要素为{announced}个"
    return Breach(reason, (last.key,), CITES, {"faces": faces, "announced": announced})


def _case(faces: int, announced: int = 1, *, later: int | None = None) -> LedgerFacts:
    made = [entry("a", "2026-03-01", coal_faces=faces, announced_coal_faces=announced)]
    if later is not None:
        made.append(entry("b", "2026-03-08", coal_faces=later, announced_coal_faces=announced))
    return facts_of({"faces_in_work": tuple(made)})


_AT = moment("2026-03-10T08:00")

RULE = Rule(
    id="faces_above_announced",
    title="采煤工作面个数超过公告要素",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=CITES,
    procedure="suspension",
    clauses=("3.1e",),
    about="mine",
    underground=True,
    reads=("faces_in_work",),
    window_days=62,
    examples=(
        Example("恰为公告个数", _case(1), _AT, Clear),
        Example("多1个", _case(2), _AT, Breach, ("a",)),
        Example("后来增加", _case(1, later=2), _AT, Breach, ("b",)),
        Example("已恢复到公告个数", _case(2, later=1), _AT, Clear),
        Example("没有登记", facts_of({}), _AT, Unknown),
        Example("停产且没有登记", facts_of({}, status="halted"), _AT, Clear),
    ),
)
