"""The clocks of a penalty case. Days of law are dated and cited; those that law leaves open are local values."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from kuangan.corpus.procedures._spans import by_local
from kuangan.corpus.procedures.administrative_penalty import course
from kuangan.law.cite import Cite
from kuangan.law.procedure import Clock
from kuangan.law.time.calendar import workdays as calendar
from kuangan.law.time.dated import Dated, Value
from kuangan.law.time.span import Span, days, workdays

BEFORE_DECISION = ("investigating", "reported", "confirmed", "approved", "noticed", "concluded", "reviewed")
FIRST_DAY = date(2026, 2, 1)
TO_FILE = Dated(Value(FIRST_DAY, 5, Cite(course.MEASURES, "34")))
"""Working days from the clue to the decision whether to file; the head may add as many."""
TO_DECIDE = Dated(Value(FIRST_DAY, 90, Cite(course.MEASURES, "53")))
"""Days from filing to decision, before anybody makes the term longer."""
TO_SERVE = Dated(Value(date(2021, 7, 15), workdays(7), Cite(course.PENALTY_LAW, "61")))
TO_REPORT_UPWARD = Dated(Value(FIRST_DAY, workdays(10), Cite(course.MEASURES, "83")))
TO_PUBLISH = Dated(Value(date(2021, 9, 1), workdays(7), Cite("work_safety_law", "78")))
TO_CLOSE = Dated(Value(FIRST_DAY, workdays(10), Cite(course.MEASURES, "54")))


def _dated(values: Dated[Span]) -> Any:
    def span(on: date, facts: Mapping[str, Any]) -> Span:
        return values.on(on).value

    return span


def _to_file(on: date, facts: Mapping[str, Any]) -> Span:
    """Working days left of those since the clue was found; twice as many once the head has added them."""
    count = TO_FILE.on(on).value * (2 if facts.get("filing_extended") else 1)
    if not facts.get("found_on"):
        return workdays(count)
    return workdays(_workdays_between(on, calendar().add_workdays(_day(facts["found_on"]), count)))


def _to_decide(on: date, facts: Mapping[str, Any]) -> Span:
    """Days left of the term, which counts from the filing; days of tests and appraisals are not counted (第五十三条)."""
    if "filed_on" not in facts:
        return days(TO_DECIDE.on(on).value)
    last = _day(facts["filed_on"]) + timedelta(days=int(facts["limit_days"]) + int(facts.get("tested_days", 0)))
    return days(max(0, (last - on).days))


def _to_pay(on: date, facts: Mapping[str, Any]) -> Span:
    """To the last day that was granted, or the days of law."""
    granted = facts.get(f"pay_until_{facts.get('party', 0)}")
    return days(max(0, (_day(granted) - on).days)) if granted else course.TO_PAY.on(on).value


def _workdays_between(after: date, last: date) -> int:
    day, count = after, 0
    while day < last:
        day += timedelta(days=1)
        count += calendar().is_workday(day)
    return count


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


CLOCKS = (
    Clock(
        "file",
        "核查线索并决定是否立案",
        "deadline",
        _to_file,
        starts=("open", "extend_filing"),
        stops=("extend_filing",),
        during=("clue", "proposed", "joined"),
        cites=(Cite(course.MEASURES, "34"),),
        escalates=("office",),
        rolls=False,
    ),
    Clock(
        "decide",
        "作出处罚决定",
        "deadline",
        _to_decide,
        starts=("extend_longer", "extend_longest"),
        stops=("extend_longer", "extend_longest"),
        during=BEFORE_DECISION,
        pauses=("commission_test",),
        resumes=("receive_test",),
        cites=(Cite(course.MEASURES, "53"), Cite(course.PENALTY_LAW, "60")),
        escalates=("office", "above"),
        internal=True,
        rolls=False,
    ),
    Clock(
        "answer",
        "陈述、申辩和要求听证",
        "deadline",
        _dated(course.TO_ANSWER),
        starts=("serve_pre_notice",),
        stops=("days_over", "conclude"),
        cites=(Cite(course.PENALTY_LAW, "64"), Cite(course.MEASURES, "18")),
        lapse_move="days_over",
        expires=True,
    ),
    Clock(
        "hear",
        "举行听证会",
        "deadline",
        _dated(course.TO_HEAR),
        starts=("request_hearing", "record_request"),
        stops=("report_hearing", "withdraw_hearing", "record_withdrawal", "postpone_hearing"),
        cites=(Cite(course.MEASURES, "57"),),
        escalates=("office",),
        rolls=False,
    ),
    Clock(
        "legal_review",
        "法制审核",
        "deadline",
        by_local("penalty.legal_review"),
        during=("concluded",),
        cites=(Cite(course.PENALTY_LAW, "58"),),
        escalates=("office",),
        internal=True,
    ),
    Clock(
        "serve",
        "送达决定书",
        "deadline",
        _dated(TO_SERVE),
        starts=("decide", "decide_no_penalty"),
        stops=("serve_decision",),
        cites=(Cite(course.PENALTY_LAW, "61"), Cite(course.MEASURES, "66")),
        escalates=("office",),
        internal=True,
    ),
    Clock(
        "publish",
        "公开曝光处罚决定",
        "deadline",
        _dated(TO_PUBLISH),
        starts=("decide",),
        stops=("publish_decision",),
        when=course.is_unit,
        cites=(Cite("work_safety_law", "78"),),
        escalates=("office",),
        internal=True,
    ),
    Clock(
        "report_upward",
        "处罚决定报上级备案",
        "deadline",
        _dated(TO_REPORT_UPWARD),
        starts=("all_decided",),
        stops=("report_upward",),
        when=course.must_report_upward,
        cites=(Cite(course.MEASURES, "82"), Cite(course.MEASURES, "83")),
        escalates=("office",),
        internal=True,
    ),
    Clock(
        "pay",
        "缴纳罚款",
        "deadline",
        _to_pay,
        starts=("serve_decision", "grant_deferral"),
        stops=("paid_off", "grant_deferral", "court_accepted"),
        cites=(Cite(course.PENALTY_LAW, "67"), Cite(course.PENALTY_LAW, "72")),
        escalates=("office",),
    ),
    Clock(
        "close",
        "办理结案",
        "deadline",
        _dated(TO_CLOSE),
        during=("settled", "closing"),
        cites=(Cite(course.MEASURES, "54"),),
        escalates=("office",),
        internal=True,
    ),
)
