"""What has come of each respondent so far, read off the steps of the case.

Everything that was done before the newest approval of a pre-notice belongs to an earlier round: a case that went back to its
investigation is told, heard and concluded anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from kuangan.base.clock import civil_date
from kuangan.base.numerals import yuan_in_capitals
from kuangan.law.cite import Cite
from kuangan.law.local import local, local_decimal
from kuangan.law.procedure import CaseView, Done, Party
from kuangan.law.time.calendar import workdays as calendar
from kuangan.law.time.dated import Dated, Value
from kuangan.law.time.span import days, deadline, workdays

PENALTY_LAW = "administrative_penalty_law"
MEASURES = "work_safety_penalty_measures_2025"

TO_ANSWER = Dated(Value(date(2021, 7, 15), workdays(5), Cite(PENALTY_LAW, "64")))
"""Working days after service of the pre-notice to state, defend and ask for a hearing."""
NOTICE_OF_HEARING = Dated(Value(date(2021, 7, 15), workdays(7), Cite(PENALTY_LAW, "64")))
"""Working days that lie between the notice of a hearing and the hearing."""
TO_HEAR = Dated(Value(date(2026, 2, 1), days(15), Cite(MEASURES, "57")))
"""Days after the request within which the hearing is held."""
TO_PAY = Dated(Value(date(2021, 7, 15), days(15), Cite(PENALTY_LAW, "67")))
"""Days after receipt of the decision to pay the fine."""

REPORT_FROM = Dated(
    Value(date(2026, 2, 1), {"county": Decimal(100_000), "city": Decimal(200_000)}, Cite(MEASURES, "83")),
)
"""Fines that a county reports to the city, and the city to the province (第八十二条、第八十三条)."""

NOTHING = Decimal(0)
DECISIONS = ("decide", "decide_no_penalty")
LONGER, LONGEST = 120, 180
"""Days of the term when the head, and then the level above, has made it longer (安全生产违法行为行政处罚办法第五十三条)."""
HEAVY = {
    "stop": "责令停产停业整顿",
    "restrict": "限制从业",
    "revoke": "吊销有关许可证件、撤销有关资格证书",
    "confiscate": "没收较大数额违法所得、较大价值非法财物",
}
"""Penalties, other than fines, that give a right to a hearing (行政处罚法第六十三条, 安全生产违法行为行政处罚办法第五十五条)."""


@dataclass(frozen=True)
class Penalty:
    """What a respondent is to suffer: a warning, a fine, one of :data:`HEAVY`, each or all."""

    warning: bool
    fine: Decimal
    other: str

    @property
    def text(self) -> str:
        """As the papers say it: 警告，罚款20000元（贰万元整）."""
        parts = ["警告"] if self.warning else []
        if self.fine:
            parts.append(f"罚款{yuan_text(self.fine)}")
        if self.other:
            parts.append(HEAVY[self.other])
        return "，".join(parts)

    @property
    def empty(self) -> bool:
        return not (self.warning or self.fine or self.other)


def penalty_of(inputs: Any) -> Penalty:
    """The penalty that a form's fields name."""
    other = str(inputs.get("other") or "")
    return Penalty(bool(inputs.get("warning")), amount(inputs.get("fine")), "" if other == "none" else other)


def amount(value: Any) -> Decimal:
    """An amount of a form; nothing typed is zero."""
    return Decimal(str(value)) if value not in (None, "") else NOTHING


def yuan_text(value: Decimal) -> str:
    """120000元（壹拾贰万元整）; fen only where there are any."""
    whole = value == value.to_integral_value()
    return f"{value.quantize(Decimal(1) if whole else Decimal('0.01'))}元（{yuan_in_capitals(value)}）"


def this_round(case: CaseView) -> Iterator[Done]:
    """The steps since the pre-notices were approved last; before that, since the investigation began."""
    begun = case.last("approve_report", "file")
    steps = case.done
    if begun is not None:
        steps = steps[next(index for index, done in enumerate(steps) if done is begun) :]
    yield from steps


def last_of(case: CaseView, party: int, *moves: str) -> Done | None:
    """The newest of these steps for a respondent in this round."""
    made = [done for done in this_round(case) if done.party == party and done.move in moves]
    return made[-1] if made else None


def proposed(case: CaseView, party: int) -> Done | None:
    """The newest proposal about a respondent, whenever it was made."""
    return case.last("propose_penalty", party=party)


def penalty_proposed(case: CaseView, party: int) -> Penalty:
    """The penalty that was proposed, and told in the pre-notice."""
    made = proposed(case, party)
    if made is None:
        raise LookupError(f"case {case.number}: nothing is proposed about the respondent {party!r}")
    return penalty_of(made.inputs)


def may_ask_for_hearing(case: CaseView, party: int, on: date) -> bool:
    """Whether the penalty proposed gives a right to a hearing (行政处罚法第六十三条)."""
    penalty = penalty_proposed(case, party)
    line = local_decimal(f"penalty.hearing_from.{case.party(party).kind}", on)
    return bool(penalty.other) or penalty.fine >= line


def answer_until(case: CaseView, party: int) -> datetime | None:
    """The first moment that is too late to state, to defend or to ask for a hearing; None before service."""
    served = last_of(case, party, "serve_pre_notice")
    if served is None:
        return None
    served_at = served.inputs["served_at"]
    assert isinstance(served_at, datetime)
    return deadline(TO_ANSWER.on(civil_date(served_at)).value, served_at, calendar())


