"""停产整顿：从建议到决定、送达、最短期限和复产验收全过程（任务分工10.4；煤矿安全生产条例第四十八、四十九条）。"""

from kuangan.corpus.procedures import _suspension_guards as guards
from kuangan.corpus.procedures import _suspension_papers as papers
from kuangan.corpus.procedures._suspension_clocks import CLOCKS
from kuangan.law.cite import Cite
from kuangan.law.guards import certified, done_before, evidence_in, floor_passed, not_in_future, other_person_than
from kuangan.law.procedure import SYSTEM, By, Field, Move, PaperUse, Procedure, State

REGISTER = Cite("register", "10.4")
RESUMPTION = Cite("coal_mine_safety_ordinance", "48")
PUBLICATION = Cite("coal_mine_safety_ordinance", "49")
ON_SITE = Cite("coal_mine_safety_ordinance", "44")
SAFETY_LAW = Cite("work_safety_law", "65")
REVIEW = Cite("administrative_penalty_law", "58")

OFFICERS = (By("supervisor", "enforcement_officer"),)
SECTION_HEAD = (By("supervisor", "section_head"),)
LEGAL = (By("supervisor", "legal_reviewer"),)
HEADS = (By("supervisor", "bureau_head"), By("supervisor", "bureau_deputy"))
DIRECTOR = (By("mine", "mine_director"),)

BEFORE_ORDER = ("drafted", "proposed", "countersigned", "reviewed", "legally_reviewed")
STOPPED = ("served", "self_accepted", "company_accepted", "applied", "accepted", "signed", "consented", "approved")
TOO_EARLY = "停产整顿期限未满，依法不得恢复生产"


SERVICE = (
    Field(
        "method",
        "送达方式",
        "choice",
        choices=(("direct", "直接送达"), ("left", "留置送达"), ("electronic", "电子送达（煤矿书面同意）")),
    ),
    Field("receiver", "收件人姓名"),
    Field("receiver_post", "收件人职务"),
    Field("place", "送达地点"),
    Field("witnesses", "见证人（留置送达必填）", required=False),
    Field("served_at", "送达时间", "moment"),
    Field("files", "送达回证、现场照片", "files", required=False),
)


def _return(target: str, label: str, sources: tuple[str, ...], by: tuple[By, ...], name: str) -> Move:
    """A step that sends the case back with a reason."""
    return Move(name, label, sources, target, by, fields=(Field("reason", "理由", "longtext"),))


