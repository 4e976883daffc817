"""What may be done when: answers need their plan, ordered terms are hard to extend, and nobody looks at his own work."""

from datetime import date

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.procedures.rectification.opening import due_of
from kuangan.law.guards import certified, other_person
from kuangan.law.local import local_span
from kuangan.law.procedure import Attempt, CaseView
from kuangan.law.time.calendar import calendar

FORCE_MAJEURE = "force_majeure"
other_than_answered = other_person("answer", refusal="整改情况由您报送，复查须由其他人员办理")
another_decides = other_person("request_extension", refusal="延期由您申请，须由其他人员答复")


def today(attempt: Attempt) -> date:
    """The day of the attempt."""
    return civil_date(attempt.at)


def ordered_by_paper(case: CaseView) -> bool:
    """Whether an enforcement paper orders it: two certified officers look again, and only force majeure extends the term."""
    return bool(case.facts.get("paper"))


def is_late(case: CaseView, attempt: Attempt) -> bool:
    """Whether its day has passed."""
    return today(attempt) > due_of(case.facts)


def by_paper(case: CaseView, attempt: Attempt) -> str | None:
    """Only where an enforcement paper orders it."""
    return None if ordered_by_paper(case) else "本件未制作责令限期整改文书，不须第二人确认"


def without_paper(case: CaseView, attempt: Attempt) -> str | None:
    """Only where no enforcement paper orders it."""
    return "本件按执法文书限期整改，须两名持证执法人员办理，制作复查意见书" if ordered_by_paper(case) else None


def failure_to_sign(case: CaseView, attempt: Attempt) -> str | None:
    """The newest opinion says that it is not right, and nobody has signed it."""
    failed, signed = case.last("confirm_failure"), case.last("sign_for_failure")
    if failed is None:
        return "本件没有复查不合格的复查意见书"
    return "已签认，无需重复签认" if signed is not None and signed.at >= failed.at else None


def certified_for_paper(case: CaseView, attempt: Attempt) -> str | None:
    """What an enforcement paper orders is looked at again by certified officers."""
    return certified(case, attempt) if ordered_by_paper(case) else None


def is_hazard(case: CaseView, attempt: Attempt) -> str | None:
    """Only a hazard has a plan."""
    return None if case.facts.get("hazard") else "本件未列为事故隐患，不须报送整改方案，请直接整改并报送整改情况"


def hazard_has_plan(case: CaseView, attempt: Attempt) -> str | None:
    """A hazard is answered by its plan first: responsibility, measures, money, time, contingency."""
    if not case.facts.get("hazard") or case.last("plan"):
        return None
    return "本件属事故隐患，请先报送“五落实”整改方案（责任、措施、资金、时限、预案）"


def plan_in_time(case: CaseView, attempt: Attempt) -> str | None:
    """The plan ends by the day that was set."""
    due_on = due_of(case.facts)
    if attempt.inputs["until"] <= due_on or is_late(case, attempt):
        return None
    return f"方案完成时限不能晚于整改期限{date_text(due_on)}"


def late_is_explained(case: CaseView, attempt: Attempt) -> str | None:
    """Who answers late says why."""
    if is_late(case, attempt) and not attempt.inputs["late_because"]:
        return "整改期限已过，请说明逾期原因"
    return None


def later_day(case: CaseView, attempt: Attempt) -> str | None:
    """The new day lies after the one that holds."""
    due_on = due_of(case.facts)
    return None if attempt.inputs["until"] > due_on else f"延期后的期限应晚于原期限{date_text(due_on)}"


def asked_in_time(case: CaseView, attempt: Attempt) -> str | None:
    """An ordered term: only for force majeure, asked in writing in its last working days (令18第二十七条)."""
    due_on, on = due_of(case.facts), today(attempt)
    if on > due_on:
        return f"整改期限已于{date_text(due_on)}届满，不能再申请延期"
    if not ordered_by_paper(case):
        return None
    if attempt.inputs["cause"] != FORCE_MAJEURE:
        return "责令限期整改的，仅因不可抗力无法按期完成的可以申请延期"
    window = local_span("rectification.extension_window", on)
    if calendar().add_workdays(on, window.count) < due_on:
        return f"延期申请应于期限届满前{window}内提出，目前尚早，请继续整改"
    return None


def new_term(case: CaseView, attempt: Attempt) -> str | None:
    """What was sent back has a day that lies ahead; that of an enforcement paper stays."""
    until = attempt.inputs["until"]
    if ordered_by_paper(case):
        return "责令限期整改的期限不因复查不合格延长，请勿填写再次整改期限" if until else None
    if until is None and is_late(case, attempt):
        return "原整改期限已过，请填写再次整改期限"
    if until is not None and until < today(attempt):
        return "再次整改期限不能早于今日"
    return None


def entered_by_hand(case: CaseView, attempt: Attempt) -> str | None:
    """What came from a ledger is corrected there, as long as it stands there."""
    stands = case.facts.get("entry") and not case.facts.get("gone")
    return "本件由台账记录生成，请在台账中更正或作废该记录" if stands else None


def day_lies_ahead(case: CaseView, attempt: Attempt) -> str | None:
    """The day that a correction has set has not passed."""
    return f"整改期限{date_text(due_of(case.facts))}已过" if is_late(case, attempt) else None


def signed_by_them(case: CaseView, attempt: Attempt) -> str | None:
    """A refusal to sign has witnesses."""
    return None if attempt.inputs["witnesses"] else "拒绝签认的，请填写见证人"
