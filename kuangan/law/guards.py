"""Guards that several procedures share: each returns the refusal as the user reads it, or None."""

from kuangan.base.numerals import moment_text
from kuangan.law.procedure import Attempt, CaseView, Guard
from kuangan.law.procedure.pairs import another_unless_alone, certified, other_person, other_person_than

__all__ = [
    "another_unless_alone",
    "certified",
    "done_before",
    "evidence_in",
    "floor_passed",
    "not_in_future",
    "other_person",
    "other_person_than",
]


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
