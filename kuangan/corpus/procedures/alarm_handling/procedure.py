"""预警处置：从报警到核实、四项措施之首（停电撤人）和闭环（任务分工10.3、16.1）。"""

from kuangan.corpus.procedures.alarm_handling.clocks import CLOCKS
from kuangan.corpus.procedures.alarm_handling.moves import MOVES
from kuangan.corpus.procedures.alarm_handling.people import (
    MEASURES,
    REGISTER_10_3,
    REGISTER_16_1,
    SUPERVISOR,
    THE_CITY,
    THE_MINE,
)
from kuangan.corpus.procedures.alarm_handling.power_off import POWER_OFF
from kuangan.law.procedure import Fact, FromReadings, Matter, Procedure, Quiet, State

PROCEDURE = Procedure(
    id="alarm_handling",
    title="瓦斯超限报警处置",
    prefix="预警",
    measure="10.3",
    cites=(REGISTER_10_3, REGISTER_16_1, MEASURES),
    matter=Matter.alarm,
    quiet_when=Quiet.feed,
    opens=(FromReadings(),),
    tracks=(POWER_OFF,),
    facts=(
        Fact("place", "地点", filter=True),
        Fact("started_at_text", "开始时间"),
        Fact("peak", "最大值", suffix="%CH₄"),
        Fact("alarm_limit", "报警值", suffix="%CH₄"),
        Fact("basis", "依据"),
        Fact("level_reason", "升级原因"),
        Fact("episodes_open", "仍未终结的超限测点", "number"),
        Fact("feed_on", "达断电值后馈电仍带电的测点", "lines"),
        Fact("sign_for_due_text", "签收期限"),
        Fact("first_report_due_text", "初报期限"),
        Fact(
            "calibration",
            "标校情况",
            "choice",
            choices=(
                ("unfiled", "处于标校状态，未报备（须便携仪测定，逾期未核实按真实处理）"),
                ("filed", "处于标校状态，已报备"),
                ("misfit", "与标校报备不符，按超限处置"),
                ("read_high", "标校未报备，便携仪读数达到报警值，按超限处置"),
            ),
            filter=True,
        ),
        Fact("misfit_reason", "与标校报备不符之处"),
        Fact("calibration_filed", "该时段已备案标校且浓度相符", "flag"),
        Fact("recheck", "已抽中市局复核", "flag", filter=True),
    ),
    states=(
        State("notified", "待签收", (THE_MINE,)),
        State("received", "待初报", (THE_MINE,)),
        State("reported", "待核实", (SUPERVISOR,)),
        State("presumed_real", "逾期未核实，推定真实", (SUPERVISOR,)),
        State("taken_over", "市局接办，待核实", (THE_CITY,)),
        State("found_real", "已核为真实，待第二人确认", (SUPERVISOR,)),
        State("found_not_real", "已核为非真实，待第二人确认", (SUPERVISOR,)),
        State("confirmed_real", "真实超限", (THE_MINE, SUPERVISOR)),
        State("confirmed_not_real", "非真实超限", (SUPERVISOR,)),
        State("closed", "已办结", outcome="done", terminal=True),
        State("merged", "已并入他件", outcome="undone", terminal=True),
        State("voided", "因数据更正撤销", outcome="undone", terminal=True),
    ),
    moves=MOVES,
    clocks=CLOCKS,
    renamed={"return_taken": "return_finding"},
)
