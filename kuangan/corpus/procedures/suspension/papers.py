"""How the papers of ordering and extending a stop follow from its case. Field names as in the front matter of the templates beside it."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text, deadline_text, moment_text
from kuangan.corpus.procedures.suspension import hazards
from kuangan.law.instrument import cite_text
from kuangan.law.local import local
from kuangan.law.procedure import Attempt, CaseView, Done

METHODS = {"direct": "直接送达", "left": "留置送达", "electronic": "电子送达"}
WHOLE_MINE = "全矿井"
MADE_OUTSIDE = ("propose", "order", "serve")
"""Steps that a stop taken in has not in its record."""
NATURE = (
    "本决定是依法采取的现场处理措施（责令暂时停产），不是行政处罚；"
    "依法应当给予行政处罚的，另行立案，告知陈述、申辩和要求听证的权利后作出。"
)


def onsite_decision(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """The order, on the paper that carries it (track: see the local value ``suspension.track``)."""
    proposed = proposal(case, attempt)
    length = int(proposed["days"])
    return {
        **_decision_common(case, attempt, proposed, length),
        "facts": f"{hazards.found_text(proposed)}{case.facts['reason']}。",
        "measure": f"责令你矿停产整顿{length}天。停产整顿期间只准进行整改所必需的作业。",
        "evidence": [
            *hazards.evidence(proposed),
            *_evidence(case.facts["overlimits"]),
            *case.facts.get("evidence_lines", ()),
        ],
        "starts": _starts(civil_date(attempt.at)),
        "earliest_resumption": f"停产整顿期满（第{length}日24时）之后",
        "officers": officers(case, attempt, "propose", "countersign"),
        "signer": "" if proposed is attempt.inputs else attempt.person,
    }


def suspension_extension(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """A longer stop: a decision of its own, by those who propose and countersign it."""
    proposed = extension_proposal(case, attempt)
    more = int(proposed["more_days"])
    joined = _joined(case)
    facts = "".join(
        f"{overlimit['started_at_text']}{overlimit['place']}瓦斯浓度最高{overlimit['peak']}%；" for overlimit in joined
    )
    return {
        **_decision_common(case, attempt, proposal(case, attempt), more),
        "cause": cause(case),
        "facts": f"{hazards.found_text(proposed)}{facts}{str(proposed['reason']).rstrip('。')}。",
        "evidence": [*hazards.evidence(proposed), *_evidence(joined)]
        or [f"停产整顿期间检查情况：{proposed['reason']}"],
        "basis": basis(case, proposed, civil_date(attempt.at)),
        "measure": f"责令你矿延长停产整顿{more}天，连同原决定共计{int(case.facts['ordered_days']) + more}天。"
        "延长期间的要求与原决定相同，原决定所列整改事项继续执行。",
        "starts": "自原停产整顿期限届满的次日起；本决定书在原期限届满后送达的，自送达之日的次日起",
        "earliest_resumption": extended_until(case, more),
        "original_number": order_number(case),
        "original_served_on": date_text(_served_on(case)),
        "total_days": str(int(case.facts["ordered_days"]) + more),
        "officers": officers(case, attempt, "propose_extension", "countersign_extension"),
        "signer": "" if proposed is attempt.inputs else attempt.person,
    }


def extended_until(case: CaseView, more: int) -> str:
    """The end of the longer stop: the old end and the days added, as its clock counts them."""
    end = case.clocks["floor"].due_at
    if end <= case.at:
        return f"本决定书送达之日的次日起第{more}日24时之后"
    new = deadline_text(end + timedelta(days=more))
    return f"{new}之后（本决定书在原期限届满后送达的，为送达之日的次日起第{more}日24时之后）"


def legal_review_opinion(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """The reviewer's opinion before the decision (行政处罚法第五十八条)."""
    proposed = proposal(case, attempt)
    text = f"责令停产整顿{proposed['days']}天，停产范围：{scope_text(proposed)}"
    made = officers(case, attempt, "propose", "countersign")
    return _review(case, attempt, proposed, str(case.facts["reason"]), text, made)


