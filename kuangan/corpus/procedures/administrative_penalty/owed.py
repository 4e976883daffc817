"""What a respondent owes: the fine by its terms, the charge for delay, what is paid of both."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from kuangan.base.clock import civil_date
from kuangan.corpus.procedures.administrative_penalty import course
from kuangan.law.cite import Cite
from kuangan.law.local import local
from kuangan.law.procedure import CaseView, Done
from kuangan.law.time.calendar import workdays as calendar
from kuangan.law.time.dated import Dated, Value
from kuangan.law.time.span import deadline

LATE_RATE = Dated(Value(date(2021, 7, 15), Decimal("0.03"), Cite(course.PENALTY_LAW, "72")))
"""Share of the fine that is added for each day of delay, up to the fine itself."""


def terms(case: CaseView, party: int) -> tuple[tuple[date, Decimal], ...]:
    """Last day and amount of each payment that is owed; empty before service and without a fine."""
    served = course.served(case, party)
    fine = course.fine_of(case, party)
    if served is None or not fine:
        return ()
    served_at = served.inputs["served_at"]
    assert isinstance(served_at, datetime)
    granted = course.last_of(case, party, "grant_deferral")
    if granted is None:
        due = deadline(course.TO_PAY.on(civil_date(served_at)).value, served_at, calendar())
        return ((civil_date(due) - timedelta(days=1), fine),)
    left = fine - _paid(case, party, civil_date(granted.at))
    first = min(course.amount(granted.inputs.get("first_amount")) or left, left)
    second = granted.inputs.get("second_due")
    instalments = [(granted.inputs["first_due"], first)]
    return tuple(instalments if second is None else [*instalments, (second, left - first)])


def paid(case: CaseView, party: int) -> Decimal:
    """What of the fine is paid."""
    return sum((course.amount(done.inputs.get("fine")) for done in _payments(case, party)), course.NOTHING)


def late_paid(case: CaseView, party: int) -> Decimal:
    """What of the late charge is paid."""
    return sum((course.amount(done.inputs.get("late")) for done in _payments(case, party)), course.NOTHING)


def late_charge(case: CaseView, party: int, on: date) -> Decimal:
    """The charge for delay up to and with a day: 3 % a day, not above the fine, none while a review or lawsuit runs."""
    fine = course.fine_of(case, party)
    owed = terms(case, party)
    if not owed:
        return course.NOTHING
    charge = course.NOTHING
    whole = local("penalty.late_base", on).value == "fine"
    day = owed[0][0] + timedelta(days=1)
    while day <= on and charge < fine:
        due = sum((part for last, part in owed if last < day), course.NOTHING)
        missing = max(
            course.NOTHING, due - _paid(case, party, day) + (fine - sum((part for _, part in owed), course.NOTHING))
        )
        if missing and not _before_court(case, party, day):
            charge += LATE_RATE.on(day).value * (fine if whole else missing)
        day += timedelta(days=1)
    return min(charge, fine).quantize(Decimal("0.01"))


def settled_on(case: CaseView, party: int) -> date | None:
    """The day on which fine and late charge were paid in full; None while something is owed. Without a fine: the day of service."""
    served = course.served(case, party)
    if served is None:
        return None
    fine = course.fine_of(case, party)
    if not fine:
        return civil_date(served.inputs["served_at"])
    if paid(case, party) < fine:
        return None
    last: date = max(
        done.inputs["paid_on"] for done in _payments(case, party) if course.amount(done.inputs.get("fine"))
    )
    return last if late_paid(case, party) >= late_charge(case, party, last) else None


def execution(case: CaseView, party: int) -> str:
    """How far the decision is performed, in words."""
    if course.served(case, party) is None:
        return "尚未送达"
    court = course.last_of(case, party, "court_accepted")
    if court is not None:
        return f"人民法院已受理强制执行申请（{court.inputs['document']}）"
    if not course.fine_of(case, party):
        return "已送达，无罚款"
    on = settled_on(case, party)
    late = late_paid(case, party)
    charge = f"和加处罚款{course.yuan_text(late)}" if late else ""
    return f"罚款{charge}已缴清" if on else f"已缴罚款{paid(case, party)}元"


def _payments(case: CaseView, party: int) -> list[Done]:
    return [done for done in course.this_round(case) if done.party == party and done.move == "record_payment"]


def _paid(case: CaseView, party: int, before: date) -> Decimal:
    """What of the fine was paid before a day."""
    made = (done for done in _payments(case, party) if done.inputs["paid_on"] < before)
    return sum((course.amount(done.inputs.get("fine")) for done in made), course.NOTHING)


def _before_court(case: CaseView, party: int, day: date) -> bool:
    """Whether a review or a lawsuit about the decision ran on a day (行政处罚法第七十三条第三款)."""
    begun = None
    for done in course.this_round(case):
        if done.party != party or done.move not in ("remedy_begun", "remedy_ended"):
            continue
        if done.move == "remedy_begun":
            begun = done.inputs["begun_on"]
        elif begun is not None and begun <= day <= done.inputs["ended_on"]:
            return True
        else:
            begun = None
    return begun is not None and begun <= day
