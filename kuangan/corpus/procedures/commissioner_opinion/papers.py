"""The opinion as a paper, and as an entry of the ledger of opinions."""

from datetime import date
from typing import Any

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.procedures.commissioner_opinion.opening import DEMANDS, STOP
from kuangan.law.procedure import Attempt, CaseView

PAPER = "commissioner_opinion"


def opinion(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """Fields as in ``commissioner_opinion.typ``."""
    facts = case.facts
    due_on = date_text(date.fromisoformat(facts["due_on"]))
    return {
        "unit": case.names["unit"],
        "problems": [_paper_item(problem, due_on) for problem in facts["problems"]],
        "demand": dict(DEMANDS)[facts["demand"]],
        "withdraw": facts["demand"] == STOP,
        "scope": facts.get("scope") or "",
        "due_on": due_on,
        "commissioner": attempt.person,
    }


def _paper_item(problem: dict[str, Any], due_on: str) -> dict[str, str]:
    own = problem.get("due_on")
    return {
        "item": str(problem["item"]),
        "place": str(problem.get("place") or ""),
        "clause": str(problem.get("clause") or ""),
        "due_on": date_text(date.fromisoformat(str(own))) if own else due_on,
    }


def entry(case: CaseView) -> dict[str, Any]:
    """What the ledger keeps of it: its number is the paper's, each problem opens a case."""
    issued = case.last("issue", "order_withdrawal")
    if issued is None:
        raise LookupError(f"case {case.number} has no issued opinion")
    return {
        "issued_on": civil_date(issued.at).isoformat(),
        "number": case.papers[PAPER].number,
        "commissioner": issued.person,
        "problems": case.facts["problems"],
        "demand": case.facts["demand"],
        "due_on": case.facts["due_on"],
    }


def stop_fact(case: CaseView) -> dict[str, Any]:
    """What an officer has established on site, which the ledger of what calls for a stop keeps."""
    referred = case.last("refer")
    if referred is None:
        raise LookupError(f"case {case.number} was not referred")
    return {
        "found_on": civil_date(referred.at).isoformat(),
        "item": referred.inputs["item"],
        "place": case.facts["scope"],
        "source": "inspection",
        "facts": f"{referred.inputs['facts']}（{case.papers[PAPER].number}）",
        "found_by": [{"name": referred.person}],
    }
