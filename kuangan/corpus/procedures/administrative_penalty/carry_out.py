"""Payment, time to pay, remedies and enforcement by a court; the end of the case."""

from kuangan.corpus.procedures.administrative_penalty import course, decision_papers, performance
from kuangan.corpus.procedures.administrative_penalty.hearing import own_matter
from kuangan.corpus.procedures.administrative_penalty.steps import (
    HEADS,
    OFFICERS,
    OPINION,
    REASON,
    RESPONDENTS,
)
from kuangan.law.cite import Cite
from kuangan.law.guards import evidence_in
from kuangan.law.procedure import SYSTEM, Attempt, CaseView, Field, Move, PaperUse

PAY = (Cite(course.PENALTY_LAW, "67"), Cite(course.PENALTY_LAW, "72"))
DEFER = (Cite(course.PENALTY_LAW, "66"), Cite(course.MEASURES, "76"))
REMEDY = (Cite(course.PENALTY_LAW, "73"), Cite(course.MEASURES, "78"))
CLOSE = (Cite(course.MEASURES, "54"),)


def _pay_until(case: CaseView, attempt: Attempt) -> dict[str, object]:
    """The last day to pay of the clock; a second instalment runs on after the first."""
    return {f"pay_until_{attempt.party}": attempt.inputs["first_due"].isoformat()}


MOVES = (
    Move(
        "record_payment",
        "登记缴款",
        ("performing",),
        None,
        OFFICERS,
        party=True,
        fields=(
            Field("paid_on", "缴款日期", "date"),
            Field("fine", "缴纳罚款（元）", "money", required=False),
            Field("late", "缴纳加处罚款（元）", "money", required=False),
            Field("receipt", "代收机构票据号"),
            Field("files", "缴款票据", "files", required=False),
        ),
        guards=(performance.served, performance.not_more_than_owed),
        cites=PAY,
        help="逾期的，自到期次日起每日按百分之三加处罚款，不超出罚款数额；行政复议、行政诉讼期间不计",
        then=("case.go_on",),
    ),
    Move(
        "paid_off",
        "履行完毕",
        ("performing",),
        None,
        (SYSTEM,),
        party=True,
        guards=(performance.party_settled, performance.once("paid_off", "已登记履行完毕")),
        then=("case.go_on",),
    ),
    Move(
        "ask_deferral",
        "申请延期（分期）缴纳",
        ("performing",),
        None,
        RESPONDENTS,
        party=True,
        fields=(*REASON, Field("files", "经济困难的证明材料", "files")),
        guards=(own_matter, performance.served, performance.something_owed, evidence_in("files")),
        cites=DEFER,
        optional=True,
    ),
    Move(
        "record_deferral_request",
        "登记延期（分期）缴纳申请",
        ("performing",),
        None,
        OFFICERS,
        party=True,
        fields=(*REASON, Field("files", "申请书和证明材料", "files")),
        guards=(performance.served, performance.something_owed, evidence_in("files")),
        cites=DEFER,
        optional=True,
    ),
    Move(
        "grant_deferral",
        "批准延期（分期）缴纳",
        ("performing",),
        None,
        HEADS,
        party=True,
        fields=(
            Field("first_due", "缴纳期限（分期的为第一期）", "date"),
            Field("first_amount", "第一期数额（分期的填写，元）", "money", required=False),
            Field("second_due", "第二期缴纳期限（分期的填写）", "date", required=False),
        ),
        guards=(performance.deferral_asked, performance.something_owed, performance.later_terms),
        papers=(PaperUse("fine_deferral", decision_papers.fine_deferral),),
        facts=_pay_until,
        cites=DEFER,
        optional=True,
        legal=True,
    ),
    Move(
        "refuse_deferral",
        "不予批准延期（分期）缴纳",
        ("performing",),
        None,
        HEADS,
        party=True,
        fields=REASON,
        guards=(performance.deferral_asked,),
        cites=DEFER,
        optional=True,
    ),
    Move(
        "remedy_begun",
        "登记行政复议或者行政诉讼",
        ("performing",),
        None,
        OFFICERS,
        party=True,
        fields=(
            Field("kind", "种类", "choice", choices=(("review", "行政复议"), ("lawsuit", "行政诉讼"))),
            Field("begun_on", "受理日期", "date"),
            Field("files", "受理通知", "files", required=False),
        ),
        guards=(performance.served, performance.no_remedy_running),
        cites=REMEDY,
        help="复议、诉讼期间不停止执行，加处罚款不予计算",
        optional=True,
    ),
    Move(
        "remedy_ended",
        "登记复议决定或者裁判",
        ("performing",),
        None,
        OFFICERS,
        party=True,
        fields=(
            Field("ended_on", "生效日期", "date"),
            Field("result", "结果", "longtext"),
            Field("files", "决定书或者裁判文书", "files"),
        ),
        guards=(performance.remedy_running, evidence_in("files")),
        cites=REMEDY,
        then=("case.go_on",),
        optional=True,
    ),
    Move(
        "court_accepted",
        "登记法院受理强制执行",
        ("performing",),
        None,
        OFFICERS,
        party=True,
        fields=(
            Field("court", "人民法院"),
            Field("document", "受理通知书文号"),
            Field("accepted_on", "受理日期", "date"),
            Field("files", "催告书、强制执行申请书和受理通知书", "files"),
        ),
        guards=(performance.served, performance.something_owed, evidence_in("files")),
        cites=(Cite("administrative_compulsion_law", "53"), Cite("administrative_compulsion_law", "54"), *PAY),
        then=("case.go_on",),
        optional=True,
    ),
    Move(
        "all_settled",
        "各当事人均已履行",
        ("performing",),
        "settled",
        (SYSTEM,),
        guards=(performance.everybody_settled,),
    ),
    Move(
        "propose_closing",
        "报请结案",
        ("settled",),
        "closing",
        OFFICERS,
        fields=(Field("reason", "结案理由", "longtext"),),
        papers=(PaperUse("case_closing_report", decision_papers.case_closing_report, frozen=False),),
        cites=CLOSE,
        internal=True,
    ),
    Move(
        "return_closing",
        "退回结案报告",
        ("closing",),
        "settled",
        HEADS,
        fields=REASON,
        optional=True,
        internal=True,
    ),
    Move(
        "close",
        "批准结案",
        ("closing",),
        "closed",
        HEADS,
        fields=OPINION,
        papers=(PaperUse("case_closing_report", decision_papers.case_closing_report),),
        cites=CLOSE,
        guards=(performance.published_and_reported,),
        legal=True,
        internal=True,
    ),
)
