"""职工反映的问题隐患未按期答复，属实的未兑现奖励。"""

from datetime import UTC, date, datetime

from kuangan.base.clock import beijing_midnight
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.time.calendar import workdays
from kuangan.law.time.span import deadline
from kuangan.law.topic import EntryFact, LedgerFacts

LAW = Cite("work_safety_law", "59")
REGISTER = Cite("register", "11.1")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether a report is past its days without an answer, or a true one past its days without a reward."""
    reports = entries_of(facts, "worker_hazard_report")
    faults = [Fault(report.key, text) for report in reports if (text := _text(report, at))]
    silent = any("answered_on" in report.values and "real" not in report.values for report in reports)
    unknown = "已答复的职工反映未填写是否属实" if silent else ""
    return judged("职工反映的问题隐患未答复或者未奖励", faults, (LAW, REGISTER), unknown)


def _text(report: EntryFact, at: datetime) -> str:
    answered: date | None = report.values.get("answered_on")
    if answered is None:
        return f"{date_text(report.on)}反映的问题未按期答复" if _over("worker_report.answer", report.on, at) else ""
    owed = report.values.get("real") is True and "rewarded_on" not in report.values
    late = owed and _over("worker_report.reward", answered, at)
    return f"{date_text(report.on)}反映的问题属实，未按期兑现奖励" if late else ""


def _over(key: str, start: date, at: datetime) -> bool:
    return at >= deadline(local_span(key, start), beijing_midnight(start), workdays())


def _facts(**values: object) -> LedgerFacts:
    return facts_of({"worker_hazard_report": (entry("w", "2026-03-20", **values),)})


_LAST = datetime(2026, 3, 27, 15, 59, tzinfo=UTC)
_OVER = datetime(2026, 3, 27, 16, 0, tzinfo=UTC)
_ANSWER = date(2026, 3, 25)
_REWARD_LAST = datetime(2026, 4, 24, 15, 59, tzinfo=UTC)
_REWARD_OVER = datetime(2026, 4, 24, 16, 0, tzinfo=UTC)

RULE = Rule(
    id="worker_report_unanswered",
    title="职工反映的问题未答复或者未奖励",
    measure="11.1",
    clauses=("11.1b",),
    topic="ledger",
    about="mine",
    reads=("worker_hazard_report",),
    window_days=400,
    check=check,
    cites=(LAW, REGISTER),
    examples=(
        Example("第5个工作日24时前", _facts(), _LAST, Clear),
        Example("第5个工作日已过", _facts(), _OVER, Breach, ("w",)),
        Example("属实，第30日24时前", _facts(answered_on=_ANSWER, real=True), _REWARD_LAST, Clear),
        Example("属实，第30日已过", _facts(answered_on=_ANSWER, real=True), _REWARD_OVER, Breach, ("w",)),
        Example("已奖励", _facts(answered_on=_ANSWER, real=True, rewarded_on=_ANSWER), _REWARD_OVER, Clear),
        Example("不属实", _facts(answered_on=_ANSWER, real=False), _REWARD_OVER, Clear),
        Example("未填是否属实", _facts(answered_on=_ANSWER), _REWARD_OVER, Unknown),
    ),
)
