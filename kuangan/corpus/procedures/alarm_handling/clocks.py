"""How long each step of an alarm may take, who is told and who is rung up when it takes longer."""

from kuangan.corpus.procedures._spans import by_local
from kuangan.corpus.procedures.alarm_handling import power_off
from kuangan.corpus.procedures.alarm_handling.people import EVERY_OPEN, FOUND, MEASURES, UNVERIFIED
from kuangan.law.procedure import Calling, Clock

INTERVAL, ROUNDS = "alarm_handling.call_interval", "alarm_handling.call_rounds"
THE_MINE_IS_LATE = Calling(
    "{unit}{place}瓦斯超限，煤矿{label}逾期，请立即联系煤矿并督促停电撤人",
    "已登记接听，请立即联系煤矿并督促停电撤人。",
    interval=INTERVAL,
    rounds=ROUNDS,
    beside=("mine",),
    beside_words="{place}瓦斯报警，请立即{label}，并按处置通知书要求处置",
    at_once=("red",),
)
NOBODY_VERIFIED = Calling(
    "{unit}{place}红色报警逾期未核实，请立即组织核实；已推定真实的，同时督促停电撤人",
    "已登记接听，请立即组织核实。",
    interval=INTERVAL,
    rounds=ROUNDS,
    levels=("red",),
)
TAKE_OVER = Calling(
    "{unit}{place}报警推定真实后仍未核实，请市局接办核实",
    "已登记接听，请办理“市局接办核实”。",
    interval=INTERVAL,
    rounds=ROUNDS,
)


CLOCKS = (
    Clock(
        "sign_for",
        "签收",
        "deadline",
        by_local("alarm_handling.sign_for.{level}"),
        starts=("open",),
        stops=("sign_for", "record_call", "report_first", "report_late", "find_real", "find_not_real"),
        cites=(MEASURES,),
        escalates=("supervisor", "city"),
        calls=THE_MINE_IS_LATE,
    ),
    Clock(
        "first_report",
        "初报",
        "deadline",
        by_local("alarm_handling.first_report.{level}"),
        starts=("open",),
        stops=("report_first", "report_late", "find_real", "find_not_real"),
        cites=(MEASURES,),
        escalates=("supervisor", "city"),
        calls=THE_MINE_IS_LATE,
    ),
    power_off.CLOCK,
    Clock(
        "verify",
        "核实",
        "deadline",
        by_local("alarm_handling.verify.{level}"),
        during=(*UNVERIFIED, *FOUND),
        starts=("return_finding", "take_over_verification"),
        cites=(MEASURES,),
        escalates=("supervisor", "city"),
        calls=NOBODY_VERIFIED,
        lapse_move="presume_real",
        of_office=True,
    ),
    Clock(
        "verify_presumed",
        "推定后核实",
        "deadline",
        by_local("alarm_handling.verify_presumed"),
        during=("presumed_real",),
        cites=(MEASURES,),
        escalates=("city",),
        calls=TAKE_OVER,
        of_office=True,
    ),
    Clock(
        "close",
        "反馈闭环",
        "deadline",
        by_local("alarm_handling.close.{level}"),
        during=EVERY_OPEN,
        starts=("rejudge",),
        cites=(MEASURES,),
        escalates=("city",),
    ),
)
