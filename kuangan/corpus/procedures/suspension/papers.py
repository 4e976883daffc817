"""How the papers of a suspension follow from its case. Field names as in the front matter of the templates beside it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text, moment_text
from kuangan.law.local import local
from kuangan.law.procedure import Attempt, CaseView, Done

METHODS = {"direct": "直接送达", "left": "留置送达", "electronic": "电子送达"}
PASSED = "合格"


def onsite_decision(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """The order, on the paper that carries it (track: see the local value ``suspension.track``)."""
    proposed = _proposal(case, attempt)
    length = int(proposed["days"])
    return {
        **_decision_common(case, attempt, length),
        "measure": f"责令你矿停产整顿{length}天。停产整顿期间只准进行整改所必需的作业。",
        "scope": str(proposed["scope"]),
        "items": _items(str(proposed["requirements"])),
    }


def suspension_extension(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """A longer stop, on the same paper."""
    more = int(attempt.inputs["more_days"])
    total = int(case.facts["ordered_days"]) + more
    proposed = _proposal(case, attempt)
    return {
        **_decision_common(case, attempt, more),
        "facts": f"{case.facts['reason']}。{attempt.inputs['reason']}",
        "measure": f"延长停产整顿{more}天，共计{total}天。",
        "scope": str(proposed["scope"]),
        "items": _items(str(proposed["requirements"])),
        "starts": "自原停产整顿期限届满的次日起；原期限已满的，自本决定书送达之日的次日起",
        "original_number": _order_number(case),
        "original_served_on": date_text(_served_on(case)),
        "total_days": str(total),
        "signer": attempt.person,
    }


def legal_review_opinion(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """The reviewer's opinion before the decision (行政处罚法第五十八条)."""
    proposed = _proposal(case, attempt)
    return {
        "cause": f"{case.names['mine']}一周内多次瓦斯超限案",
        "party": case.names["mine"],
        "kind": "重大执法决定",
        "summary": case.facts["reason"],
        "basis": list(case.facts["basis"]),
        "proposal": f"责令停产整顿{proposed['days']}天，停产范围：{proposed['scope']}",
        "opinion": "同意",
        "opinion_text": str(attempt.inputs["opinion"]),
        "submitted_by": "、".join(row["name"] for row in _officers(case)),
        "reviewer": attempt.person,
        "reviewed_at": moment_text(attempt.at),
    }