def asked_for_hearing(case: CaseView, party: int) -> Done | None:
    """The request for a hearing that stands."""
    newest = last_of(case, party, "request_hearing", "record_request", "withdraw_hearing", "record_withdrawal")
    return newest if newest is not None and newest.move in ("request_hearing", "record_request") else None


def asked_on(case: CaseView, party: int) -> datetime:
    """The moment from which the fifteen days of a hearing count."""
    made = asked_for_hearing(case, party)
    if made is None:
        raise LookupError(f"case {case.number}: {party!r} has asked for no hearing")
    stated = made.inputs.get("made_at")
    return stated if isinstance(stated, datetime) else made.at


def invitation(case: CaseView, party: int) -> Done | None:
    """The newest setting of time and place of the hearing."""
    return last_of(case, party, "convene_hearing", "postpone_hearing")


def heard(case: CaseView, party: int) -> Done | None:
    """The report of the hearing."""
    return last_of(case, party, "report_hearing")


def answers(case: CaseView, party: int) -> list[Done]:
    """What he stated, or that he waived it, in this round."""
    return [done for done in this_round(case) if done.party == party and done.move in ("respond", "record_response")]


def waived(case: CaseView, party: int) -> bool:
    """Whether he said expressly that he neither defends himself nor asks for a hearing."""
    newest = last_of(case, party, "respond", "record_response")
    return newest is not None and newest.inputs["kind"] == "waive"


def earliest_hearing(told_at: datetime) -> datetime:
    """The first moment at which a hearing may be held of which notice was given at ``told_at``."""
    return deadline(NOTICE_OF_HEARING.on(civil_date(told_at)).value, told_at, calendar(), rolls=False)


def latest_hearing(asked_at: datetime) -> datetime:
    """The first moment that is too late for a hearing that was asked for at ``asked_at``."""
    return deadline(TO_HEAR.on(civil_date(asked_at)).value, asked_at, calendar(), rolls=False)


def concluded(case: CaseView, party: int) -> Done | None:
    """What the officers propose after hearing him; it is to be made again once the review or the head has sent it back."""
    made = last_of(case, party, "conclude")
    returned = case.last("refuse_legal_review", "return_conclusion")
    return made if made is not None and (returned is None or made.at >= returned.at) else None


def penalty_concluded(case: CaseView, party: int) -> Penalty:
    """The penalty that is put before the head."""
    made = concluded(case, party)
    if made is None:
        raise LookupError(f"case {case.number}: nothing is concluded about the respondent {party!r}")
    return penalty_of(made.inputs)


def decided(case: CaseView, party: int) -> Done | None:
    """The decision about a respondent."""
    return last_of(case, party, *DECISIONS)


def served(case: CaseView, party: int) -> Done | None:
    """The service of the decision about a respondent."""
    return last_of(case, party, "serve_decision", "serve_no_penalty")


def fine_of(case: CaseView, party: int) -> Decimal:
    """The fine decided; zero without one."""
    made = decided(case, party)
    return penalty_concluded(case, party).fine if made is not None and made.move == "decide" else NOTHING


def grave(case: CaseView, on: date) -> str:
    """Why the heads must discuss the case together (安全生产违法行为行政处罚办法第五十条); empty if they need not."""
    reported = case.last("report")
    reasons = [label for name, label in GRAVE if reported is not None and reported.inputs.get(name)]
    if any(proposed(case, party.id) and may_ask_for_hearing(case, party.id, on) for party in case.parties):
        reasons.append("符合听证条件")
    approved = case.last("approve_report")
    if approved is not None and approved.inputs.get("discuss"):
        reasons.append("负责人认为应当提交集体讨论")
    return "、".join(reasons)


GRAVE = (("complex", "案情疑难复杂、涉及多个法律关系"), ("public_interest", "涉及重大公共利益、重大安全问题"))
"""What the officers state of a case in their report: field and words."""


def needs_legal_review(case: CaseView, on: date) -> bool:
    """Whether the decision must be reviewed before it is made (行政处罚法第五十八条, and what the department added)."""
    reported = case.last("report")
    if reported is not None and any(reported.inputs.get(name) for name, _ in GRAVE):
        return True
    if any(heard(case, party.id) for party in case.parties):
        return True
    added = set(local("penalty.legal_review_also", on).value)
    return any(_major(case, party, on) & added for party in case.parties)


def _major(case: CaseView, party: Party, on: date) -> set[str]:
    penalty = penalty_concluded(case, party.id) if concluded(case, party.id) else penalty_proposed(case, party.id)
    large = penalty.fine >= local_decimal(f"penalty.hearing_from.{party.kind}", on)
    return ({"large_fine"} if large else set()) | ({penalty.other} if penalty.other else set())


def of_the_city(case: CaseView) -> bool:
    """Whether the city's own bureau handles the case."""
    return case.names["office"] == case.names.get("city")


def is_unit(case: CaseView, party: int) -> bool:
    """Whether the respondent is a unit: decisions about units are made public (安全生产法第七十八条)."""
    return case.party(party).kind == "unit"


def must_report_upward(case: CaseView, party: int = 0) -> bool:
    """Whether the decisions go to the level above for its files (安全生产违法行为行政处罚办法第八十二、八十三条)."""
    level = "city" if of_the_city(case) else "county"
    line = REPORT_FROM.on(civil_date(case.at)).value[level]
    fined = [fine_of(case, party.id) >= line for party in case.parties]
    return any(fined) or any(_heavy_decided(case, party.id) for party in case.parties)


def _heavy_decided(case: CaseView, party: int) -> bool:
    made = decided(case, party)
    return made is not None and made.move == "decide" and bool(penalty_concluded(case, party).other)
