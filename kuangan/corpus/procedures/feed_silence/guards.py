"""When a step about data that do not come is refused."""

from kuangan.law.procedure import Attempt, CaseView


def feed_is_back(case: CaseView, attempt: Attempt) -> str | None:
    """The whole feed has come back; single points may stay away for a reason."""
    if case.facts.get("feed_silent"):
        return "安全监控系统数据尚未恢复，不能办结"
    silent = case.facts.get("silent") or []
    if silent and not str(attempt.inputs.get("remaining") or "").strip():
        return f"尚有{len(silent)}个测点未恢复，办结须写明未恢复的理由（已拆除、更换等）和佐证"
    return None


def shown_to_be_gone(case: CaseView, attempt: Attempt) -> str | None:
    """That points stand no more is stated by the mine as the cause, and shown."""
    if not attempt.inputs.get("dismantled"):
        return None
    cause = case.last("report_cause")
    if cause is None or cause.inputs.get("kind") != "removed":
        return "煤矿报送的原因不是测点拆除、更换，不能核定为已拆除"
    return None if attempt.inputs.get("files") else "核定测点已拆除的，请上传拆除记录等佐证"


def assessed(case: CaseView, attempt: Attempt) -> str | None:
    """A feed that was away for a day is judged by a person before the case ends."""
    if not case.facts.get("lasting") or case.last("assess") is not None:
        return None
    return "数据中断已达本市规定的时长，须先由执法人员认定系统是否不能正常运行"


def lasting(case: CaseView, attempt: Attempt) -> str | None:
    """Only a feed that was away for so long."""
    return None if case.facts.get("lasting") else "数据中断未达本市规定的时长，无须认定"


def cause_reported(case: CaseView, attempt: Attempt) -> str | None:
    newest = case.last("report_cause", "return_cause", "recur")
    return None if newest is not None and newest.move == "report_cause" else "煤矿尚未报送中断原因"