def suspension_notice(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """The public notice of the stop (煤矿安全生产条例第四十九条)."""
    ordered = _must(case, "order")
    return {
        "mine": case.names["mine"],
        "decision_number": _order_number(case),
        "decided_on": date_text(civil_date(ordered.at)),
        "reason": str(case.facts["reason"]),
        "basis": list(case.facts["basis"]),
        "measure": f"责令停产整顿{case.facts['ordered_days']}天",
        "starts": f"自{date_text(_served_on(case) + timedelta(days=1))}起",
        "earliest_resumption": _floor_text(case),
        "phone": str(case.facts["supervisor_phone"]),
    }


def service_receipt(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """Proof of service of the order."""
    return _receipt(case, attempt, "现场处理决定书", case.papers["onsite_decision"].number)


def extension_receipt(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """Proof of service of an extension."""
    return _receipt(case, attempt, "现场处理决定书（延长停产整顿）", case.papers["suspension_extension"].number)


def _receipt(case: CaseView, attempt: Attempt, title: str, number: str) -> dict[str, Any]:
    return {
        "mine": case.names["mine"],
        "documents": [{"title": title, "number": number, "copies": "1"}],
        "method": METHODS[str(attempt.inputs["method"])],
        "place": str(attempt.inputs["place"]),
        "served_at": moment_text(attempt.inputs["served_at"]),
        "receiver": str(attempt.inputs["receiver"]),
        "receiver_post": str(attempt.inputs["receiver_post"]),
        "refused": attempt.inputs["method"] == "left",
        "witnesses": str(attempt.inputs.get("witnesses") or ""),
        "officers": _officers(case),
    }


def mine_acceptance(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """The mine's own acceptance."""
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
    applied = _must(case, "apply")
    sheet = _acceptance(case, str(attempt.inputs["opinion"]), attempt.inputs["inspected_on"], attempt.person)
    names = str(attempt.inputs["participants"]).replace("，", "、").split("、")
    return {
        **sheet,
        "applied_on": date_text(civil_date(applied.at)),
        "members": [{"name": name, "post": "验收人员"} for name in names if name],
    }


def inspectorate_consent(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """The inspectorate's consent."""
    accepted = _must(case, "accept")
    return {
        "inspectorate": case.names["inspectorate"],
        "mine": case.names["mine"],
        "decision_number": _order_number(case),
        "submitted_by": case.names["supervisor"],
        "acceptance": str(accepted.inputs["opinion"]),
        "opinion": "同意",
        "opinion_text": str(attempt.inputs["opinion"]),
        "reviewer": attempt.person,
    }


def government_approval(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """The approval of the head of government."""
    accepted, consented = _must(case, "accept"), _must(case, "consent")
    return {
        "government": case.names["government"],
        "mine": case.names["mine"],
        "decision_number": _order_number(case),
        "submitted_by": case.names["supervisor"],
        "acceptance": str(accepted.inputs["opinion"]),
        "consent": str(consented.inputs["opinion"]),
        "opinion": "同意",
        "opinion_text": str(attempt.inputs.get("opinion") or "同意恢复生产"),
        "approver": attempt.person,
    }


def resumption_notice(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """The notice that lets the mine produce again."""
    steps = {name: date_text(civil_date(_must(case, name).at)) for name in ("accept", "consent", "approve")}
    return {
        "mine": case.names["mine"],
        "decision_number": _order_number(case),
        "accepted_on": steps["accept"],
        "consented_on": steps["consent"],
        "approved_on": steps["approve"],
        "resume_from": moment_text(attempt.at),
        "requirements": [
            "恢复生产前对通风、瓦斯、供电和安全监控系统全面检查，合格后方可作业",
            "严格落实瓦斯超限四项措施，严防再次超限",
        ],
        "copies": [
            name for relation in ("inspectorate", "government", "company") if (name := case.names.get(relation))
        ],
    }


def _decision_common(case: CaseView, attempt: Attempt, length: int) -> dict[str, Any]:
    day = civil_date(attempt.at)
    rows = case.facts["overlimits"]
    return {
        "mine": case.names["mine"],
        "mine_code": str(case.facts["mine_code"]),
        "facts": f"{case.facts['reason']}。",
        "evidence": [
            f"执法人员核实、第二名执法人员复核确认记录；安全监控系统监测数据：{row['started_at_text']}，{row['place']}，最高{row['peak']}%（{row['number']}）"
            for row in rows
        ]
        + list(case.facts.get("evidence_lines", [])),
        "basis": list(case.facts["basis"]),
        "days": str(length),
        "starts": "自本决定书送达之日的次日起",
        "earliest_resumption": f"停产整顿期满（第{length}日24时）之后",
        "review_organ": str(local("suspension.review_organ", day).value),
        "review_span": str(local("suspension.review_span_text", day).value),
        "court": str(local("suspension.court", day).value),
        "lawsuit_span": str(local("suspension.lawsuit_span_text", day).value),
        "officers": _officers(case, attempt),
    }


def _officers(case: CaseView, attempt: Attempt | None = None) -> list[dict[str, str]]:
    """The officers who proposed and countersigned; while proposing, the one at work."""
    done = [move for move in (case.last("propose"), case.last("countersign")) if move]
    rows = {move.person: move.certificate for move in done}
    if not rows and attempt:
        rows = {attempt.person: attempt.certificate}
    return [{"name": name, "certificate": certificate} for name, certificate in rows.items()]


def _items(requirements: str) -> list[dict[str, str]]:
    lines = [line.strip(" ；;。") for line in requirements.splitlines() if line.strip(" ；;。")]
    return [{"item": line, "due": "停产整顿期满前"} for line in lines]


def _acceptance(case: CaseView, result: str, checked_on: date, signer: str) -> dict[str, Any]:
    requirements = _items(str(_must(case, "propose").inputs["requirements"]))
    return {
        "mine": case.names["mine"],
        "decision_number": _order_number(case),
        "checked_on": date_text(checked_on),
        "items": [
            {"item": str(index), "requirement": row["item"], "result": result, "conclusion": PASSED}
            for index, row in enumerate(requirements, start=1)
        ],
        "conclusion": "整改完成，验收合格",
        "members": [{"name": signer, "post": "验收负责人"}],
        "signer": signer,
    }


def _proposal(case: CaseView, attempt: Attempt) -> Mapping[str, Any]:
    """The proposal in force: the one being made, or the newest that was made."""
    if "requirements" in attempt.inputs:
        return attempt.inputs
    return _must(case, "propose").inputs


def _order_number(case: CaseView) -> str:
    return case.papers["onsite_decision"].number


def _served_on(case: CaseView) -> date:
    served_at = _must(case, "serve").inputs["served_at"]
    assert isinstance(served_at, datetime)
    return civil_date(served_at)


def _floor_text(case: CaseView) -> str:
    return moment_text(case.clocks["floor"].due_at)


def _must(case: CaseView, move: str) -> Done:
    done = case.last(move)
    if done is None:
        raise LookupError(f"case {case.number}: the paper needs the move {move!r}, which was not made")
    return done
