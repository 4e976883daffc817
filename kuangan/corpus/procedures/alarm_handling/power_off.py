"""四项措施之首：停电撤人，由煤矿填报、监管人员验收或退回。"""

from dataclasses import replace

from kuangan.corpus.procedures._desk import MINE
from kuangan.corpus.procedures._spans import by_local
from kuangan.corpus.procedures.alarm_handling import guards
from kuangan.corpus.procedures.alarm_handling.people import EVERY_OPEN, ON_SITE, REGISTER_10_3
from kuangan.law.guards import not_in_future
from kuangan.law.procedure import CaseView, Clock, Field, Move, Track


def _owed(case: CaseView, party: int) -> bool:
    """Nobody cuts power because of an unfiled calibration, until a portable reading says otherwise."""
    return not guards.is_unfiled_calibration(case)


POWER_OFF = Track(
    "power_off",
    "停电撤人",
    "停电撤人",
    report=Move(
        "report_power_off",
        "填报停电撤人",
        EVERY_OPEN,
        None,
        MINE,
        fields=(
            Field("power_off_at", "切断电源时间", "moment"),
            Field("withdrawn_at", "人员全部撤出时间", "moment"),
            Field("people", "撤出人数", "number"),
            Field("scope", "停电范围"),
            Field(
                "feed_reason",
                "馈电仍带电的原因和处置",
                "longtext",
                required=False,
                help="系统显示达断电值后馈电仍带电的，必须填写",
            ),
            Field("files", "佐证（调度记录、监控截图等）", "files"),
        ),
        guards=(
            guards.power_off_owed,
            not_in_future("power_off_at", "切断电源时间"),
            not_in_future("withdrawn_at", "人员撤出时间"),
            guards.times_in_order,
            guards.feed_explained,
        ),
        cites=(REGISTER_10_3,),
        help="四项措施之一：停电撤人",
    ),
    accept=Move(
        "accept_power_off",
        "验收：停电撤人",
        EVERY_OPEN,
        None,
        ON_SITE,
        fields=(Field("opinion", "验收意见（与馈电状态、人员定位等核对情况）", "longtext"),),
        guards=(guards.feed_answered,),
        cites=(REGISTER_10_3,),
        legal=True,
    ),
    undo=Move(
        "return_power_off",
        "退回：停电撤人",
        EVERY_OPEN,
        None,
        ON_SITE,
        fields=(Field("reason", "退回理由", "longtext"),),
    ),
    span=by_local("alarm_handling.power_off.{level}"),
    cites=(REGISTER_10_3,),
    escalates=("supervisor", "city"),
)
CLOCK: Clock = replace(POWER_OFF.clock, starts=("open", "treat_as_overlimit"), when=_owed)
