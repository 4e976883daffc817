"""The steps of an alarm: of those who verify, of the city and of the platform; the mine's are in ``mine_moves``."""

from kuangan.corpus.procedures._desk import OFFICERS
from kuangan.corpus.procedures.alarm_handling import guards, papers
from kuangan.corpus.procedures.alarm_handling.mine_moves import OF_THE_MINE
from kuangan.corpus.procedures.alarm_handling.people import (
    CITY,
    EVERY_OPEN,
    FOUND,
    METHODS,
    NOT_REAL_KINDS,
    ON_SITE,
    REGISTER_10_3,
    REGISTER_16_1,
    UNVERIFIED,
)
from kuangan.corpus.procedures.alarm_handling.power_off import POWER_OFF
from kuangan.law.guards import evidence_in, other_person_than
from kuangan.law.procedure import SYSTEM, Attempt, By, CaseView, Field, Move, PaperUse, Tell


def _power_off_accepted(case: CaseView, attempt: Attempt) -> str | None:
    """Power is off and people are out, and somebody of the supervising body has accepted the report of it."""
    if case.last("report_power_off") is None:
        return "尚未登记停电撤人情况：须由煤矿填报停电、撤人时间及佐证，经验收后方可办结"
    return None if POWER_OFF.is_accepted(case) else "停电撤人情况尚未验收，不能办结"


HAND_READING = Field("hand_reading", "便携仪对照读数（%CH₄）", "reading", required=False)
FINDINGS = (Field("method", "核实方式", "choice", choices=METHODS), Field("findings", "核实情况", "longtext"))

VERIFYING = (
    Move(
        "find_real",
        "核为真实超限",
        UNVERIFIED,
        "found_real",
        OFFICERS,
        fields=(
            *FINDINGS,
            HAND_READING,
            Field("planned", "属事先备案的计划停风、检修或排放瓦斯", "flag", required=False),
            Field("plan_filed_at", "计划备案时间", "moment", required=False),
            Field("files", "佐证", "files", required=False),
        ),
        guards=(evidence_in("files", "hand_reading"), guards.plan_filed),
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
            *FINDINGS,
            HAND_READING,
            Field("neighbours", "邻近测点情况", "longtext", required=False),
            Field("files", "佐证", "files", required=False),
        ),
        guards=(guards.enough_evidence, guards.not_by_a_reading_over_the_limit, guards.calibration_on_file),
        cites=(REGISTER_16_1,),
        help="须有便携仪读数、邻近测点、书面或影像中的至少两项佐证；便携仪读数达到报警值的不得核为非真实",
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
        FOUND,
        "reported",
        OFFICERS,
        fields=(Field("reason", "退回理由", "longtext"),),
        guards=(other_person_than("find_real", "find_not_real"),),
    ),
    Move(
        "close_real",
        "办结",
        ("confirmed_real",),
        "closed",
        ON_SITE,
        fields=(Field("summary", "处置结果", "longtext"),),
        guards=(guards.episodes_final, _power_off_accepted, guards.feed_answered),
        facts=lambda case, attempt: {"verdict": "confirmed"},
    ),
    Move(
        "close_not_real",
        "办结",
        ("confirmed_not_real",),
        "closed",
        ON_SITE,
        fields=(Field("summary", "处置结果", "longtext"),),
        guards=(guards.episodes_final, guards.recheck_done),
        facts=lambda case, attempt: {"verdict": "not_real"},
    ),
)

OF_THE_CITY = (
    Move(
        "take_over_verification",
        "市局接办核实",
        ("notified", "received", "reported", "presumed_real", *FOUND),
        "taken_over",
        CITY,
        fields=(Field("reason", "接办理由", "longtext"),),
        guards=(guards.verification_is_late,),
        cites=(REGISTER_16_1,),
        takes_over=True,
        tells=(
            Tell(
                By("relieved", "section_head"),
                "市局已接办核实：{unit}{place}",
                "{number}逾期未核实，市局已接办：{reason}。请继续督促煤矿停电撤人并配合核实。",
            ),
        ),
        optional=True,
        help="日常监管主体逾期未核实的，市局一步接办，此后由市局两名人员核实；停电撤人的验收和办结原监管主体仍可办理",
    ),
    Move(
        "agree_not_real",
        "市局复核同意",
        ("confirmed_not_real",),
        None,
        CITY,
        fields=(Field("opinion", "复核意见", "longtext"),),
        guards=(guards.needs_recheck, other_person_than("find_not_real", "confirm_not_real")),
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
)

OF_THE_PLATFORM = (
    Move(
        "notify",
        "下达处置通知",
        ("notified",),
        None,
        (SYSTEM,),
        papers=(PaperUse("alarm_notice", papers.alarm_notice),),
    ),
    Move(
        "notify_calibration",
        "下达标校核查通知",
        ("notified",),
        None,
        (SYSTEM,),
        papers=(PaperUse("calibration_notice", papers.calibration_notice),),
        help="传感器处于标校状态而未报备的，先要求便携仪测定",
    ),
    Move(
        "treat_as_overlimit",
        "转为按瓦斯超限处置",
        EVERY_OPEN,
        None,
        (SYSTEM,),
        papers=(PaperUse("alarm_notice", papers.alarm_notice),),
        help="未报备标校经便携仪测定达到报警值，或同一地点另有测点超限",
    ),
    Move(
        "presume_real",
        "推定真实",
        ("notified", "received", "reported", *FOUND),
        "presumed_real",
        (SYSTEM,),
        guards=(guards.not_filed, guards.not_taken_over),
        facts=lambda case, attempt: {"presumed": True},
        opens="overlimit_followup",
        then=("gas.count",),
        help="逾期未经两人核实的，推定为真实，后续三项措施同时开始；第二人确认前推定不因单人意见改变",
    ),
    Move(
        "upgrade",
        "报警升级",
        EVERY_OPEN,
        None,
        (SYSTEM,),
        papers=(PaperUse("alarm_notice", papers.alarm_notice),),
        help="浓度升高或断电异常，等级升高，期限随之缩短，重新下达处置通知",
    ),
    Move("void", "因数据更正撤销", EVERY_OPEN, "voided", (SYSTEM,), help="迟到数据更正后超限不成立"),
    Move("merge", "并入", (*UNVERIFIED, *FOUND), "merged", (SYSTEM,)),
)

MOVES = (*OF_THE_MINE, *POWER_OFF.moves, *VERIFYING, *OF_THE_CITY, *OF_THE_PLATFORM)
