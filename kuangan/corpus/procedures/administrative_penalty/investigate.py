"""From the clue to the approval of what is to be told: filing, two officers, evidence, report."""

from kuangan.base.clock import civil_date
from kuangan.corpus.procedures.administrative_penalty import course, guards, papers
from kuangan.corpus.procedures.administrative_penalty.clocks import BEFORE_DECISION, TO_DECIDE
from kuangan.corpus.procedures.administrative_penalty.steps import (
    ABOVE,
    BEFORE_NOTICE,
    HEADS,
    OFFICERS,
    OPINION,
    PENALTY,
    REASON,
)
from kuangan.law.cite import Cite
from kuangan.law.guards import certified, evidence_in
from kuangan.law.procedure import Attempt, CaseView, Field, Move, PaperUse

FILE = (Cite(course.PENALTY_LAW, "54"), Cite(course.MEASURES, "34"), Cite(course.MEASURES, "35"))
TERM = (Cite(course.MEASURES, "53"),)
EVIDENCE = (
    ("document", "书证"),
    ("object", "物证"),
    ("recording", "视听资料"),
    ("electronic", "电子数据"),
    ("witness", "证人证言"),
    ("statement", "当事人的陈述"),
    ("appraisal", "鉴定意见"),
    ("record", "勘验笔录、现场笔录"),
)
"""The kinds of evidence (行政处罚法第四十六条)."""


def _filed(case: CaseView, attempt: Attempt) -> dict[str, object]:
    on = civil_date(attempt.at)
    return {"filed_on": on.isoformat(), "limit_days": TO_DECIDE.on(on).value}


def _tested(case: CaseView, attempt: Attempt) -> dict[str, object]:
    """Days during which a test was out, which the term does not count."""
    sent = case.last("commission_test")
    assert sent is not None
    out = (civil_date(attempt.at) - civil_date(sent.at)).days
    return {"tested_days": int(case.facts.get("tested_days", 0)) + out}


