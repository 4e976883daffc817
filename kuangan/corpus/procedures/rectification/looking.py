"""Looking again: what is right is closed, what is not goes back; what a paper orders is looked at by two officers, on paper."""

from typing import Any

from kuangan.corpus.procedures.rectification import guards, papers
from kuangan.corpus.procedures.rectification.clocks import REINSPECTION
from kuangan.corpus.procedures.rectification.people import OFFICE, OFFICERS, SIGNERS
from kuangan.corpus.procedures.rectification.shared import LOOKED, OPEN, REASON, REGISTER, to_unit
from kuangan.law.procedure import SYSTEM, Attempt, CaseView, Field, Move, PaperUse


def _refused_once_more(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    until = attempt.inputs["until"]
    again = {"due_on": until.isoformat(), "overdue": False} if until else {}
    return {"refused": int(case.facts.get("refused", 0)) + 1, **again}


def _failed_once_more(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    return {"refused": int(case.facts.get("refused", 0)) + 1}


LOOKING = (
    Move(
        "accept",
        "复查合格",
        ("answered",),
        "passed",
        OFFICE,
        fields=LOOKED,
        guards=(guards.certified_for_paper, guards.other_than_answered),
        cites=(REGISTER, REINSPECTION),
        help="复查合格即销号；按执法文书限期整改的，须另一名持证执法人员确认、责任单位签认",
        then=("case.go_on",),
    ),
    Move(
        "close",
        "销号",
        ("passed",),
        "closed",
        (SYSTEM,),
        guards=(guards.without_paper,),
        tells=to_unit("问题已销号", "{number}“{item}”复查合格，已销号。"),
    ),
    Move(
        "confirm_acceptance",
        "确认复查合格",
        ("passed",),
        "confirmed",
        OFFICERS,
        fields=(Field("opinion", "复查意见", "longtext"),),
        guards=(guards.by_paper, guards.other_than_answered),
        cites=(REINSPECTION,),
        pair=("accept",),
        papers=(PaperUse("reinspection_opinion", papers.reinspection_opinion),),
        legal=True,
        tells=to_unit("请签认复查意见", "{number}“{item}”复查合格，请签认。"),
    ),
    Move("return_acceptance", "退回重新复查", ("passed", "failed"), "answered", OFFICERS, fields=(REASON,)),
    Move(
        "sign_result",
        "签认复查意见",
        ("confirmed",),
        "closed",
        SIGNERS,
        cites=(REINSPECTION,),
        legal=True,
        shows=("reinspection_opinion",),
    ),
    Move(
        "note_refusal",
        "登记拒绝签认",
        ("confirmed",),
        "closed",
        OFFICERS,
        fields=(REASON, Field("witnesses", "见证人", required=False)),
        guards=(guards.signed_by_them,),
        cites=(REINSPECTION,),
    ),
    Move(
        "refuse",
        "复查不合格，退回整改",
        ("answered",),
        "received",
        OFFICE,
        fields=(
            REASON,
            Field("until", "再次整改期限", "date", required=False),
            Field("files", "复查照片、记录", "files", required=False),
        ),
        guards=(guards.without_paper, guards.other_than_answered, guards.new_term),
        facts=_refused_once_more,
        undoes=("inspect_overdue",),
        cites=(REGISTER,),
        tells=to_unit("复查不合格", "{number}“{item}”复查不合格，请于{due_on}前（含当日）重新整改并报送：{reason}"),
    ),
)
FAILING = (
    Move(
        "fail",
        "复查不合格（制作复查意见书）",
        ("answered",),
        "failed",
        OFFICE,
        fields=LOOKED,
        guards=(guards.by_paper, guards.certified_for_paper, guards.other_than_answered),
        cites=(REINSPECTION,),
        help="按执法文书限期整改的，复查不合格须另一名持证执法人员确认，制作复查意见书",
    ),
    Move(
        "confirm_failure",
        "确认复查不合格",
        ("failed",),
        "received",
        OFFICERS,
        fields=(Field("opinion", "复查意见", "longtext", help="写明不合格之处和处理意见；责令整改的期限不因此延长"),),
        guards=(guards.other_than_answered,),
        facts=_failed_once_more,
        undoes=("inspect_overdue",),
        cites=(REINSPECTION,),
        pair=("fail",),
        papers=(PaperUse("reinspection_opinion", papers.failed_opinion),),
        legal=True,
        tells=to_unit("复查不合格", "{number}“{item}”复查不合格（{paper}），请签收并继续整改：{opinion}"),
    ),
    Move(
        "sign_for_failure",
        "签认复查意见",
        (*OPEN, "answered"),
        None,
        SIGNERS,
        guards=(guards.failure_to_sign,),
        cites=(REINSPECTION,),
        legal=True,
        shows=("reinspection_opinion",),
        optional=True,
    ),
)
