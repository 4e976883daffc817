"""The steps of the mine, and the calls by which the desk reaches it."""

from kuangan.corpus.procedures._desk import MINE, call, record_call, sign_for
from kuangan.corpus.procedures.alarm_handling import guards
from kuangan.corpus.procedures.alarm_handling.people import FOUND, MEASURES, URGING
from kuangan.law.procedure import Field, Move

MEASURED = Field(
    "hand_reading",
    "便携仪测定读数（%CH₄）",
    "reading",
    required=False,
    help="未报备标校的必须填写；达到报警值的按瓦斯超限处置",
)
OF_THE_MINE = (
    sign_for("签收后请立即按通知书要求处置并尽快初报", MEASURES),
    record_call("煤矿未在系统签收时，由值班人员电话通知并登记"),
    Move(
        "urge_call",
        "登记电话催办",
        ("received", "reported", "presumed_real", "taken_over", *FOUND),
        None,
        URGING,
        fields=call("催办"),
        optional=True,
        help="可多次登记；煤矿逾期未签收、未初报、未报停电撤人情况的，应持续催办",
    ),
    Move(
        "report_late",
        "逾期补报",
        ("presumed_real", "taken_over", *FOUND),
        None,
        MINE,
        fields=(
            Field("cause_guess", "初步原因", "longtext"),
            Field("people_withdrawn", "已撤出人数", "number"),
            Field("late_because", "逾期原因", "longtext"),
            MEASURED,
            Field("files", "附件", "files", required=False),
        ),
        guards=(guards.not_reported_yet, guards.hand_reading_of_calibration),
        cites=(MEASURES,),
        then=("gas.read_by_hand",),
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
            MEASURED,
            Field("situation", "现场情况", "longtext", required=False),
            Field("files", "附件", "files", required=False),
        ),
        guards=(guards.hand_reading_of_calibration,),
        cites=(MEASURES,),
        then=("case.receive_notices", "gas.read_by_hand"),
    ),
)
