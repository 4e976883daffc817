"""生产煤矿发生事故，复产后30个工作日内未申请标准化初审。"""

from datetime import UTC, date, datetime, timedelta

from kuangan.base.clock import beijing_midnight, civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.time.calendar import workdays
from kuangan.law.time.span import deadline
from kuangan.law.topic import EntryFact, LedgerFacts

REGISTER = Cite("register", "5.2")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether the working days after a resumption have run out without an application for the first review.

    Only accidents of producing mines; an application of an unknown kind leaves it open.
    """
    faults, unknown = [], ""
    for resumed in entries_of(facts, "accident_resumption"):
        span = local_span("standardization.reapply_after_resumption", resumed.on)
        due_at = deadline(span, beijing_midnight(resumed.on), workdays())
        if not resumed.values["producing"] or at < due_at or _applied(facts, resumed, civil_date(at)):
            continue
        if any("kind" not in entry.values and entry.on >= resumed.on for entry in _first(facts)):
            unknown = "复产后的初审申请未填写申请类别"
            continue
        last = date_text(civil_date(due_at) - timedelta(days=1))
        text = f"{date_text(resumed.on)}复产，{span}期限至{last}，未申请初审"
        faults.append(Fault(resumed.key, text))
    return judged("事故煤矿复产后未按期申请标准化初审", faults, (REGISTER,), unknown)


def _first(facts: LedgerFacts) -> list[EntryFact]:
    return [
        application
        for application in entries_of(facts, "standardization_application")
        if application.values["step"] == "first_review"
    ]


def _applied(facts: LedgerFacts, resumed: EntryFact, today: date) -> bool:
    return any(resumed.on <= entry.on <= today and entry.values.get("kind") == "re_grading" for entry in _first(facts))


def _facts(applied: str = "", *, kind: str = "re_grading", producing: bool = True) -> LedgerFacts:
    resumed = entry("a", "2026-03-02", accident_on=date(2026, 1, 8), producing=producing)
    values = {"step": "first_review", **({"kind": kind} if kind else {})}
    made = (entry("b", applied, **values),) if applied else ()
    return facts_of({"accident_resumption": (resumed,), "standardization_application": made})


_LAST = datetime(2026, 4, 14, 15, 59, tzinfo=UTC)
_OVER = datetime(2026, 4, 14, 16, 0, tzinfo=UTC)

RULE = Rule(
    id="no_grading_application_after_resumption",
    title="事故煤矿复产后未按期申请标准化初审",
    measure="5.2",
    clauses=("5.2",),
    topic="ledger",
    about="mine",
    reads=("accident_resumption", "standardization_application"),
    window_days=400,
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("第30个工作日24时前", _facts(), _LAST, Clear),
        Example("第30个工作日已过", _facts(), _OVER, Breach, ("a",)),
        Example("第30个工作日申请", _facts("2026-04-14"), _OVER, Clear),
        Example("申请的是延期", _facts("2026-04-14", kind="renewal"), _OVER, Breach, ("a",)),
        Example("申请类别未填", _facts("2026-04-14", kind=""), _OVER, Unknown),
        Example("建设煤矿事故不适用", _facts(producing=False), _OVER, Clear),
    ),
)
