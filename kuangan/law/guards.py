"""Guards that several procedures share: each returns the refusal as the user reads it, or None."""

from kuangan.base.numerals import moment_text
from kuangan.law.procedure import Attempt, CaseView, Guard


def other_person_than(*moves: str) -> Guard:
    """The step must be taken by another person than the newest of ``moves``: two persons stand behind it."""

    def guard(case: CaseView, attempt: Attempt) -> str | None:
        first = case.last(*moves)
        if first is not None and first.actor == attempt.actor:
            return f"须由两名人员分别确认：{first.person or '您'}已办理前一步，请由另一名持证人员复核"
        return None

    return guard


def certified(case: CaseView, attempt: Attempt) -> str | None:
    """Enforcement papers are made by officers with a certificate only (行政处罚法第四十二条)."""
    return None if attempt.certificate else "您未登记执法证号，不得办理执法文书，请由系统管理员补登"


def evidence_in(*fields: str) -> Guard:
    """At least one of the file or text fields must hold something."""

    def guard(case: CaseView, attempt: Attempt) -> str | None:
        if any(attempt.inputs.get(field) for field in fields):
            return None
        return "须附佐证材料：请上传附件或填写核实依据后再提交"

    return guard


def floor_passed(clock: str, refusal: str) -> Guard:
    """Not before the named floor; ``refusal`` opens the sentence."""

    def guard(case: CaseView, attempt: Attempt) -> str | None:
        view = case.clocks.get(clock)
        if view is None or attempt.at >= view.due_at:
            return None
        return f"{refusal}：最早可于{moment_text(view.due_at)}办理"

    return guard


def done_before(move: str, refusal: str) -> Guard:
    """Another move must have been made."""

    def guard(case: CaseView, attempt: Attempt) -> str | None:
        return None if case.last(move) else refusal

    return guard


def not_in_future(field: str, label: str) -> Guard:
    """A stated moment must not lie after now."""

    def guard(case: CaseView, attempt: Attempt) -> str | None:
        moment = attempt.inputs.get(field)
        if moment is not None and moment > attempt.at:
            return f"{label}不能晚于当前时间（{moment_text(attempt.at)}）"
        return None

    return guard
