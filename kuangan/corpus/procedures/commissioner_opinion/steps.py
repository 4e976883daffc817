"""The steps of an opinion: written, signed on site, obeyed, looked at, and work taken up again."""

from kuangan.base.clock import civil_date
from kuangan.corpus.procedures._desk import MINE
from kuangan.corpus.procedures.commissioner_opinion import papers
from kuangan.corpus.procedures.commissioner_opinion.opening import CONTENT, STOP, in_order
from kuangan.corpus.procedures.commissioner_opinion.people import COMMISSIONERS, OFFICERS
from kuangan.law.cite import Cite
from kuangan.law.guards import certified, not_in_future
from kuangan.law.local import local_span
from kuangan.law.procedure import Attempt, By, CaseView, EntryMade, Field, Guard, Move, PaperUse, Tell

REGISTER = Cite("register", "2.2")
SCHEME = Cite("commissioner_scheme_2024")
REASON = Field("reason", "理由", "longtext")
STOPPED = ("withdrawing", "withdrawn", "kept_out", "resumption_asked")
"""Work stands still."""
ITEMS = (
    ("item_1", "未经批准或者不按批准的设计、规程作业"),
    ("item_2", "抽掘采失衡未调整计划"),
    ("item_3", "采煤工作面个数超过公告的能力要素"),
    ("item_4", "瓦斯超限作业"),
    ("item_5", "未落实有掘必探、先探后掘或者探掘分离、审核确认"),
    ("item_6", "重大灾害治理措施不到位冒险作业"),
    ("item_7", "灾害严重矿井超过单班限员"),
    ("item_8", "使用淘汰禁用的设备、工艺、材料"),
    ("item_9", "采掘工作面或者井巷维修承包、转包"),
    ("item_10", "安全监察专员不在岗或者未现场确认关键作业"),
    ("item_11", "其他应当停产整顿的情形"),
)
ISSUED = (EntryMade("site_opinion", papers.entry),)


def _demands(*, stop: bool) -> Guard:
    def guard(case: CaseView, attempt: Attempt) -> str | None:
        if (case.facts["demand"] == STOP) == stop:
            return None
        return "意见为限期整改，请使用“签发意见书”" if stop else "意见为停止作业、撤人，请使用“签发意见书，责令撤人”"

    return guard


def _still_ahead(case: CaseView, attempt: Attempt) -> str | None:
    """A draft that lay asks for nothing that is over."""
    if str(case.facts["due_on"]) >= civil_date(attempt.at).isoformat():
        return None
    return "整改期限早于今日，请先修改"


def _signed_for_once(case: CaseView, attempt: Attempt) -> str | None:
    return "已签收，无需重复签收" if case.last("receive") else None


def _after_the_order(case: CaseView, attempt: Attempt) -> str | None:
    """Nobody is out because of an opinion that was not there yet; clocks may differ a little."""
    ordered = case.last("order_withdrawal")
    grace = local_span("alarm_handling.clock_grace", civil_date(attempt.at)).length
    if ordered is None or attempt.inputs["withdrawn_at"] >= ordered.at - grace:
        return None
    return "人员全部撤出时间早于意见书签发时间，请核对"


