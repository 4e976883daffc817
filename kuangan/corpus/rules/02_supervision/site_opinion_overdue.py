"""现场监管意见书逾期未闭环（任务分工2.2）。"""

from datetime import date, datetime

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._leadership import noon
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule
from kuangan.law.topic import LedgerFacts

CITES = (Cite("register", "2.2"), Cite("commissioner_scheme_2024"))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Opinions whose day has passed without being closed; the problems of a table have cases of their own."""
    today = civil_date(at)
    faults = [
        Fault(opinion.key, f"{opinion.values['number']}应于{date_text(opinion.values['due_on'])}前整改，尚未闭环")
        for opinion in entries_of(facts, "site_opinion")
        if isinstance(opinion.values["problems"], str)
        and opinion.values["due_on"] < today
        and "closed_on" not in opinion.values
    ]
    return judged("现场监管意见书逾期未闭环", faults, CITES)


def _facts(problems: object = "挡风帘破损", **values: object) -> LedgerFacts:
    opinion = entry(
        "o", "2026-03-10", number="演示监意〔2026〕3号", due_on=date(2026, 3, 15), problems=problems, **values
    )
    return facts_of({"site_opinion": (opinion,)})


RULE = Rule(
    id="site_opinion_overdue",
    title="现场监管意见书逾期未闭环",
    measure="2.2",
    clauses=("2.2b",),
    topic="ledger",
    about="mine",
    reads=("site_opinion",),
    window_days=730,
    check=check,
    cites=CITES,
    examples=(
        Example("期限当日", _facts(), noon("2026-03-15"), Clear),
        Example("期限次日", _facts(), noon("2026-03-16"), Breach, ("o",)),
        Example("已闭环", _facts(closed_on=date(2026, 3, 14)), noon("2026-03-16"), Clear),
        Example("问题逐条办理", _facts(({"item": "挡风帘破损"},)), noon("2026-03-16"), Clear),
        Example("没有意见书", facts_of({"site_opinion": ()}), noon("2026-03-16"), Clear),
    ),
)
