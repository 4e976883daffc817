"""How the papers of a penalty case follow from it. Field names as in the front matter of the templates beside it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from kuangan.base.clock import civil_date
from kuangan.base.numerals import chinese_number, date_text, moment_text
from kuangan.corpus.procedures.administrative_penalty import course
from kuangan.law.cite import Cite
from kuangan.law.instrument import cite_text
from kuangan.law.local import local
from kuangan.law.procedure import Attempt, CaseView, Done, Party

FILING = (Cite(course.PENALTY_LAW, "54"), Cite(course.MEASURES, "35"))
SOURCES = (
    ("inspection", "监督检查"),
    ("tip", "投诉、举报"),
    ("transfer", "其他部门移送"),
    ("assigned", "上级交办"),
    ("accident", "事故调查"),
    ("monitoring", "监测监控数据"),
)
METHODS = (
    ("direct", "直接送达"),
    ("left", "留置送达"),
    ("post", "邮寄送达"),
    ("entrusted", "委托送达"),
    ("electronic", "电子送达（当事人签订确认书）"),
    ("announcement", "公告送达"),
)
ATTENDED = (
    ("present", "当事人或者代理人到场"),
    ("absent", "无正当理由未到场，视为放弃听证权利"),
    ("left", "未经许可中途退场，视为放弃听证权利"),
)


def case_filing_decision(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    filing = must(case, "propose_filing")
    return {
        "cause": str(case.facts["cause"]),
        "source": dict(SOURCES)[str(case.facts["source"])],
        "found_on": _day_text(case.facts["found_on"]),
        "parties": [
            {"name": party.name, "role": party.post or _kind(party), "address": party.address} for party in case.parties
        ],
        "summary": str(case.facts["summary"]),
        "check": str(filing.inputs["check"]),
        "basis": [cite_text(cite) for cite in FILING],
        "officers": officers(case),
        "opinion": opinion_of(attempt, f"同意立案，由{names_of(case)}负责调查处理。"),
        "approver": attempt.person,
    }


def case_disposal_report(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """The report at the end of the investigation, with what each respondent is to suffer."""
    report = report_of(case, attempt)
    day = civil_date(attempt.at)
    return {
        "case_number": case.number,
        "cause": str(case.facts["cause"]),
        "facts": str(report["facts"]),
        "evidence": lines_of(report["evidence"]),
        "correction": str(report["correction"]),
        "proposals": [_proposal_row(case, party, day) for party in case.parties],
        "reasons": "；".join(
            f"{party.name}：{made.inputs['reasons']}"
            for party in case.parties
            if (made := course.proposed(case, party.id))
        ),
        "grave": course.grave(case, day) or "一般案件",
        "proposed_by": names_of(case),
        "opinion": opinion_of(attempt, "同意，依法告知当事人。"),
        "approver": attempt.person,
    }


def penalty_pre_notice(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """What is told before anything is decided (行政处罚法第四十四条)."""
    party = case.party(attempt.party)
    report, proposal = report_of(case, attempt), proposal_of(case, party)
    day = civil_date(attempt.at)
    days = course.TO_ANSWER.on(day).value.count
    return {
        "party": party.name,
        "party_note": party.post if party.kind == "person" else f"地址：{party.address}",
        "facts": str(report["facts"]),
        "evidence": lines_of(report["evidence"]),
        "violated": str(proposal.inputs["violated"]),
        "basis": str(proposal.inputs["basis"]),
        "reasons": str(proposal.inputs["reasons"]),
        "penalty": course.penalty_proposed(case, party.id).text,
        "hearing": course.may_ask_for_hearing(case, party.id, day),
        "within": f"{chinese_number(days)}个工作日",
        "contact": names_of(case),
        "address": str(local("penalty.address", day).value),
        "phone": str(case.facts["phone"]),
        "signer": attempt.person,
    }


def hearing_notice(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """Time, place and people of the hearing."""
    party = case.party(attempt.party)
    people = attempt.inputs if "host" in attempt.inputs else must_of(case, party.id, "convene_hearing").inputs
    return {
        "party": party.name,
        "cause": str(case.facts["cause"]),
        "requested_on": date_text(civil_date(course.asked_on(case, party.id))),
        "held_at": moment_text(attempt.inputs["held_at"]),
        "place": str(attempt.inputs["place"]),
        "open": "不公开举行（涉及国家秘密、商业秘密或者个人隐私）" if people.get("closed") else "公开举行",
        "host": str(people["host"]),
        "assessors": str(people.get("assessors") or ""),
        "clerk": str(people["clerk"]),
        "investigators": names_of(case),
        "phone": str(case.facts["phone"]),
    }


def hearing_report(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    party = case.party(attempt.party)
    invited = course.invitation(case, party.id)
    people = must_of(case, party.id, "convene_hearing").inputs
    assert invited is not None
    return {
        "cause": str(case.facts["cause"]),
        "party": party.name,
        "notice_number": case.papers_of["hearing_notice", party.id].number,
        "held_at": moment_text(invited.inputs["held_at"]),
        "place": str(invited.inputs["place"]),
        "attended": dict(ATTENDED)[str(attempt.inputs["attended"])],
        "host": str(people["host"]),
        "clerk": str(people["clerk"]),
        "investigators": names_of(case),
        "arguments": str(attempt.inputs["arguments"]),
        "replies": str(attempt.inputs["replies"]),
        "opinion": str(attempt.inputs["opinion"]),
    }


def receipt_of(template: str, title: str) -> Any:
    """The proof that the newest paper of a template was served on the respondent."""

    def receipt(case: CaseView, attempt: Attempt) -> dict[str, Any]:
        party, inputs = case.party(attempt.party), attempt.inputs
        number = case.papers_of[template, party.id].number
        return {
            "mine": party.name,
            "documents": [{"title": title, "number": number, "copies": "1"}],
            "method": dict(METHODS)[str(inputs["method"])],
            "place": str(inputs["place"]),
            "served_at": moment_text(inputs["served_at"]),
            "receiver": str(inputs["receiver"]),
            "receiver_post": str(inputs["receiver_post"]),
            "refused": inputs["method"] == "left",
            "witnesses": str(inputs.get("witnesses") or ""),
            "officers": officers(case),
        }

    return receipt


def officers(case: CaseView) -> list[dict[str, str]]:
    """The two officers who handle the case, with their certificates."""
    made = [done for done in (case.last("propose_filing"), case.last("join_filing")) if done]
    return [{"name": done.person, "certificate": done.certificate} for done in made]


def names_of(case: CaseView) -> str:
    return "、".join(officer["name"] for officer in officers(case))


def _proposal_row(case: CaseView, party: Party, day: date) -> dict[str, str]:
    made = proposal_of(case, party)
    return {
        "party": party.name,
        "violated": str(made.inputs["violated"]),
        "basis": str(made.inputs["basis"]),
        "penalty": course.penalty_of(made.inputs).text,
        "hearing": "有权要求" if course.may_ask_for_hearing(case, party.id, day) else "不适用",
    }


def report_of(case: CaseView, attempt: Attempt) -> Mapping[str, Any]:
    """The report in force: the one being made, or the newest."""
    return attempt.inputs if "evidence" in attempt.inputs else must(case, "report").inputs


def proposal_of(case: CaseView, party: Party) -> Done:
    """The proposal about a respondent. Raises ``LookupError``."""
    made = course.proposed(case, party.id)
    if made is None:
        raise LookupError(f"case {case.number}: the paper needs a proposal about {party.name}")
    return made


def party_names(case: CaseView) -> str:
    """All respondents in one line."""
    return "、".join(party.name for party in case.parties)


def _kind(party: Party) -> str:
    return "个人" if party.kind == "person" else "单位"


def lines_of(text: str) -> list[str]:
    """One item a line, without the marks at its ends."""
    return [line.strip(" ；;。") for line in str(text).splitlines() if line.strip(" ；;。")]


def opinion_of(attempt: Attempt, standing: str) -> str:
    """What the head wrote, or the words that go without saying."""
    return str(attempt.inputs.get("opinion") or standing)


def _day_text(value: date | str) -> str:
    return date_text(date.fromisoformat(value) if isinstance(value, str) else value)


def must(case: CaseView, move: str) -> Done:
    """The newest of a step that a paper needs. Raises ``LookupError``."""
    done = case.last(move)
    if done is None:
        raise LookupError(f"case {case.number}: the paper needs the move {move!r}, which was not made")
    return done


def must_of(case: CaseView, party: int, *moves: str) -> Done:
    """As :func:`must`, of a respondent."""
    done = course.last_of(case, party, *moves)
    if done is None:
        raise LookupError(f"case {case.number}: the paper needs one of {moves!r} about the respondent {party!r}")
    return done
