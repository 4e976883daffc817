"""The extension of a stop: a decision of its own, by two certified officers, section head, legal review and head, served on its own.

Its steps keep the state of the stop, so that what was done towards resuming production is not lost where it is declined.
"""

from kuangan.base.clock import civil_date
from kuangan.corpus.procedures.suspension import guards, papers
from kuangan.corpus.procedures.suspension.steps import (
    HAZARD,
    HEADS,
    LEGAL,
    OFFICERS,
    ON_SITE,
    REVIEW,
    SECTION_HEAD,
    SERVICE,
    STOPPED,
    TWO_OFFICERS,
)
from kuangan.law.guards import certified, not_in_future
from kuangan.law.local import local_span
from kuangan.law.procedure import Attempt, By, CaseView, Field, Guard, Move, PaperUse, Tell

CHAIN = ("propose_extension", "countersign_extension", "review_extension", "pass_extension_review")
WAITING = {
    "propose_extension": "延长建议尚未提出",
    "countersign_extension": "延长建议尚未会签",
    "review_extension": "延长建议尚未经科（股）长审核",
    "pass_extension_review": "延长建议尚未通过法制审核",
}
ENDS = ("extend", "decline_extension", "return_extension")


def _comes_after(step: str) -> Guard:
    """The newest step of the chain is ``step``."""

    def guard(case: CaseView, attempt: Attempt) -> str | None:
        newest = case.last(*CHAIN, *ENDS)
        return None if newest is not None and newest.move == step else WAITING[step]

    return guard


def _none_under_way(case: CaseView, attempt: Attempt) -> str | None:
    newest = case.last(*CHAIN, *ENDS)
    return None if newest is None or newest.move in ENDS else "延长建议已提出，正在办理"


def _something_under_way(case: CaseView, attempt: Attempt) -> str | None:
    return None if _none_under_way(case, attempt) else "没有正在办理的延长建议"


def under_way(case: CaseView, attempt: Attempt) -> str | None:
    """An extension that is proposed is decided before production resumes."""
    return "延长停产整顿的建议正在办理，须先作出决定" if _none_under_way(case, attempt) else None


def _long_enough(case: CaseView, attempt: Attempt) -> str | None:
    """Not shorter than the least where over-limits joined, and both together not longer than a temporary stop may be."""
    more, joined = int(attempt.inputs["more_days"]), case.last("join_during_stop") is not None
    least = local_span("suspension.extension", civil_date(attempt.at)).length.days if joined else 1
    if more < least:
        return f"延长停产整顿不得少于{least}天"
    return guards.too_long(int(case.facts["ordered_days"]) + more, attempt)


def _extended(case: CaseView, attempt: Attempt) -> dict[str, int]:
    more = int(papers.extension_proposal(case, attempt)["more_days"])
    return {"extension_days": more, "ordered_days": int(case.facts["ordered_days"]) + more}


MOVES = (
    Move(
        "propose_extension",
        "提出延长停产整顿建议",
        STOPPED,
        None,
        OFFICERS,
        fields=(
            Field("more_days", "延长天数", "number"),
            Field("reason", "延长理由（事实和证据）", "longtext"),
            *HAZARD,
        ),
        guards=(certified, _none_under_way, _long_enough, guards.hazard_shown),
        papers=(PaperUse("suspension_extension", papers.suspension_extension, frozen=False),),
        cites=(ON_SITE,),
        help="停产整顿期间再次超限，或者整改期满隐患未消除的，提出延长；延长决定另行审核、签发、送达",
        optional=True,
        internal=True,
    ),
    Move(
        "countersign_extension",
        "会签延长建议",
        STOPPED,
        None,
        OFFICERS,
        fields=(Field("opinion", "会签意见", "longtext"),),
        guards=(_comes_after("propose_extension"),),
        cites=(TWO_OFFICERS,),
        internal=True,
        pair=("propose_extension",),
    ),
    Move(
        "review_extension",
        "审核同意延长",
        STOPPED,
        None,
        SECTION_HEAD,
        fields=(Field("opinion", "审核意见", "longtext"),),
        guards=(_comes_after("countersign_extension"),),
        internal=True,
        apart=CHAIN[:2],
    ),
    Move(
        "pass_extension_review",
        "延长决定法制审核通过",
        STOPPED,
        None,
        LEGAL,
        fields=(Field("opinion", "法制审核意见", "longtext"),),
        guards=(_comes_after("review_extension"),),
        papers=(PaperUse("legal_review_opinion", papers.extension_review_opinion),),
        cites=(REVIEW,),
        legal=True,
        internal=True,
        apart=CHAIN[:3],
        tells=(
            Tell(
                By("supervisor", "bureau_head"),
                "延长停产整顿待决定：{unit}",
                "{number}延长停产整顿建议已通过法制审核，请决定。",
            ),
        ),
    ),
    Move(
        "return_extension",
        "退回延长建议",
        STOPPED,
        None,
        (*OFFICERS, *SECTION_HEAD, *LEGAL, *HEADS),
        fields=(Field("reason", "退回理由", "longtext"),),
        guards=(_something_under_way,),
        optional=True,
        internal=True,
        undoes=CHAIN,
    ),
    Move(
        "extend",
        "签发延长停产整顿决定",
        STOPPED,
        "extended",
        HEADS,
        fields=(Field("opinion", "批示意见", "longtext", required=False),),
        guards=(_comes_after("pass_extension_review"),),
        papers=(PaperUse("suspension_extension", papers.suspension_extension),),
        cites=(ON_SITE,),
        facts=_extended,
        help="签发后即编号定稿并存证；须另行送达，复产验收须重新进行",
        optional=True,
        legal=True,
        apart=CHAIN,
        undoes=CHAIN,
    ),
    Move(
        "decline_extension",
        "不予延长",
        STOPPED,
        None,
        HEADS,
        fields=(Field("reason", "不予延长的理由", "longtext"),),
        optional=True,
        legal=True,
        apart=CHAIN,
        undoes=CHAIN,
    ),
    Move(
        "serve_extension",
        "登记延长决定送达",
        ("extended",),
        "served",
        OFFICERS,
        fields=SERVICE,
        guards=(
            guards.left_with_witnesses,
            not_in_future("served_at", "送达时间"),
            guards.served_after("extend", "延长决定"),
        ),
        papers=(PaperUse("service_receipt", papers.extension_receipt),),
        help="延长的期限接原期限届满之日起算；原期限届满后送达的，自送达之日的次日起算",
        legal=True,
        serves="suspension_extension",
    ),
)
