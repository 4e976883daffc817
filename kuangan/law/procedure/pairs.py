"""Two persons behind a step: the second is another than the first."""

from kuangan.law.procedure.view import Attempt, CaseView, Guard


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


def paired_with(moves: tuple[str, ...]) -> tuple[Guard, ...]:
    """Both persons hold a certificate, and they are two."""

    def first_certified(case: CaseView, attempt: Attempt) -> str | None:
        first = case.last(*moves)
        if first is None:
            return "另一名执法人员尚未办理前一步"
        return None if first.certificate else f"{first.person}未登记执法证号，其办理的前一步不能由第二人确认"

    return (certified, other_person_than(*moves), first_certified)
