"""The paper of a rectification: what two certified officers found when they looked again."""

from typing import Any

from kuangan.base.numerals import date_text
from kuangan.corpus.procedures.rectification.opening import due_of
from kuangan.law.procedure import Attempt, CaseView, Done

METHODS = (("on_site", "现场"), ("documents", "资料"), ("video", "视频"), ("online", "监测数据"))


PASSED, FAILED = "复查合格", "复查不合格"


def reinspection_opinion(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """What was found right."""
    return _opinion(case, attempt, "accept", PASSED)


def failed_opinion(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """What was found not to be right yet."""
    return _opinion(case, attempt, "fail", FAILED)


def _opinion(case: CaseView, attempt: Attempt, looking: str, result: str) -> dict[str, Any]:
    """Fields as in ``reinspection_opinion.typ``; ``looking``: the step of the first of the two."""
    answer, looked = _must(case, "answer"), _must(case, looking)
    facts = case.facts
    place = f"（{facts['place']}）" if facts.get("place") else ""
    return {
        "unit": case.names["unit"],
        "order_number": str(facts["paper"]),
        "item": f"{facts['item']}{place}",
        "due_on": date_text(due_of(facts)),
        "answer": str(answer.inputs["done"]),
        "method": dict(METHODS)[str(looked.inputs["method"])],
        "seen": str(looked.inputs["seen"]),
        "result": result,
        "opinion": str(attempt.inputs["opinion"]),
        "officers": [
            {"name": looked.person, "certificate": looked.certificate},
            {"name": attempt.person, "certificate": attempt.certificate},
        ],
    }


def _must(case: CaseView, move: str) -> Done:
    """A step that the states guarantee. Raises ``LookupError`` naming the case."""
    done = case.last(move)
    if done is None:
        raise LookupError(f"case {case.number} has no step {move!r}")
    return done
