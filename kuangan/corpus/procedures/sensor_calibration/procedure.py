"""标校记录：事先报备的标校达到报警值时留痕，不下达停电撤人；与报备相符的自动办结，不符的转为报警（任务分工10.3、16.1）。"""

from kuangan.corpus.procedures._desk import OFFICERS
from kuangan.law.cite import Cite
from kuangan.law.procedure import SYSTEM, Fact, Field, FromReadings, Move, Procedure, State

REGISTER = Cite("register", "16.1")
DOUBTED = ("gas.calibration_doubted",)

PROCEDURE = Procedure(
    id="sensor_calibration",
    title="甲烷传感器标校记录",
    prefix="标校",
    measure="16.1",
    cites=(REGISTER,),
    opens=(FromReadings(),),
    facts=(
        Fact("place", "地点", filter=True),
        Fact("point", "测点编码"),
        Fact("started_at_text", "开始时间"),
        Fact("ended_at_text", "结束时间"),
        Fact("peak", "最大值", suffix="%CH₄"),
        Fact("gas", "报备的标准气样浓度", suffix="%CH₄"),
        Fact("filed", "报备的调校人员和时段"),
        Fact("feed_on", "达断电值后馈电仍带电（断电试验不合格）", "lines"),
        Fact("doubt", "与报备不符之处"),
    ),
    states=(
        State("running", "标校中，系统比对报备", (SYSTEM,)),
        State("fitted", "与报备相符，自动办结", outcome="done", terminal=True),
        State("unfit", "与报备不符，已转为报警", outcome="done", terminal=True),
        State("voided", "因数据更正撤销", outcome="undone", terminal=True),
    ),
    moves=(
        Move(
            "settle",
            "比对相符",
            ("running",),
            "fitted",
            (SYSTEM,),
            help="时间、浓度、邻近测点和读数曲线均与报备相符",
        ),
        Move("turn_to_alarm", "比对不符", ("running",), "unfit", (SYSTEM,), help="转为瓦斯超限报警，按浓度定级处置"),
        Move(
            "doubt",
            "转为报警",
            ("running", "fitted"),
            "unfit",
            OFFICERS,
            fields=(Field("reason", "不予采信的理由", "longtext"),),
            optional=True,
            then=DOUBTED,
            help="认为不是标校的，转为瓦斯超限报警处置",
        ),
        Move("void", "因数据更正撤销", ("running",), "voided", (SYSTEM,)),
    ),
    clocks=(),
)