DRAFTING = (
    Move(
        "edit",
        "修改",
        ("drafted",),
        None,
        COMMISSIONERS,
        fields=CONTENT,
        guards=(in_order,),
        edits=True,
        optional=True,
        internal=True,
    ),
    Move("drop", "作废", ("drafted",), "dropped", COMMISSIONERS, optional=True, internal=True),
    Move(
        "issue",
        "签发意见书",
        ("drafted",),
        "issued",
        COMMISSIONERS,
        guards=(_demands(stop=False), _still_ahead),
        papers=(PaperUse(papers.PAPER, papers.opinion),),
        cites=(REGISTER, SCHEME),
        legal=True,
        records=ISSUED,
        help="编号、定稿，煤矿签收；各条问题转入问题整改",
        tells=(Tell(By("mine"), "请签收现场监管意见书", "{paper}，整改期限{due_on}，请签收并按期整改。"),),
    ),
    Move(
        "order_withdrawal",
        "签发意见书，责令撤人",
        ("drafted",),
        "withdrawing",
        COMMISSIONERS,
        guards=(_demands(stop=True), _still_ahead),
        papers=(PaperUse(papers.PAPER, papers.opinion),),
        cites=(REGISTER, SCHEME),
        legal=True,
        records=ISSUED,
        help="立即通知煤矿停止作业、撤人，逾期未报撤人的电话呼叫并上报",
        tells=(
            Tell(By("mine"), "立即停止作业并撤人：{scope}", "{paper}：请立即停止作业、撤出人员并报告。", sms=True),
            Tell(
                By("supervisor", "enforcement_officer"),
                "监管专员责令撤人：{unit}",
                "{paper}：{scope}停止作业、撤人；构成应当停产整顿情形的，请依法查实处理。",
                sms=True,
            ),
        ),
    ),
)
OBEYING = (
    Move(
        "sign_for",
        "签收",
        ("issued",),
        "handed",
        MINE,
        cites=(SCHEME,),
        shows=(papers.PAPER,),
        then=("case.receive_notices",),
    ),
    Move(
        "receive",
        "签收",
        STOPPED,
        None,
        MINE,
        guards=(_signed_for_once,),
        shows=(papers.PAPER,),
        optional=True,
        then=("case.receive_notices",),
    ),
    Move(
        "report_withdrawal",
        "报告撤人情况",
        ("withdrawing",),
        "withdrawn",
        MINE,
        fields=(
            Field("stopped_at", "停止作业时间", "moment"),
            Field("withdrawn_at", "人员全部撤出时间", "moment"),
            Field("people", "撤出人数", "number", suffix="人"),
            Field("files", "佐证（出入井记录、照片等）", "files"),
        ),
        guards=(not_in_future("withdrawn_at", "人员全部撤出时间"), _after_the_order),
        cites=(SCHEME,),
        then=("case.receive_notices",),
    ),
    Move(
        "request_resumption",
        "申请恢复作业",
        ("kept_out",),
        "resumption_asked",
        MINE,
        fields=(
            Field("done", "整改和处置情况", "longtext"),
            Field("files", "佐证材料", "files"),
        ),
        cites=(SCHEME,),
    ),
)
LOOKING = (
    Move(
        "confirm_withdrawal",
        "核实已撤人",
        ("withdrawn",),
        "kept_out",
        COMMISSIONERS,
        fields=(Field("seen", "核实情况", "longtext", help="写明怎样核实、人数是否相符"),),
        cites=(SCHEME,),
    ),
    Move(
        "return_withdrawal",
        "退回重报",
        ("withdrawn",),
        "withdrawing",
        COMMISSIONERS,
        fields=(REASON,),
        tells=(Tell(By("mine"), "撤人情况退回重报", "{number}：{reason}", sms=True),),
    ),
    Move(
        "allow_resumption",
        "同意恢复作业",
        ("resumption_asked",),
        "resumed",
        COMMISSIONERS,
        fields=(Field("verified", "现场核实情况", "longtext"),),
        cites=(SCHEME,),
        legal=True,
        tells=(Tell(By("mine"), "同意恢复作业：{scope}", "{number}：现场核实合格，同意恢复作业。"),),
    ),
    Move(
        "refuse_resumption",
        "不同意恢复作业",
        ("resumption_asked",),
        "kept_out",
        COMMISSIONERS,
        fields=(REASON,),
        tells=(Tell(By("mine"), "不同意恢复作业：{scope}", "{number}：{reason}"),),
    ),
    Move(
        "refer",
        "查实应当停产整顿的情形",
        STOPPED,
        None,
        OFFICERS,
        fields=(
            Field("item", "情形", "choice", choices=ITEMS),
            Field("facts", "查实的事实", "longtext"),
        ),
        guards=(certified,),
        cites=(Cite("shanxi_special_regulations"),),
        records=(EntryMade("special_stop_fact", papers.stop_fact, by="supervisor"),),
        optional=True,
        help="持证执法人员现场查实的，登记后由平台起草停产整顿建议；专员意见本身不能作为停产整顿的依据",
    ),
)
MOVES = (*DRAFTING, *OBEYING, *LOOKING)
