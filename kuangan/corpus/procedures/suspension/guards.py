"""When a step of a suspension is refused."""

from kuangan.base.clock import civil_date
from kuangan.law.local import local, local_span
from kuangan.law.procedure import Attempt, CaseView


def days_enough(case: CaseView, attempt: Attempt) -> str | None:
    """Not shorter than the least that the law of the day asks for."""
    least = int(case.facts["least_days"])
    if int(attempt.inputs["days"]) >= least:
        return None
    return f"停产整顿不得少于{least}天"


def track_is_built(case: CaseView, attempt: Attempt) -> str | None:
    """The penalty track (filing, pre-notice, hearing) is a procedure of its own, not in the corpus yet."""
    if local("suspension.track", civil_date(attempt.at)).value == "onsite_decision":
        return None
    return "本市规定停产整顿按行政处罚程序办理，平台尚未收录该程序，请线下办理"


def basis_holds(case: CaseView, attempt: Attempt) -> str | None:
    """The over-limits it rests on still count."""
    if case.facts.get("basis_lost"):
        return "所依据的超限经改判后已不足一周2次，不能继续办理，请核实后办理“撤销建议”"
    return None


def basis_confirmed(case: CaseView, attempt: Attempt) -> str | None:
    """No over-limit that is only presumed real."""
    presumed = [row["place"] for row in case.facts["overlimits"] if row.get("presumed")]
    if presumed:
        return f"{'、'.join(presumed)}的超限系逾期未核实推定真实，须先由两名人员核实确认后方可审核"
    return None


def served_not_before_order(case: CaseView, attempt: Attempt) -> str | None:
    """A service cannot precede the decision."""
    ordered = case.last("order")
    served_at = attempt.inputs.get("served_at")
    if ordered is not None and served_at is not None and served_at < ordered.at.replace(second=0, microsecond=0):
        return "送达时间不能早于决定作出时间"
    return None


def extended_at_all(case: CaseView, attempt: Attempt) -> str | None:
    """An extension has a least length of its own."""
    least = local_span("suspension.extension", civil_date(attempt.at)).length.days
    return None if int(attempt.inputs["more_days"]) >= least else f"延长停产整顿不得少于{least}天"


def not_yet_published(case: CaseView, attempt: Attempt) -> str | None:
    """Published once."""
    return "停产整顿决定已公布，不得重复公布" if case.last("publish_order") else None


def chain_complete(case: CaseView, attempt: Attempt) -> str | None:
    """The state says how far the chain of art. 48 has come; only ``approved`` may be resumed from."""
    if case.state == "approved":
        return None
    return "复产验收程序未完成：须依次经煤矿自验收、上级公司验收、申请、部门验收、负责人签字、监察机构同意和政府批准"


def joined_decided(case: CaseView, attempt: Attempt) -> str | None:
    """An over-limit that joined during the stop needs the head's decision: longer, or reasons why not."""
    joined = case.last("join_during_stop")
    decided = case.last("extend", "decline_extension")
    if joined is None or (decided is not None and decided.at >= joined.at):
        return None
    return "停产期间并入的超限尚未处理：须由局负责人先决定延长停产整顿，或写明理由不予延长"


def basis_is_lost(case: CaseView, attempt: Attempt) -> str | None:
    """A draft whose basis holds is not withdrawn by anybody alone."""
    if case.facts.get("basis_lost"):
        return None
    return "所依据的超限仍然成立，不能撤销建议；对超限核实结论有异议的，请由市局改判"


def company_has_accepted(case: CaseView, attempt: Attempt) -> str | None:
    """Only a mine without parent company applies straight after its own acceptance."""
    if case.state == "company_accepted" or "company" not in case.names:
        return None
    return "须经上级公司验收合格后方可申请恢复生产"


def served_not_before_extension(case: CaseView, attempt: Attempt) -> str | None:
    """Service cannot precede what is served."""
    extended = case.last("extend")
    served_at = attempt.inputs.get("served_at")
    if extended is not None and served_at is not None and served_at < extended.at.replace(second=0, microsecond=0):
        return "送达时间不能早于延长决定作出时间"
    return None


def left_with_witnesses(case: CaseView, attempt: Attempt) -> str | None:
    """A paper that was refused is left behind before witnesses."""
    if attempt.inputs["method"] != "left" or attempt.inputs.get("witnesses"):
        return None
    return "留置送达须写明见证人"
