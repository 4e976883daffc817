"""When a step of carrying out the decisions is refused."""

from datetime import date

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.procedures.administrative_penalty import course, owed
from kuangan.corpus.procedures.administrative_penalty.guards import lacking
from kuangan.law.procedure import Attempt, CaseView, Guard


def not_served_yet(case: CaseView, attempt: Attempt) -> str | None:
    """A decision is served on each respondent once."""
    return "决定书已送达该当事人" if course.served(case, attempt.party) else None


def served(case: CaseView, attempt: Attempt) -> str | None:
    """What follows a decision follows its service."""
    return None if course.served(case, attempt.party) else "决定书尚未送达该当事人"


def not_more_than_owed(case: CaseView, attempt: Attempt) -> str | None:
    """Payments are those of this decision."""
    party, inputs = attempt.party, attempt.inputs
    fine, late = course.amount(inputs.get("fine")), course.amount(inputs.get("late"))
    paid_on: date = inputs["paid_on"]
    if not fine and not late:
        return "请填写所缴罚款或者加处罚款的数额"
    if paid_on > civil_date(attempt.at):
        return "缴款日期不能晚于今日"
    if owed.paid(case, party) + fine > course.fine_of(case, party):
        return f"所缴罚款超过应缴数额：罚款{course.fine_of(case, party)}元，已缴{owed.paid(case, party)}元"
    charge = owed.late_charge(case, party, paid_on)
    if owed.late_paid(case, party) + late > charge:
        return f"所缴加处罚款超过应缴数额：至{date_text(paid_on)}应加处{charge}元，已缴{owed.late_paid(case, party)}元"
    return None


def something_owed(case: CaseView, attempt: Attempt) -> str | None:
    """Time to pay is given where there is something to pay."""
    if owed.paid(case, attempt.party) < course.fine_of(case, attempt.party):
        return None
    return "该当事人没有尚未缴纳的罚款"


def deferral_asked(case: CaseView, attempt: Attempt) -> str | None:
    """Time is given because the respondent asked for it (行政处罚法第六十六条第二款)."""
    asked = course.last_of(case, attempt.party, "ask_deferral", "record_deferral_request")
    answered = course.last_of(case, attempt.party, "grant_deferral", "refuse_deferral")
    if asked is None or (answered is not None and answered.at >= asked.at):
        return "该当事人没有待答复的延期（分期）缴纳申请"
    return None


def later_terms(case: CaseView, attempt: Attempt) -> str | None:
    """The terms granted lie ahead, in order, and the second has something left to pay."""
    inputs = attempt.inputs
    first, second = inputs["first_due"], inputs.get("second_due")
    if first <= civil_date(attempt.at):
        return "缴纳期限须在今日之后"
    if second is None:
        return None
    left = course.fine_of(case, attempt.party) - owed.paid(case, attempt.party)
    if second <= first:
        return "第二期的缴纳期限须在第一期之后"
    part = course.amount(inputs.get("first_amount"))
    return None if 0 < part < left else f"分期缴纳须填写第一期数额，且少于尚未缴纳的{left}元"


def remedy_running(case: CaseView, attempt: Attempt) -> str | None:
    """What ends has begun."""
    newest = course.last_of(case, attempt.party, "remedy_begun", "remedy_ended")
    return None if newest is not None and newest.move == "remedy_begun" else "没有进行中的行政复议或者行政诉讼"


def no_remedy_running(case: CaseView, attempt: Attempt) -> str | None:
    """Nothing is closed, or begun twice, while a review or a lawsuit runs."""
    return None if remedy_running(case, attempt) else "该当事人的行政复议或者行政诉讼尚未终结"


def party_settled(case: CaseView, attempt: Attempt) -> str | None:
    """The platform notes that a respondent has performed in full."""
    return None if owed.settled_on(case, attempt.party) else "尚未履行完毕"


def everybody_settled(case: CaseView, attempt: Attempt) -> str | None:
    """A case ends when each decision is performed, or a court has taken over its enforcement (第五十四条)."""

    def open_(party: int) -> bool:
        return not owed.settled_on(case, party) and course.last_of(case, party, "court_accepted") is None

    return lacking(case, open_, "尚未履行完毕") or lacking(
        case, lambda party: _running(case, party), "的行政复议或者行政诉讼尚未终结"
    )


def only_units(case: CaseView, attempt: Attempt) -> str | None:
    """Decisions about units are shown to the public; those about persons are not, as they stand."""
    if case.party(attempt.party).kind == "unit":
        return None
    return "对个人的处罚决定书载有个人信息，不得原文公布"


def once(move: str, refusal: str) -> Guard:
    """The step is made once for each respondent."""

    def guard(case: CaseView, attempt: Attempt) -> str | None:
        return refusal if course.last_of(case, attempt.party, move) else None

    return guard


def _running(case: CaseView, party: int) -> bool:
    newest = course.last_of(case, party, "remedy_begun", "remedy_ended")
    return newest is not None and newest.move == "remedy_begun"


def punished(case: CaseView, attempt: Attempt) -> str | None:
    """Whether the decision about him is one that punishes."""
    made = course.decided(case, attempt.party)
    return None if made is not None and made.move == "decide" else "对该当事人没有行政处罚决定"


def not_punished(case: CaseView, attempt: Attempt) -> str | None:
    """Whether the decision about him is one not to punish."""
    made = course.decided(case, attempt.party)
    return None if made is not None and made.move == "decide_no_penalty" else "对该当事人没有不予行政处罚决定"


def published_and_reported(case: CaseView, attempt: Attempt) -> str | None:
    """What the law wants to be seen by the public and by the level above has been."""
    if course.must_report_upward(case) and case.last("report_upward") is None:
        return "处罚决定尚未报上级备案"
    return lacking(case, lambda party: _unpublished(case, party), "的处罚决定尚未公开曝光")


def _unpublished(case: CaseView, party: int) -> bool:
    made = course.decided(case, party)
    if made is None or made.move != "decide" or not course.is_unit(case, party):
        return False
    return course.last_of(case, party, "publish_decision") is None
