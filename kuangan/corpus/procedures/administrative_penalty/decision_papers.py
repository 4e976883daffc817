"""The papers from the legal review to the closing of the case."""

from typing import Any

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text, moment_text
from kuangan.corpus.procedures.administrative_penalty import course, owed, papers
from kuangan.law.cite import Cite
from kuangan.law.instrument import cite_text
from kuangan.law.local import local
from kuangan.law.procedure import Attempt, CaseView, Party

ADOPTED = (
    ("none", "当事人未提出意见"),
    ("full", "当事人提出的事实、理由和证据成立，予以采纳"),
    ("part", "当事人提出的意见部分成立，部分予以采纳"),
    ("refused", "当事人提出的意见不成立，不予采纳"),
)
NO_PENALTY = {
    "minor": ("违法行为轻微并及时改正，没有造成危害后果", "33.1"),
    "first": ("初次违法且危害后果轻微并及时改正", "33.1"),
    "no_fault": ("有证据足以证明没有主观过错", "33.2"),
    "not_proved": ("违法事实不能成立", "57.1.3"),
}
"""Why nobody is punished, and where the law says so."""
GROUNDS = tuple((key, label) for key, (label, _) in NO_PENALTY.items())


def legal_review_opinion(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """The reviewer's opinion before the decision (行政处罚法第五十八条)."""
    return {
        "cause": str(case.facts["cause"]),
        "party": papers.party_names(case),
        "kind": "重大执法决定",
        "summary": str(papers.report_of(case, attempt)["facts"]),
        "basis": [str(papers.proposal_of(case, party).inputs["basis"]) for party in case.parties],
        "proposal": "；".join(_conclusions(case)),
        "opinion": "同意",
        "opinion_text": str(attempt.inputs["opinion"]),
        "submitted_by": papers.names_of(case),
        "reviewer": attempt.person,
        "reviewed_at": moment_text(attempt.at),
    }


def collective_discussion(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """The record of the heads' discussion."""
    inputs = attempt.inputs
    return {
        "cause": str(case.facts["cause"]),
        "parties": papers.party_names(case),
        "held_at": moment_text(inputs["held_at"]),
        "place": str(inputs["place"]),
        "chair": attempt.person,
        "participants": str(inputs["participants"]),
        "why": course.grave(case, civil_date(attempt.at)) or "负责人认为应当提交集体讨论",
        "summary": str(papers.report_of(case, attempt)["facts"]),
        "proposals": _conclusions(case),
        "opinions": str(inputs["opinions"]),
        "conclusion": str(inputs["conclusion"]),
    }


def penalty_decision(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """The decision about one respondent (行政处罚法第五十九条)."""
    party = case.party(attempt.party)
    penalty = course.penalty_concluded(case, party.id)
    day = civil_date(attempt.at)
    report, proposal = papers.report_of(case, attempt), papers.proposal_of(case, party)
    return {
        "party": party.name,
        "is_person": party.kind == "person",
        "post": party.post,
        "address": party.address,
        "facts": str(report["facts"]),
        "evidence": papers.lines_of(report["evidence"]),
        "notified": _told_text(case, party),
        "heard": _heard_text(case, party),
        "violated": str(proposal.inputs["violated"]),
        "basis": str(proposal.inputs["basis"]),
        "reasons": f"{str(papers.must_of(case, party.id, 'conclude').inputs['reasons']).rstrip('。')}。",
        "penalty": penalty.text,
        "correction": str(report["correction"]),
        "fined": bool(penalty.fine),
        "payee": str(local("penalty.payee", day).value),
        **_remedies(case, attempt),
        "officers": papers.officers(case),
        "signer": attempt.person,
    }


def no_penalty_decision(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """The decision not to punish one respondent (行政处罚法第三十三条、第五十七条)."""
    party = case.party(attempt.party)
    ground, article = NO_PENALTY[str(attempt.inputs["ground"])]
    return {
        "party": party.name,
        "address": party.address,
        "facts": str(papers.report_of(case, attempt)["facts"]),
        "ground": ground,
        "basis": cite_text(Cite(course.PENALTY_LAW, article)),
        "reasons": f"{str(attempt.inputs['reasons']).rstrip('。')}。",
        "education": str(attempt.inputs["education"]),
        **_remedies(case, attempt),
        "officers": papers.officers(case),
    }


def fine_deferral(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """Time to pay, whole or in two parts."""
    party = case.party(attempt.party)
    asked = papers.must_of(case, party.id, "ask_deferral", "record_deferral_request")
    fine, inputs = course.fine_of(case, party.id), attempt.inputs
    left = fine - owed.paid(case, party.id)
    second = inputs.get("second_due")
    first = course.amount(inputs.get("first_amount")) if second else left
    instalments = [{"due": date_text(inputs["first_due"]), "amount": course.yuan_text(first)}]
    if second:
        instalments.append({"due": date_text(second), "amount": course.yuan_text(left - first)})
    return {
        "party": party.name,
        "decision_number": case.papers_of["penalty_decision", party.id].number,
        "fine": course.yuan_text(fine),
        "applied_on": date_text(civil_date(asked.at)),
        "ground": str(asked.inputs["reason"]),
        "unpaid": course.yuan_text(left),
        "terms": instalments,
        "payee": str(local("penalty.payee", civil_date(attempt.at)).value),
    }


def case_closing_report(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """What the head approves at the end (安全生产违法行为行政处罚办法第五十四条)."""
    filed = papers.must(case, "file")
    decided = [made for party in case.parties if (made := course.decided(case, party.id))]
    hearings = [
        f"{date_text(civil_date(invited.inputs['held_at']))}就{party.name}举行听证"
        for party in case.parties
        if course.heard(case, party.id) and (invited := course.invitation(case, party.id))
    ]
    proposal = attempt.inputs if "reason" in attempt.inputs else papers.must(case, "propose_closing").inputs
    return {
        "case_number": case.number,
        "cause": str(case.facts["cause"]),
        "filed_on": date_text(civil_date(filed.at)),
        "decided_on": date_text(max(civil_date(made.at) for made in decided)),
        "facts": str(papers.report_of(case, attempt)["facts"]),
        "course": "；".join([f"{papers.names_of(case)}调查取证", *hearings]) + "。",
        "parties": [_closing_row(case, party) for party in case.parties],
        "reason": str(proposal["reason"]),
        "officers": papers.names_of(case),
        "opinion": papers.opinion_of(attempt, "同意结案。"),
        "approver": attempt.person,
    }


def _closing_row(case: CaseView, party: Party) -> dict[str, str]:
    punished = papers.must_of(case, party.id, *course.DECISIONS).move == "decide"
    return {
        "party": party.name,
        "decision": course.penalty_concluded(case, party.id).text if punished else "不予行政处罚",
        "number": case.papers_of["penalty_decision" if punished else "no_penalty_decision", party.id].number,
        "execution": owed.execution(case, party.id),
    }


def _conclusions(case: CaseView) -> list[str]:
    """What is put before the head, of each respondent."""
    return [
        f"{party.name}：{course.penalty_concluded(case, party.id).text or '不予行政处罚'}" for party in case.parties
    ]


def _told_text(case: CaseView, party: Party) -> str:
    served_on = civil_date(papers.must_of(case, party.id, "serve_pre_notice").inputs["served_at"])
    number = case.papers_of["penalty_pre_notice", party.id].number
    return f"本机关于{date_text(served_on)}向当事人送达行政处罚告知书（{number}）"


def _heard_text(case: CaseView, party: Party) -> str:
    """What the respondent said to it, and what became of that (行政处罚法第四十五条)."""
    said: list[str] = []
    invited = course.invitation(case, party.id)
    if course.heard(case, party.id) and invited:
        said.append(f"当事人要求听证，本机关于{date_text(civil_date(invited.inputs['held_at']))}举行听证")
    answers = course.answers(case, party.id)
    if any(done.inputs["kind"] == "defend" for done in answers):
        said.append("当事人进行了陈述、申辩")
    elif answers:
        said.append("当事人明确放弃陈述、申辩和要求听证的权利")
    if not said:
        return "当事人在规定期限内未进行陈述、申辩，未要求听证。"
    review = papers.must_of(case, party.id, "conclude").inputs
    result = f"经复核，{dict(ADOPTED)[str(review['adopted'])]}" if review["adopted"] != "none" else ""
    return "，".join([*said, *([result] if result else [])]) + "。"


def _remedies(case: CaseView, attempt: Attempt) -> dict[str, str]:
    day = civil_date(attempt.at)
    return {
        "review_organ": case.names.get("government") or str(local("remedy.review_organ", day).value),
        "review_span": str(local("remedy.review_span_text", day).value),
        "court": str(local("remedy.court", day).value),
        "lawsuit_span": str(local("remedy.lawsuit_span_text", day).value),
    }
