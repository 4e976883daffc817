"""What the notices to the mine say."""

from typing import Any, Final

from kuangan.law.procedure import Attempt, CaseView

CUT: Final = "立即切断超限区域内全部非本质安全型电气设备电源，撤出受威胁区域全部作业人员"
LOOK_INTO: Final = "立即查明原因，进行处理；需要停电撤人的立即停电撤人"
"""At places for which the table of the set-points cuts no power (main return, chambers); 规程 art. 191 has these words."""


def alarm_notice(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """Content of the notice to the mine; fields as in ``alarm_notice.typ``."""
    return {
        **_shared(case),
        "peak": case.facts["peak"],
        "limit": f"报警浓度≥{case.facts['alarm_limit']}%CH₄",
        "requirements": [
            CUT if case.facts.get("cuts", True) else LOOK_INTO,
            "报告初步原因和停电撤人情况，保护现场监测数据",
            "查明原因、消除隐患并经检查确认前，不得恢复送电和作业",
        ],
    }


def calibration_notice(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """Content of the notice on a calibration that nobody filed; fields as in ``calibration_notice.typ``."""
    limit = case.facts["alarm_limit"]
    return {
        **_shared(case),
        "peak": case.facts["peak"],
        "limit": f"报警浓度≥{limit}%CH₄",
        "requirements": [
            "立即用便携式甲烷检测报警仪在测点处测定，在初报中填报读数、测定人和测定时间",
            f"读数达到{limit}%的，立即停电撤人，按瓦斯超限处置",
            "说明未报备标校的原因，上传调校记录；今后标校须事先报备",
        ],
    }


def _shared(case: CaseView) -> dict[str, Any]:
    facts = case.facts
    return {
        "mine": case.names["mine"],
        "case_number": case.number,
        "level": facts["level_text"],
        "place": facts["place"],
        "started_at": facts["started_at_text"],
        "points": list(facts["points"]),
        "sign_for_due": facts["sign_for_due_text"],
        "first_report_due": facts["first_report_due_text"],
        "basis": [facts["basis"]],
    }
