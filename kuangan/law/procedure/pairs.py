"""Who may not make a step: the first person not the second one, too; who prepared does not decide; who belongs to the other side does nothing."""

from kuangan.law.procedure.view import Attempt, CaseView, Guard

OWING = ("unit", "mine", "company")
"""The relations of those on whom a case weighs."""


def other_person_than(*moves: str) -> Guard:
    """The step must be taken by another person than the newest of ``moves``: two persons stand behind it."""

    def guard(case: CaseView, attempt: Attempt) -> str | None:
        first = case.last(*moves)
        if first is not None and first.actor == attempt.actor:
            return f"须由两名人员分别确认：{first.person or '您'}已办理前一步，请由另一名持证人员复核"
        return None

    return guard


def apart_from(moves: tuple[str, ...]) -> Guard:
    """Nobody who ever made one of ``moves`` in the case takes the step."""

    def guard(case: CaseView, attempt: Attempt) -> str | None:
        if any(done.move in moves and done.actor == attempt.actor for done in case.done):
            return "您已参与本件的提出、会签或者审核，不得再由您审核、决定：请由另一名有权人员办理"
        return None

    return guard


def other_person(*moves: str, refusal: str) -> Guard:
    """Who made the newest of ``moves`` does not take the step."""

    def guard(case: CaseView, attempt: Attempt) -> str | None:
        first = case.last(*moves)
        return refusal if first is not None and first.actor == attempt.actor else None

    return guard


def another_unless_alone(*moves: str, refusal: str) -> Guard:
    """As :func:`other_person`, except where nobody else at the unit could."""
    strict = other_person(*moves, refusal=refusal)

    def guard(case: CaseView, attempt: Attempt) -> str | None:
        refused = strict(case, attempt)
        return None if refused is None or attempt.is_alone() else refused

    return guard


def impartial(case: CaseView, attempt: Attempt) -> str | None:
    """Whoever holds a post at the unit that the case is about, or at its parent company, takes no step for another office."""
    owing = {relation: case.names[relation] for relation in OWING if relation in case.names}
    bound = [name for relation, name in owing.items() if relation in attempt.at_home]
    if not bound or attempt.unit in owing.values():
        return None
    return f"您同时任职于{bound[0]}，与本件有利害关系，依法应当回避，请由其他人员办理"


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
