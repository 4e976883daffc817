"""预警处置：从报警到核实、四项措施之首（停电撤人）和闭环（任务分工10.3、16.1）。"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from kuangan.law.cite import Cite
from kuangan.law.guards import evidence_in, not_in_future, other_person_than
from kuangan.law.local import local_span
from kuangan.law.procedure import (
    SYSTEM,
    Attempt,
    By,
    Calling,
    CaseView,
    Clock,
    Fact,
    Field,
    FromOutside,
    Matter,
    Move,
    PaperUse,
    Procedure,
    Quiet,
    State,
)
from kuangan.law.time.span import Span

MEASURES = Cite("alarm_handling_measures_2025")
REGISTER_10_3 = Cite("register", "10.3")
REGISTER_16_1 = Cite("register", "16.1")

THE_MINE, SUPERVISOR = By("mine"), By("supervisor")
MINE = (
    By("mine", "mine_dispatcher"),
    By("mine", "mine_leader"),
    By("mine", "mine_engineer"),
    By("mine", "mine_director"),
)
DESK = (By("supervisor", "duty_officer"), By("supervisor", "enforcement_officer"), By("city", "duty_officer"))
OFFICERS = (By("supervisor", "enforcement_officer"), By("city", "enforcement_officer"))
CITY = (By("city", "enforcement_officer"), By("city", "section_head"))

UNVERIFIED = ("notified", "received", "reported", "presumed_real")
CLOCK_GRACE = timedelta(hours=1)
EVERY_OPEN = (*UNVERIFIED, "found_real", "found_not_real", "confirmed_real", "confirmed_not_real")
CALLING = Calling(
    "{unit}{place}瓦斯超限，煤矿{label}逾期，请立即联系煤矿并督促停电撤人",
    "已登记接听，请立即联系煤矿并督促停电撤人。",
    interval="alarm_handling.call_interval",
    rounds="alarm_handling.call_rounds",
)
NOT_REAL_KINDS = (
    ("calibration", "标校、调校"),
    ("sensor_fault", "传感器故障、误报警"),
    ("disconnected", "断线、拆除传感器"),
    ("interference", "干扰"),
    ("switch_test", "切换风机、闭锁试验"),
)


def _span(step: str) -> Any:
    """The clock length of a step by the alarm's level on the day it starts."""

    def span(on: date, facts: Mapping[str, Any]) -> Span:
        return local_span(f"alarm_handling.{step}.{facts['level']}", on)

    return span


def _calibration_on_file(case: CaseView, attempt: Attempt) -> str | None:
    """A calibration is believed only when filed, read by hand, or shown by neighbouring points."""
    inputs = attempt.inputs
    if inputs.get("kind") != "calibration" or case.facts.get("calibration_filed") or inputs.get("hand_reading"):
        return None
    if inputs.get("files") and inputs.get("neighbours"):
        return None
    return "该时段无标校备案：认定为标校须有便携仪对照读数，或邻近测点情况及书面佐证"


def _episodes_final(case: CaseView, attempt: Attempt) -> str | None:
    open_count = int(case.facts.get("episodes_open", 0))
    if open_count:
        return f"尚有{open_count}个测点的报警过程未终结（回落后须连续10分钟未再超限），暂不能办结"
    return None


def _power_off_recorded(case: CaseView, attempt: Attempt) -> str | None:
    if case.last("report_power_off") is None:
        return "尚未登记停电撤人情况：须由煤矿填报停电、撤人时间及佐证后方可办结"
    return None


def _recheck_done(case: CaseView, attempt: Attempt) -> str | None:
    if case.facts.get("recheck") and case.last("agree_not_real") is None:
        return "本件已被抽中由市局复核，复核同意前不能办结"
    return None


def _needs_recheck(case: CaseView, attempt: Attempt) -> str | None:
    return None if case.facts.get("recheck") else "本件未被抽中复核，如有异议请使用“改判”"


def _not_reported_yet(case: CaseView, attempt: Attempt) -> str | None:
    return (
        "已初报，无需补报；情况有变化的请填报停电撤人或现场情况" if case.last("report_first", "report_late") else None
    )