PROCEDURE = Procedure(
    id="suspension",
    title="停产整顿",
    prefix="停整",
    measure="10.4",
    cites=(REGISTER, ON_SITE, SAFETY_LAW, RESUMPTION),
    states=(
        State("drafted", "已起草，待提出", "执法人员"),
        State("proposed", "待第二名执法人员会签", "执法人员"),
        State("countersigned", "待科（股）长审核", "科（股）长"),
        State("reviewed", "待法制审核", "法制审核人员"),
        State("legally_reviewed", "待负责人决定", "局主要负责人"),
        State("ordered", "已决定，待送达", "执法人员"),
        State("served", "停产整顿中", "煤矿"),
        State("extended", "已延长，待送达", "执法人员"),
        State("self_accepted", "煤矿自验收合格", "上级公司"),
        State("company_accepted", "上级公司验收合格", "煤矿"),
        State("applied", "已申请复产，待部门验收", "执法人员"),
        State("accepted", "部门验收合格，待负责人签字", "局主要负责人"),
        State("signed", "待监察机构审核同意", "矿山安全监察机构"),
        State("consented", "待政府主要负责人批准", "政府主要负责人"),
        State("approved", "已批准，待下达复产通知", "执法人员"),
        State("resumed", "已复产，待公布", "执法人员"),
        State("closed", "已办结", terminal=True),
        State("withdrawn", "已撤销建议", terminal=True),
    ),
    moves=(
        Move(
            "propose",
            "提出停产整顿建议",
            ("drafted",),
            "proposed",
            OFFICERS,
            fields=(
                Field("days", "停产整顿天数", "number"),
                Field("scope", "停产范围"),
                Field("requirements", "整顿内容和要求", "longtext"),
                Field("opinion", "执法人员意见", "longtext"),
            ),
            guards=(certified, guards.days_enough, guards.track_is_built, guards.basis_holds),
            papers=(PaperUse("onsite_decision", papers.onsite_decision, frozen=False),),
            cites=(REGISTER, ON_SITE),
            facts=lambda case, attempt: {"ordered_days": int(attempt.inputs["days"])},
        ),
        Move(
            "countersign",
            "会签",
            ("proposed",),
            "countersigned",
            OFFICERS,
            fields=(Field("opinion", "会签意见", "longtext"),),
            guards=(certified, other_person_than("propose"), guards.basis_holds),
            cites=(Cite("administrative_penalty_law", "42"),),
        ),
        _return("drafted", "会签退回", ("proposed",), OFFICERS, "return_proposal"),
        Move(
            "review",
            "审核同意",
            ("countersigned",),
            "reviewed",
            SECTION_HEAD,
            fields=(Field("opinion", "审核意见", "longtext"),),
            guards=(guards.basis_holds, guards.basis_confirmed),
        ),
        _return("drafted", "审核退回", ("countersigned",), SECTION_HEAD, "return_review"),
        Move(
            "pass_legal_review",
            "法制审核通过",
            ("reviewed",),
            "legally_reviewed",
            LEGAL,
            fields=(Field("opinion", "法制审核意见", "longtext"),),
            guards=(other_person_than("propose"), other_person_than("countersign"), guards.basis_holds),
            papers=(PaperUse("legal_review_opinion", papers.legal_review_opinion),),
            cites=(REVIEW,),
            legal=True,
        ),
        _return("drafted", "法制审核不通过", ("reviewed",), LEGAL, "refuse_legal_review"),
        Move(
            "order",
            "签发停产整顿决定",
            ("legally_reviewed",),
            "ordered",
            HEADS,
            fields=(Field("opinion", "批示意见", "longtext", required=False),),
            guards=(guards.basis_holds, guards.basis_confirmed),
            papers=(PaperUse("onsite_decision", papers.onsite_decision),),
            cites=(REGISTER, ON_SITE, SAFETY_LAW),
            help="签发后即编号定稿并存证，不可更改",
            legal=True,
        ),
        _return("drafted", "不予签发", ("legally_reviewed",), HEADS, "decline_order"),
        Move(
            "serve",
            "登记送达",
            ("ordered",),
            "served",
            OFFICERS,
            fields=SERVICE,
            guards=(guards.left_with_witnesses, not_in_future("served_at", "送达时间"), guards.served_not_before_order),
            papers=(PaperUse("service_receipt", papers.service_receipt),),
            help="停产整顿期限自送达之日的次日起算",
        ),
        Move(
            "publish_order",
            "公布停产整顿决定",
            (*STOPPED, "extended", "resumed"),
            None,
            OFFICERS,
            papers=(PaperUse("suspension_notice", papers.suspension_notice),),
            guards=(guards.not_yet_published,),
        ),
        Move(
            "extend",
            "延长停产整顿",
            STOPPED,
            "extended",
            HEADS,
            fields=(Field("more_days", "延长天数", "number"), Field("reason", "延长理由", "longtext")),
            papers=(PaperUse("suspension_extension", papers.suspension_extension),),
            cites=(REGISTER,),
            guards=(guards.extended_at_all,),
            facts=lambda case, attempt: {
                "extension_days": int(attempt.inputs["more_days"]),
                "ordered_days": int(case.facts["ordered_days"]) + int(attempt.inputs["more_days"]),
            },
            help="停产整顿期间或一周内再次超限的，延长期限；延长决定须另行送达，复产验收须重新进行",
            optional=True,
            legal=True,
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
                guards.served_not_before_extension,
            ),
            papers=(PaperUse("service_receipt", papers.extension_receipt),),
            help="延长的期限自送达之日的次日起算，原期限更长的从其长",
        ),
        Move(
            "join_overlimit",
            "并入新的超限",
            BEFORE_ORDER,
            "drafted",
            (SYSTEM,),
            help="决定作出前并入的，退回起草，由执法人员重新提出",
        ),
        Move("join_during_stop", "停产期间并入新的超限", ("ordered", *STOPPED, "extended"), None, (SYSTEM,)),
        Move(
            "accept_self",
            "煤矿自验收",
            ("served",),
            "self_accepted",
            DIRECTOR,
            fields=(
                Field("rectified", "整改完成情况", "longtext"),
                Field("accepted_on", "自验收日期", "date"),
                Field("files", "整改方案和自验收资料", "files"),
            ),
            guards=(evidence_in("files"),),
            papers=(PaperUse("mine_acceptance", papers.mine_acceptance),),
            cites=(RESUMPTION,),
        ),
        Move(
            "accept_company",
            "上级公司验收合格",
            ("self_accepted",),
            "company_accepted",
            (By("company", "company_officer"),),
            fields=(Field("opinion", "验收意见", "longtext"), Field("files", "验收资料", "files", required=False)),
            papers=(PaperUse("company_acceptance", papers.company_acceptance),),
        ),
        _return(
            "served", "上级公司验收不合格", ("self_accepted",), (By("company", "company_officer"),), "fail_company"
        ),
        Move(
            "apply",
            "申请恢复生产",
            ("company_accepted", "self_accepted"),
            "applied",
            DIRECTOR,
            fields=(Field("statement", "申请说明", "longtext"),),
            guards=(guards.company_has_accepted,),
            cites=(RESUMPTION,),
        ),
        Move(
            "accept",
            "部门验收合格",
            ("applied",),
            "accepted",
            OFFICERS,
            fields=(
                Field("inspected_on", "现场验收日期", "date"),
                Field("participants", "验收人员"),
                Field("opinion", "验收意见", "longtext"),
                Field("files", "验收资料", "files", required=False),
            ),
            papers=(PaperUse("resumption_acceptance", papers.resumption_acceptance),),
            cites=(RESUMPTION,),
        ),
        _return("served", "部门验收不合格", ("applied",), OFFICERS, "fail_acceptance"),
        Move(
            "sign_acceptance",
            "主要负责人签字",
            ("accepted",),
            "signed",
            (By("supervisor", "bureau_head"),),
            fields=(Field("opinion", "签署意见", "longtext", required=False),),
            cites=(RESUMPTION,),
            legal=True,
        ),
        Move(
            "consent",
            "监察机构审核同意",
            ("signed",),
            "consented",
            (By("inspectorate", "inspectorate_officer"),),
            fields=(Field("opinion", "审核意见", "longtext"),),
            papers=(PaperUse("inspectorate_consent", papers.inspectorate_consent),),
            cites=(RESUMPTION,),
            legal=True,
        ),
        _return(
            "served", "监察机构不同意", ("signed",), (By("inspectorate", "inspectorate_officer"),), "refuse_consent"
        ),
        Move(
            "approve",
            "政府主要负责人批准",
            ("consented",),
            "approved",
            (By("government", "government_head"),),
            fields=(Field("opinion", "批准意见", "longtext", required=False),),
            guards=(floor_passed("floor", TOO_EARLY), guards.joined_decided),
            papers=(PaperUse("government_approval", papers.government_approval),),
            cites=(RESUMPTION,),
            legal=True,
        ),
        Move(
            "resume",
            "下达复产通知",
            ("approved", "served", "self_accepted", "company_accepted", "applied", "accepted", "signed", "consented"),
            "resumed",
            OFFICERS,
            guards=(floor_passed("floor", TOO_EARLY), guards.joined_decided, guards.chain_complete),
            papers=(PaperUse("resumption_notice", papers.resumption_notice),),
            cites=(RESUMPTION,),
        ),
        Move(
            "publish_resumption",
            "公布复产信息并返还证照",
            ("resumed",),
            "closed",
            OFFICERS,
            fields=(Field("licence_returned", "已返还安全生产许可证（如有暂扣）", "flag", required=False),),
            guards=(done_before("publish_order", "停产整顿决定尚未公布，须先办理“公布停产整顿决定”"),),
            cites=(PUBLICATION,),
        ),
        Move(
            "withdraw",
            "撤销建议",
            BEFORE_ORDER,
            "withdrawn",
            (*SECTION_HEAD, *HEADS),
            fields=(Field("reason", "撤销理由", "longtext"),),
            guards=(guards.basis_is_lost,),
            help="仅限决定作出前，且所依据的超限经改判已不足次数",
            optional=True,
        ),
    ),
    clocks=CLOCKS,
)
