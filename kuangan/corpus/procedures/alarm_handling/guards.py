"""When a step of an alarm is refused."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from kuangan.base.clock import civil_date
from kuangan.law.local import local_span
from kuangan.law.procedure import Attempt, CaseView

EVIDENCE = (("files", "书面或影像佐证"), ("hand_reading", "便携仪对照读数"), ("neighbours", "邻近测点情况"))
LEAST_EVIDENCE = 2
"""The higher of sensor and portable reading counts (《煤矿安全规程》第五百三十二条), so one lower reading alone proves nothing."""


def is_unfiled_calibration(case: CaseView) -> bool:
    """Whether the sensor said that it was being calibrated and nobody had filed it."""
    return case.facts.get("calibration") == "unfiled"


def not_by_a_reading_over_the_limit(case: CaseView, attempt: Attempt) -> str | None:
    """A portable reading at or above the alarm set-point, of the officer or of the mine, proves the gas."""
    limit = Decimal(str(case.facts["alarm_limit"]))
    for who, reading in (("便携仪对照", attempt.inputs.get("hand_reading")), ("煤矿填报的便携仪", _told(case))):
        if reading not in (None, "") and Decimal(str(reading)) >= limit:
            return f"{who}读数{reading}%已达到报警值{limit}%，不能核为非真实超限"
    return None


def _told(case: CaseView) -> Any:
    """What the mine read by hand, as it reported last."""
    report = case.last("report_first", "report_late")
    return report.inputs.get("hand_reading") if report else None


def enough_evidence(case: CaseView, attempt: Attempt) -> str | None:
    """Two kinds of evidence at least."""
    given = [label for name, label in EVIDENCE if attempt.inputs.get(name) not in (None, "", [], ())]
    if len(given) >= LEAST_EVIDENCE:
        return None
    return f"核为非真实须有{'、'.join(label for _, label in EVIDENCE)}中的至少两项佐证，现有{len(given)}项"


def calibration_on_file(case: CaseView, attempt: Attempt) -> str | None:
    """A calibration is believed only when filed, read by hand, or shown by neighbouring points."""
    inputs = attempt.inputs
    if inputs.get("kind") != "calibration" or case.facts.get("calibration_filed"):
        return None
    if inputs.get("hand_reading") not in (None, "") or (inputs.get("files") and inputs.get("neighbours")):
        return None
    return "该时段无标校备案：认定为标校须有便携仪对照读数，或邻近测点情况及书面佐证"


def plan_filed(case: CaseView, attempt: Attempt) -> str | None:
    """A planned ventilation stop or degassing has a plan, and it was filed before the alarm began."""
    if not attempt.inputs.get("planned"):
        return None
    filed_at = attempt.inputs.get("plan_filed_at")
    if filed_at is None or not attempt.inputs.get("files"):
        return "认定为计划停风、检修或排放瓦斯的，须填写计划备案时间并上传备案的计划"
    if filed_at >= began(case):
        return "计划备案时间晚于本次报警开始时间，不属事先备案"
    return None


def not_taken_over(case: CaseView, attempt: Attempt) -> str | None:
    """What the city has taken over is verified, however long it takes."""
    return "市局已接办本件核实，不作推定" if "relieved" in case.names else None


def verification_is_late(case: CaseView, attempt: Attempt) -> str | None:
    """The city takes over what was not verified in time, and once."""
    if case.names["supervisor"] == case.names.get("city"):
        return "本件由市局办理，无须接办"
    clock = case.clocks.get("verify")
    if case.state == "presumed_real" or (clock is not None and clock.lapsed_at is not None):
        return None
    return "核实期限未届满，由日常监管主体核实；期限届满未核实的市局方可接办"


def not_filed(case: CaseView, attempt: Attempt) -> str | None:
    """A calibration that was filed, with a value and a time that fit, is never presumed real: somebody looks at it."""
    if case.facts.get("calibration_filed") and case.facts.get("calibration") != "misfit":
        return "该时段已备案标校且浓度相符，不推定为真实，须由两名人员核实"
    return None


def hand_reading_of_calibration(case: CaseView, attempt: Attempt) -> str | None:
    """An unfiled calibration is answered with a reading of the portable instrument."""
    if not is_unfiled_calibration(case) or attempt.inputs.get("hand_reading") not in (None, ""):
        return None
    return "本件为未报备标校：须用便携式甲烷检测报警仪现场测定并填报读数"


def episodes_final(case: CaseView, attempt: Attempt) -> str | None:
    """No point of it can go on."""
    open_count = int(case.facts.get("episodes_open", 0))
    if open_count:
        return f"尚有{open_count}个测点的报警过程未终结（回落后须连续10分钟未再超限），暂不能办结"
    return None


def feed_answered(case: CaseView, attempt: Attempt) -> str | None:
    """A feed that stayed on after the power-off set-point is answered for before the case ends."""
    feeds = case.facts.get("feed_on") or []
    report = case.last("report_power_off")
    if not feeds or (report is not None and report.inputs.get("feed_reason")):
        return None
    return f"{'、'.join(feeds)}达断电值后馈电仍显示带电：须由煤矿在停电撤人情况中说明原因和处置，经验收后方可办结"


def feed_explained(case: CaseView, attempt: Attempt) -> str | None:
    """The mine's report says why a feed that was seen on stayed on."""
    feeds = case.facts.get("feed_on") or []
    if not feeds or str(attempt.inputs.get("feed_reason") or "").strip():
        return None
    return f"{'、'.join(feeds)}达断电值后馈电仍显示带电，请填写馈电仍带电的原因和处置"


def recheck_done(case: CaseView, attempt: Attempt) -> str | None:
    """What the city drew is agreed to by the city first."""
    if case.facts.get("recheck") and case.last("agree_not_real") is None:
        return "本件已被抽中由市局复核，复核同意前不能办结"
    return None


def needs_recheck(case: CaseView, attempt: Attempt) -> str | None:
    """Only what was drawn."""
    return None if case.facts.get("recheck") else "本件未被抽中复核，如有异议请使用“改判”"


def not_reported_yet(case: CaseView, attempt: Attempt) -> str | None:
    """A first report is made once."""
    return (
        "已初报，无需补报；情况有变化的请填报停电撤人或现场情况" if case.last("report_first", "report_late") else None
    )


def power_off_owed(case: CaseView, attempt: Attempt) -> str | None:
    """An unfiled calibration asks for a reading first."""
    if not is_unfiled_calibration(case):
        return None
    return "本件为未报备标校：请先用便携仪测定并初报，读数达到报警值的再填报停电撤人"


def times_in_order(case: CaseView, attempt: Attempt) -> str | None:
    """Power is cut because of this alarm (clocks may differ a little), and it is off before the last one has left."""
    start = began(case)
    grace = local_span("alarm_handling.clock_grace", civil_date(start)).length
    named = (("power_off_at", "切断电源时间"), ("withdrawn_at", "人员全部撤出时间"))
    early = [label for name, label in named if attempt.inputs[name] < start - grace]
    if early:
        return f"{'、'.join(early)}早于本次报警，请核对"
    if attempt.inputs["withdrawn_at"] < attempt.inputs["power_off_at"]:
        return "人员全部撤出时间早于切断电源时间：须先停电、后撤出完毕，请核对两个时间"
    return None


def began(case: CaseView) -> datetime:
    """When its first point went over."""
    return datetime.fromisoformat(str(case.facts["started_at"]))