MOVES = (
    Move(
        "propose_filing",
        "提请立案",
        ("clue",),
        "proposed",
        OFFICERS,
        fields=(Field("check", "初步核查情况", "longtext"), Field("files", "核查材料", "files", required=False)),
        guards=(certified, guards.within_limitation),
        cites=FILE,
        internal=True,
    ),
    Move(
        "join_filing",
        "确认共同承办",
        ("proposed",),
        "joined",
        OFFICERS,
        pair=("propose_filing",),
        cites=(Cite(course.PENALTY_LAW, "42"), Cite(course.MEASURES, "16")),
        help="案件由两名以上持证执法人员调查处理，第二名承办人员以本人账号确认",
        internal=True,
    ),
    Move(
        "extend_filing",
        "延长立案核查期限",
        ("clue", "proposed", "joined"),
        None,
        HEADS,
        fields=REASON,
        guards=(guards.filing_extended_once,),
        facts=lambda case, attempt: {"filing_extended": True},
        cites=(Cite(course.MEASURES, "34"),),
        optional=True,
        internal=True,
    ),
    Move(
        "file",
        "批准立案",
        ("joined",),
        "investigating",
        HEADS,
        fields=OPINION,
        guards=(guards.within_limitation,),
        papers=(PaperUse("case_filing_decision", papers.case_filing_decision),),
        facts=_filed,
        cites=FILE,
        legal=True,
        internal=True,
        apart=("propose_filing", "join_filing"),
    ),
    Move(
        "decline_filing",
        "不予立案",
        ("clue", "proposed", "joined"),
        "not_filed",
        HEADS,
        fields=REASON,
        cites=FILE,
        internal=True,
    ),
    Move(
        "record_evidence",
        "登记证据",
        ("investigating",),
        None,
        OFFICERS,
        fields=(
            Field("kind", "证据种类", "choice", choices=EVIDENCE),
            Field("what", "证据名称和证明内容", "longtext"),
            Field("files", "证据材料", "files"),
        ),
        guards=(certified, evidence_in("files")),
        cites=(Cite(course.PENALTY_LAW, "55"),),
        internal=True,
    ),
    Move(
        "commission_test",
        "委托检测、检验、鉴定",
        ("investigating",),
        None,
        OFFICERS,
        fields=(
            Field("institution", "受委托机构"),
            Field("question", "委托事项", "longtext"),
            Field("files", "委托书", "files", required=False),
        ),
        guards=(certified, guards.no_test_out),
        cites=(Cite(course.MEASURES, "46"), *TERM),
        help="检测、检验、鉴定的时间不计入办案期限",
        optional=True,
        internal=True,
    ),
    Move(
        "receive_test",
        "收到检测、检验、鉴定结果",
        ("investigating",),
        None,
        OFFICERS,
        fields=(Field("result", "结果", "longtext"), Field("files", "报告", "files")),
        guards=(guards.a_test_out, evidence_in("files")),
        facts=_tested,
        cites=TERM,
        optional=True,
        internal=True,
    ),
    Move(
        "extend_longer",
        f"批准延长办案期限至{course.LONGER}日",
        BEFORE_DECISION,
        None,
        HEADS,
        fields=REASON,
        guards=(guards.no_test_out, guards.not_extended_to(course.LONGER)),
        facts=lambda case, attempt: {"limit_days": course.LONGER},
        cites=TERM,
        optional=True,
        internal=True,
    ),
    Move(
        "extend_longest",
        f"上级批准延长办案期限至{course.LONGEST}日",
        BEFORE_DECISION,
        None,
        ABOVE,
        fields=(
            *REASON,
            Field("document", "省级主管部门批准文号（市级机关办理的案件）", required=False),
            Field("files", "批准文件", "files", required=False),
        ),
        guards=(guards.no_test_out, guards.not_extended_to(course.LONGEST), guards.level_above),
        facts=lambda case, attempt: {"limit_days": course.LONGEST},
        cites=TERM,
        optional=True,
        internal=True,
    ),
    Move(
        "propose_penalty",
        "提出处理建议",
        ("investigating",),
        None,
        OFFICERS,
        party=True,
        fields=(
            Field("violated", "违反的规定（条、款、项）"),
            Field("basis", "处罚依据（条、款、项）"),
            *PENALTY,
            Field("reasons", "裁量理由", "longtext"),
        ),
        guards=(certified, guards.evidence_on_file, guards.some_penalty),
        cites=(Cite(course.MEASURES, "49"),),
        internal=True,
    ),
    Move(
        "report",
        "报送案件处理呈批表",
        ("investigating",),
        "reported",
        OFFICERS,
        fields=(
            Field("facts", "查明的违法事实", "longtext"),
            Field("evidence", "证据目录（每行一项）", "longtext"),
            Field("correction", "责令改正的内容", "longtext"),
            *(Field(name, label, "flag", required=False) for name, label in course.GRAVE),
        ),
        guards=(certified, guards.evidence_on_file, guards.no_test_out, guards.everybody_proposed),
        papers=(PaperUse("case_disposal_report", papers.case_disposal_report, frozen=False),),
        cites=(Cite(course.PENALTY_LAW, "57"), Cite(course.MEASURES, "49")),
        internal=True,
    ),
    Move(
        "confirm_report",
        "第二名执法人员确认",
        ("reported",),
        "confirmed",
        OFFICERS,
        pair=("report",),
        fields=OPINION,
        cites=(Cite(course.PENALTY_LAW, "42"),),
        internal=True,
    ),
    Move(
        "return_report",
        "退回补充调查",
        ("reported", "confirmed"),
        "investigating",
        (*OFFICERS, *HEADS),
        fields=REASON,
        optional=True,
        internal=True,
    ),
    Move(
        "approve_report",
        "批准并制发告知书",
        ("confirmed",),
        "approved",
        HEADS,
        fields=(*OPINION, Field("discuss", "提交集体讨论", "flag", required=False)),
        papers=(
            PaperUse("case_disposal_report", papers.case_disposal_report),
            PaperUse("penalty_pre_notice", papers.penalty_pre_notice, each_party=True),
        ),
        cites=(Cite(course.PENALTY_LAW, "44"), Cite(course.MEASURES, "18"), Cite(course.MEASURES, "49")),
        help="每名当事人各制发一份行政处罚告知书",
        legal=True,
        internal=True,
        apart=("report", "confirm_report"),
    ),
    Move(
        "withdraw",
        "撤销立案",
        BEFORE_NOTICE,
        "withdrawn",
        HEADS,
        fields=REASON,
        cites=(Cite(course.PENALTY_LAW, "57"),),
        help="告知前发现违法事实不能成立、不属于本机关管辖等情形的，撤销立案",
        optional=True,
        internal=True,
    ),
    Move(
        "transfer",
        "移送司法机关",
        BEFORE_DECISION,
        "transferred",
        HEADS,
        fields=(
            *REASON,
            Field("organ", "受移送机关"),
            Field("document", "移送书文号"),
            Field("files", "移送书", "files"),
        ),
        guards=(evidence_in("files"),),
        cites=(Cite(course.PENALTY_LAW, "27"), Cite(course.MEASURES, "10")),
        optional=True,
        internal=True,
    ),
)
