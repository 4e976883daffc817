"""How the papers of resuming production follow from a suspension's case."""

from datetime import date
from typing import Any

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text, moment_text
from kuangan.corpus.procedures.suspension.papers import cause, items, must, order_number
from kuangan.law.procedure import Attempt, CaseView

PASSED = "合格"


def mine_acceptance(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    return {
        **_acceptance(case, str(attempt.inputs["rectified"]), attempt.inputs["accepted_on"], attempt.person),
        "organised_by": case.names["mine"],
    }


def company_acceptance(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """The parent company's acceptance."""
    return {
        **_acceptance(case, str(attempt.inputs["opinion"]), civil_date(attempt.at), attempt.person),
        "company": case.names["company"],
    }


def resumption_acceptance(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """The department's acceptance."""
    applied = must(case, "apply")
    sheet = _acceptance(case, str(attempt.inputs["opinion"]), attempt.inputs["inspected_on"], attempt.person)
    names = str(attempt.inputs["participants"]).replace("，", "、").split("、")
    return {
        **sheet,
        "applied_on": date_text(civil_date(applied.at)),
        "members": [{"name": name, "post": "验收人员"} for name in names if name],
    }


def inspectorate_consent(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    accepted = must(case, "accept")
    return {
        "inspectorate": case.names["inspectorate"],
        "mine": case.names["mine"],
        "decision_number": order_number(case),
        "submitted_by": case.names["supervisor"],
        "acceptance": str(accepted.inputs["opinion"]),
        "opinion": "同意",
        "opinion_text": str(attempt.inputs["opinion"]),
        "reviewer": attempt.person,
    }


def government_approval(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    accepted, consented = must(case, "accept"), must(case, "consent")
    return {
        "government": case.names["government"],
        "mine": case.names["mine"],
        "decision_number": order_number(case),
        "submitted_by": case.names["supervisor"],
        "acceptance": str(accepted.inputs["opinion"]),
        "consent": str(consented.inputs["opinion"]),
        "opinion": "同意",
        "opinion_text": str(attempt.inputs.get("opinion") or "同意恢复生产"),
        "approver": attempt.person,
    }


def resumption_notice(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """The notice that lets the mine produce again."""
    steps = {name: date_text(civil_date(must(case, name).at)) for name in ("accept", "consent", "approve")}
    return {
        "mine": case.names["mine"],
        "cause": cause(case),
        "decision_number": order_number(case),
        "accepted_on": steps["accept"],
        "consented_on": steps["consent"],
        "approved_on": steps["approve"],
        "resume_from": moment_text(attempt.at),
        "requirements": [
            "恢复生产前对通风、供电、安全监控等各系统全面检查，合格后方可作业",
            *(["严格落实瓦斯超限四项措施，严防再次超限"] if case.facts["overlimits"] else []),
            "巩固整改成果，同类情形再次发生的，依法从严处理",
        ],
        "copies": [
            name for relation in ("inspectorate", "government", "company") if (name := case.names.get(relation))
        ],
    }


def _acceptance(case: CaseView, result: str, checked_on: date, signer: str) -> dict[str, Any]:
    requirements = items(str(must(case, "propose").inputs["requirements"]))
    return {
        "mine": case.names["mine"],
        "decision_number": order_number(case),
        "checked_on": date_text(checked_on),
        "items": [
            {"item": str(index), "requirement": wanted["item"], "result": result, "conclusion": PASSED}
            for index, wanted in enumerate(requirements, start=1)
        ],
        "conclusion": "整改完成，验收合格",
        "members": [{"name": signer, "post": "验收负责人"}],
        "signer": signer,
    }