def extension_review_opinion(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    proposed = extension_proposal(case, attempt)
    text = f"延长停产整顿{proposed['more_days']}天"
    made = officers(case, attempt, "propose_extension", "countersign_extension")
    return _review(case, attempt, proposed, str(proposed["reason"]), text, made)


def suspension_notice(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """The public notice of the stop (煤矿安全生产条例第四十九条): of what was ordered, whatever joined the case since."""
    return {
        "mine": case.names["mine"],
        **(_ordered_here(case) if "onsite_decision" in case.papers else _ordered_outside(case)),
        "starts": f"自{date_text(civil_date(case.clocks['floor'].started_at) + timedelta(days=1))}起",
        "earliest_resumption": f"{deadline_text(case.clocks['floor'].due_at)}之后",
        "phone": str(case.facts["supervisor_phone"]),
    }


def _ordered_here(case: CaseView) -> dict[str, Any]:
    order, ordered = case.papers["onsite_decision"], must(case, "order")
    return {
        "decision_number": order.number,
        "decided_on": date_text(civil_date(ordered.at)),
        "reason": str(order.fields["facts"]).rstrip("。"),
        "basis": list(order.fields["basis"]),
        "measure": f"责令停产整顿{order.fields['days']}天，停产范围：{order.fields['scope']}",
    }


def _ordered_outside(case: CaseView) -> dict[str, Any]:
    """As the scanned decision has it, by the step that took the stop in."""
    inputs = must(case, "order").inputs
    return {
        "decision_number": order_number(case),
        "decided_on": date_text(inputs["ordered_on"]),
        "reason": str(inputs["reason"]).rstrip("。"),
        "basis": list(case.facts["basis"]),
        "measure": f"责令停产整顿{inputs['days']}天，停产范围：{scope_text(inputs)}",
    }


def service_receipt(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """Proof of service of the order."""
    return _receipt(case, attempt, "现场处理决定书", order_number(case))


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
        "officers": [{"name": attempt.person, "certificate": attempt.certificate}],
    }


def _decision_common(case: CaseView, attempt: Attempt, proposed: Mapping[str, Any], length: int) -> dict[str, Any]:
    day = civil_date(attempt.at)
    return {
        "mine": case.names["mine"],
        "mine_code": str(case.facts["mine_code"]),
        "basis": basis(case, proposed, day),
        "nature": NATURE,
        "days": str(length),
        "scope": scope_text(proposed),
        "items": items(str(proposed["requirements"])),
        "review_organ": str(local("remedy.review_organ", day).value),
        "review_span": str(local("remedy.review_span_text", day).value),
        "court": str(local("remedy.court", day).value),
        "lawsuit_span": str(local("remedy.lawsuit_span_text", day).value),
    }


def _review(
    case: CaseView,
    attempt: Attempt,
    proposed: Mapping[str, Any],
    reason: str,
    text: str,
    made: list[dict[str, str]],
) -> dict[str, Any]:
    return {
        "cause": f"{case.names['mine']}{cause(case)}案",
        "party": case.names["mine"],
        "kind": "重大执法决定（现场处理措施）",
        "summary": f"{hazards.found_text(proposed)}{reason}",
        "basis": basis(case, proposed, civil_date(attempt.at)),
        "proposal": text,
        "opinion": "同意",
        "opinion_text": str(attempt.inputs["opinion"]),
        "submitted_by": "、".join(officer["name"] for officer in made),
        "reviewer": attempt.person,
        "reviewed_at": moment_text(attempt.at),
    }


def basis(case: CaseView, proposed: Mapping[str, Any], on: date) -> list[str]:
    """What a decision rests on: the power and the item where one was named on site, then what its findings cite."""
    powers = [cite_text(cite) for cite in hazards.powers(proposed, on)]
    return list(dict.fromkeys([*powers, *case.facts["basis"]]))


def cause(case: CaseView) -> str:
    """For what the mine was stopped, in a few words."""
    return str(
        case.facts.get("cause") or ("一周内多次瓦斯超限" if case.facts["overlimits"] else "依法应当停产整顿的情形")
    )


def scope_text(proposed: Mapping[str, Any]) -> str:
    """The scope in words; a text of an earlier release stands as it is."""
    if proposed["scope"] == "mine":
        return WHOLE_MINE
    faces = "、".join(str(stopped["face"]) for stopped in proposed.get("faces") or ())
    return faces or str(proposed["scope"])


def _evidence(overlimits: Iterable[Mapping[str, Any]]) -> list[str]:
    """How each over-limit is shown."""
    return [
        f"{_verified(overlimit)}；安全监控系统监测数据：{overlimit['started_at_text']}，{overlimit['place']}，最高{overlimit['peak']}%（{overlimit['number']}）"
        for overlimit in overlimits
    ]


def _verified(overlimit: Mapping[str, Any]) -> str:
    if overlimit.get("presumed"):
        return "逾期未核实，按推定真实处理（可以提出反证）"
    return "执法人员核实、第二名执法人员复核确认记录"


def _joined(case: CaseView) -> list[Mapping[str, Any]]:
    """The over-limits that joined after the order was signed: those it does not name."""
    order = case.papers.get("onsite_decision")
    named = " ".join(order.fields["evidence"]) if order else ""
    return [overlimit for overlimit in case.facts["overlimits"] if overlimit["number"] not in named]


def _starts(on: date) -> str:
    if local("suspension.floor_from", on).value == "entry":
        return "自本决定书送达之日的次日起（送达回证在送达次日以后登记的，自登记之日的次日起）"
    return "自本决定书送达之日的次日起"


def officers(case: CaseView, attempt: Attempt, *steps: str) -> list[dict[str, str]]:
    """Who proposed and countersigned; while proposing, the one at work. Cases of an earlier release: those of the order."""
    done = [made for step in steps if (made := case.last(step))]
    certificates = {made.person: made.certificate for made in done} or {attempt.person: attempt.certificate}
    return [{"name": name, "certificate": certificate} for name, certificate in certificates.items()]


def items(requirements: str) -> list[dict[str, str]]:
    """What has to be put right, a line each."""
    lines = [line.strip(" ；;。") for line in requirements.splitlines() if line.strip(" ；;。")]
    return [{"item": line, "due": "停产整顿期满前"} for line in lines]


def proposal(case: CaseView, attempt: Attempt) -> Mapping[str, Any]:
    """The proposal in force: the one being made, or the newest that was made."""
    return attempt.inputs if "requirements" in attempt.inputs else must(case, "propose").inputs


def extension_proposal(case: CaseView, attempt: Attempt) -> Mapping[str, Any]:
    return attempt.inputs if "more_days" in attempt.inputs else must(case, "propose_extension").inputs


def order_number(case: CaseView) -> str:
    order = case.papers.get("onsite_decision")
    return order.number if order else str(case.facts["order_number"])


def _served_on(case: CaseView) -> date:
    return civil_date(must(case, "serve").inputs["served_at"])


def must(case: CaseView, move: str) -> Done:
    """The newest of a move, or where it was made outside the step that states it. Raises ``LookupError`` naming the case."""
    done = case.last(move) or (case.last("take_in") if move in MADE_OUTSIDE else None)
    if done is None:
        raise LookupError(f"case {case.number}: the paper needs the move {move!r}, which was not made")
    return done