def _not_before_the_alarm(case: CaseView, attempt: Attempt) -> str | None:
    """Power is cut and people leave because of this alarm, not before it; an hour's grace for clocks that differ."""
    began = datetime.fromisoformat(str(case.facts["started_at"]))
    early = [
        label
        for name, label in (("power_off_at", "切断电源时间"), ("withdrawn_at", "人员全部撤出时间"))
        if attempt.inputs[name] < began - CLOCK_GRACE
    ]
    return f"{'、'.join(early)}早于本次报警，请核对" if early else None


def alarm_notice(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """Content of the notice to the mine; fields as in ``alarm_notice.typ``."""
    facts = case.facts
    return {
        "mine": case.names["mine"],
        "case_number": case.number,
        "level": facts["level_text"],
        "place": facts["place"],
        "started_at": facts["started_at_text"],
        "peak": facts["peak"],
        "limit": f"报警浓度≥{facts['alarm_limit']}%CH₄",
        "points": list(facts["points"]),
        "requirements": [
            "立即切断超限区域内全部非本质安全型电气设备电源，撤出受威胁区域全部作业人员",
            "报告初步原因和停电撤人情况，保护现场监测数据",
            "查明原因、消除隐患并经检查确认前，不得恢复送电和作业",
        ],
        "sign_for_due": facts["sign_for_due_text"],
        "first_report_due": facts["first_report_due_text"],
        "basis": [facts["basis"]],
    }


PROCEDURE = Procedure(
    id="alarm_handling",
    title="瓦斯超限报警处置",
    prefix="预警",
    measure="10.3",
    cites=(REGISTER_10_3, REGISTER_16_1, MEASURES),
    matter=Matter.alarm,
    quiet_when=Quiet.feed,
    opens=(FromOutside("episode"),),
    facts=(
        Fact("place", "地点", filter=True),
        Fact("started_at_text", "开始时间"),
        Fact("peak", "最大值", suffix="%CH₄"),
        Fact("alarm_limit", "报警值", suffix="%CH₄"),
        Fact("basis", "依据"),
        Fact("level_reason", "升级原因"),
        Fact("episodes_open", "仍未终结的超限测点", "number"),
        Fact("sign_for_due_text", "签收期限"),
        Fact("first_report_due_text", "初报期限"),
        Fact(
            "proposed", "平台建议", "choice", choices=(("calibration", "疑似标校（须凭证核实，逾期未核实按真实处理）"),)
        ),
        Fact("calibration_filed", "该时段已备案标校", "flag"),
        Fact("recheck", "已抽中市局复核", "flag", filter=True),
    ),
    states=(
        State("notified", "待签收", (THE_MINE,)),
        State("received", "待初报", (THE_MINE,)),
        State("reported", "待核实", (SUPERVISOR,)),
        State("presumed_real", "逾期未核实，推定真实", (SUPERVISOR,)),
        State("found_real", "已核为真实，待第二人确认", (SUPERVISOR,)),
        State("found_not_real", "已核为非真实，待第二人确认", (SUPERVISOR,)),
        State("confirmed_real", "真实超限", (THE_MINE, SUPERVISOR)),
        State("confirmed_not_real", "非真实超限", (SUPERVISOR,)),
        State("closed", "已办结", outcome="done", terminal=True),
        State("merged", "已并入他件", outcome="undone", terminal=True),
        State("voided", "因数据更正撤销", outcome="undone", terminal=True),
    ),
    moves=(
        Move(
            "notify",
            "下达处置通知",
            ("notified",),
            None,
            (SYSTEM,),
            papers=(PaperUse("alarm_notice", alarm_notice),),
        ),
        Move(
            "sign_for",
            "签收",
            ("notified",),
            "received",
            MINE,
            cites=(MEASURES,),
            help="签收后请立即停电撤人并尽快初报",
            then=("case.receive_notices",),
        ),
        Move(
            "record_call",
            "登记电话通知",
            ("notified",),
            "received",
            DESK,
            fields=(Field("answered_by", "接听人姓名、职务"), Field("told", "通知内容及对方答复", "longtext")),
            help="煤矿未在系统签收时，由值班人员电话通知并登记",
        ),
        Move(
            "urge_call",
            "登记电话催办",
            ("received", "reported", "presumed_real", "found_real", "found_not_real"),
            None,
            DESK,
            fields=(Field("answered_by", "接听人姓名、职务"), Field("told", "催办内容及对方答复", "longtext")),
            optional=True,
            help="可多次登记；煤矿逾期未签收、未初报、未报停电撤人情况的，应持续催办",
        ),
        Move(
            "report_late",
            "逾期补报",
            ("presumed_real", "found_real", "found_not_real"),
            None,
            MINE,
            fields=(
                Field("cause_guess", "初步原因", "longtext"),
                Field("people_withdrawn", "已撤出人数", "number"),
                Field("late_because", "逾期原因", "longtext"),
                Field("files", "附件", "files", required=False),
            ),
            guards=(_not_reported_yet,),
            cites=(MEASURES,),
            help="逾期未签收、未初报的，补报并说明逾期原因；逾期情况如实留痕",
        ),
        Move(
            "report_first",
            "初报",
            ("notified", "received"),
            "reported",
            MINE,
            fields=(
                Field("cause_guess", "初步原因", "longtext"),
                Field("people_withdrawn", "已撤出人数", "number"),
                Field("situation", "现场情况", "longtext", required=False),
                Field("files", "附件", "files", required=False),
            ),
            cites=(MEASURES,),
            then=("case.receive_notices",),
        ),
        Move(
            "report_power_off",
            "填报停电撤人",
            (*UNVERIFIED[:4], "found_real", "found_not_real", "confirmed_real", "confirmed_not_real"),
            None,
            MINE,
            fields=(
                Field("power_off_at", "切断电源时间", "moment"),
                Field("withdrawn_at", "人员全部撤出时间", "moment"),
                Field("people", "撤出人数", "number"),
                Field("scope", "停电范围"),
                Field("files", "佐证（调度记录、监控截图等）", "files"),
            ),
            guards=(
                not_in_future("power_off_at", "切断电源时间"),
                not_in_future("withdrawn_at", "人员撤出时间"),
                _not_before_the_alarm,
            ),
            cites=(REGISTER_10_3,),
            help="四项措施之一：停电撤人",
        ),
        Move(
            "find_real",
            "核为真实超限",
            UNVERIFIED,
            "found_real",
            OFFICERS,
            fields=(
                Field(
                    "method", "核实方式", "choice", choices=(("phone", "电话"), ("video", "视频"), ("on_site", "现场"))
                ),
                Field("findings", "核实情况", "longtext"),
                Field("hand_reading", "便携仪对照读数（%CH₄）", "reading", required=False),
                Field("planned", "属事先备案的计划停风、检修或排放瓦斯", "flag", required=False),
                Field("files", "佐证", "files", required=False),
            ),
            guards=(evidence_in("files", "hand_reading"),),
            facts=lambda case, attempt: {"planned": bool(attempt.inputs["planned"])},
            cites=(REGISTER_16_1,),
        ),
        Move(
            "find_not_real",
            "核为非真实超限",
            UNVERIFIED,
            "found_not_real",
            OFFICERS,
            fields=(
                Field("kind", "类别", "choice", choices=NOT_REAL_KINDS),
                Field(
                    "method", "核实方式", "choice", choices=(("phone", "电话"), ("video", "视频"), ("on_site", "现场"))
                ),
                Field("findings", "核实情况", "longtext"),
                Field("hand_reading", "便携仪对照读数（%CH₄）", "reading", required=False),
                Field("neighbours", "邻近测点情况", "longtext", required=False),
                Field("files", "佐证", "files", required=False),
            ),
            guards=(evidence_in("files", "hand_reading", "neighbours"), _calibration_on_file),
            cites=(REGISTER_16_1,),
        ),
        Move(
            "confirm_real",
            "复核确认真实",
            ("found_real",),
            "confirmed_real",
            OFFICERS,
            fields=(Field("opinion", "复核意见", "longtext"),),
            guards=(other_person_than("find_real"),),
            facts=lambda case, attempt: {"presumed": False},
            cites=(REGISTER_10_3,),
            opens="overlimit_followup",
            then=("gas.count",),
        ),
        Move(
            "confirm_not_real",
            "复核确认非真实",
            ("found_not_real",),
            "confirmed_not_real",
            OFFICERS,
            fields=(Field("opinion", "复核意见", "longtext"),),
            guards=(other_person_than("find_not_real"),),
            facts=lambda case, attempt: {"presumed": False},
            then=("gas.judged_not_real",),
        ),
        Move(
            "return_finding",
            "退回重核",
            ("found_real", "found_not_real"),
            "reported",
            OFFICERS,
            fields=(Field("reason", "退回理由", "longtext"),),
            guards=(other_person_than("find_real", "find_not_real"),),
        ),
        Move(
            "presume_real",
            "推定真实",
            ("notified", "received", "reported", "found_real", "found_not_real"),
            "presumed_real",
            (SYSTEM,),
            facts=lambda case, attempt: {"presumed": True},
            then=("gas.count",),
            help="逾期未经两人核实的，推定为真实；第二人确认前推定不因单人意见改变",
        ),
        Move(
            "agree_not_real",
            "市局复核同意",
            ("confirmed_not_real",),
            None,
            CITY,
            fields=(Field("opinion", "复核意见", "longtext"),),
            guards=(_needs_recheck, other_person_than("find_not_real", "confirm_not_real")),
        ),
        Move(
            "rejudge",
            "市局改判",
            ("confirmed_real", "confirmed_not_real", "closed"),
            "reported",
            CITY,
            fields=(Field("reason", "改判理由", "longtext"), Field("files", "佐证", "files", required=False)),
            help="撤销原核实结论，退回重新核实；周规则随之重新计算",
            optional=True,
            then=("gas.judge_anew",),
        ),
        Move(
            "close_real",
            "办结",
            ("confirmed_real",),
            "closed",
            OFFICERS,
            fields=(Field("summary", "处置结果", "longtext"),),
            guards=(_episodes_final, _power_off_recorded),
            facts=lambda case, attempt: {"verdict": "confirmed"},
        ),
        Move(
            "close_not_real",
            "办结",
            ("confirmed_not_real",),
            "closed",
            OFFICERS,
            fields=(Field("summary", "处置结果", "longtext"),),
            guards=(_episodes_final, _recheck_done),
            facts=lambda case, attempt: {"verdict": "not_real"},
        ),
        Move(
            "upgrade",
            "报警升级",
            EVERY_OPEN,
            None,
            (SYSTEM,),
            papers=(PaperUse("alarm_notice", alarm_notice),),
            help="浓度升高或断电异常，等级升高，期限随之缩短，重新下达处置通知",
        ),
        Move("void", "因数据更正撤销", EVERY_OPEN, "voided", (SYSTEM,), help="迟到数据更正后超限不成立"),
        Move("merge", "并入", (*UNVERIFIED, "found_real", "found_not_real"), "merged", (SYSTEM,)),
    ),
    clocks=(
        Clock(
            "sign_for",
            "签收",
            "deadline",
            _span("sign_for"),
            starts=("open",),
            stops=("sign_for", "record_call", "report_first", "report_late", "find_real", "find_not_real"),
            cites=(MEASURES,),
            escalates=("supervisor", "city"),
            calls=CALLING,
        ),
        Clock(
            "first_report",
            "初报",
            "deadline",
            _span("first_report"),
            starts=("open",),
            stops=("report_first", "report_late", "find_real", "find_not_real"),
            cites=(MEASURES,),
            escalates=("supervisor", "city"),
            calls=CALLING,
        ),
        Clock(
            "verify",
            "核实",
            "deadline",
            _span("verify"),
            during=(*UNVERIFIED, "found_real", "found_not_real"),
            starts=("return_finding",),
            cites=(MEASURES,),
            escalates=("city",),
            lapse_move="presume_real",
        ),
        Clock(
            "close",
            "反馈闭环",
            "deadline",
            _span("close"),
            during=EVERY_OPEN,
            starts=("rejudge",),
            cites=(MEASURES,),
            escalates=("city",),
        ),
    ),
)
