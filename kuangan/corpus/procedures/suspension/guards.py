"""When a step of a suspension is refused."""

from datetime import timedelta

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text, moment_text
from kuangan.corpus.procedures.suspension import hazards
from kuangan.law.local import local, local_span
from kuangan.law.procedure import Attempt, CaseView, Guard
from kuangan.law.time.dated import NotInForce


def days_enough(case: CaseView, attempt: Attempt) -> str | None:
    """Not shorter than the least that its finding asks for, not longer than a temporary stop may be."""
    least, wanted = int(case.facts.get("least_days") or 1), int(attempt.inputs["days"])
    if wanted < least:
        return f"停产整顿不得少于{least}天"
    return too_long(wanted, attempt)


def too_long(wanted: int, attempt: Attempt) -> str | None:
    """A temporary stop ends within its longest term (令18第二十二条第三款); before that article there was none."""
    day = civil_date(attempt.at)
    try:
        longest = local_span("suspension.longest", day)
    except NotInForce:
        return None
    if day + timedelta(days=wanted) <= longest.after(day):
        return None
    return f"责令暂时停产一般不超过{longest}，所填天数过长；确需更长期限的，依法另行处理"


def scope_named(case: CaseView, attempt: Attempt) -> str | None:
    """The whole mine, or faces of its register; where the mine went over its limits repeatedly, as the local value says."""
    scope, faces = attempt.inputs["scope"], attempt.inputs["faces"]
    if scope == "faces" and not faces:
        return "停部分采掘工作面的，须选定一矿一册登记的工作面"
    if scope == "mine" and faces:
        return "停产范围为全矿井的，不另选工作面"
    if case.facts["overlimits"] and scope not in local("week_rule.scope", civil_date(attempt.at)).value:
        return "一周内多次瓦斯超限的，须责令该矿（全矿井）停产整顿，不能只停部分工作面"
    return None


def hazard_shown(case: CaseView, attempt: Attempt) -> str | None:
    """A major hazard is named with what was found on site and its evidence, or not at all."""
    return hazards.refused(attempt.inputs, civil_date(attempt.at))


def track_is_built(case: CaseView, attempt: Attempt) -> str | None:
    """A penalty (条例第六十四条) is a case of its own, with hearing and collective discussion."""
    if on_site(attempt):
        return None
    return "本市规定停产整顿按行政处罚程序办理：请在“新办”中另立行政处罚案件（告知听证、集体讨论），并撤销本建议"


def on_site(attempt: Attempt) -> bool:
    """Whether a stop is an on-site measure, as the city has answered."""
    return bool(local("suspension.track", civil_date(attempt.at)).value == "onsite_decision")


def basis_holds(case: CaseView, attempt: Attempt) -> str | None:
    """What it rests on still holds."""
    if not case.facts.get("basis_lost"):
        return None
    if case.facts["overlimits"] or case.facts.get("least_days"):
        return "所依据的超限经改判后已不足一周2次，不能继续办理，请核实后办理“撤销建议”"
    return "所依据的认定已不成立，不能继续办理，请核实后办理“撤销建议”"


def presumption_allowed(case: CaseView, attempt: Attempt) -> str | None:
    """Over-limits that are only presumed real order a stop where the local value lets them."""
    if local("suspension.presumed", civil_date(attempt.at)).value == "orders":
        return None
    presumed = [overlimit["place"] for overlimit in case.facts["overlimits"] if overlimit.get("presumed")]
    if presumed:
        return f"{'、'.join(presumed)}的超限系逾期未核实推定真实，须先由两名人员核实确认后方可审核"
    return None


def served_after(move: str, what: str) -> Guard:
    """Service cannot precede what is served, and happened on the day on which the receipt was signed."""

    def guard(case: CaseView, attempt: Attempt) -> str | None:
        made, served_at, received_on = case.last(move), attempt.inputs["served_at"], attempt.inputs["received_on"]
        if made is not None and served_at < made.at.replace(second=0, microsecond=0):
            return f"送达时间不能早于{what}作出时间（{moment_text(made.at)}）"
        if civil_date(served_at) != received_on:
            return f"送达时间须在送达回证载明的签收日期（{date_text(received_on)}）当日，请核对回证"
        return None

    return guard


def left_with_witnesses(case: CaseView, attempt: Attempt) -> str | None:
    """A paper that was refused is left behind before witnesses."""
    if attempt.inputs["method"] != "left" or attempt.inputs.get("witnesses"):
        return None
    return "留置送达须写明见证人"


def not_yet_published(case: CaseView, attempt: Attempt) -> str | None:
    return "停产整顿决定已公布，不得重复公布" if _published(case) else None


def order_published(case: CaseView, attempt: Attempt) -> str | None:
    return None if _published(case) else "停产整顿决定尚未公布，须先办理“公布停产整顿决定”"


def _published(case: CaseView) -> bool:
    """Here, or before the stop was taken in."""
    taken_in = case.last("take_in")
    return case.last("publish_order") is not None or bool(taken_in and taken_in.inputs.get("published"))


def chain_complete(case: CaseView, attempt: Attempt) -> str | None:
    """The state says how far the chain of art. 48 has come; only ``approved`` may be resumed from."""
    if case.state == "approved":
        return None
    return "复产验收程序未完成：须依次经煤矿自验收、上级公司验收、申请、部门验收、负责人签字、监察机构同意和政府批准"


def joined_decided(case: CaseView, attempt: Attempt) -> str | None:
    """An over-limit that joined during the stop needs a decision: longer, or reasons why not."""
    joined = case.last("join_during_stop")
    decided = case.last("extend", "decline_extension")
    if joined is None or (decided is not None and decided.at >= joined.at):
        return None
    return "停产期间并入的超限尚未处理：须先作出延长停产整顿的决定，或由局负责人写明理由不予延长"


def may_withdraw(case: CaseView, attempt: Attempt) -> str | None:
    """A draft whose basis holds is not withdrawn by anybody alone, unless a penalty takes its place."""
    if case.facts.get("basis_lost") or not on_site(attempt):
        return None
    return "所依据的事实仍然成立，不能撤销建议；对超限核实结论有异议的，请由市局改判"


def company_has_accepted(case: CaseView, attempt: Attempt) -> str | None:
    """Only a mine without parent company applies straight after its own acceptance."""
    if case.state == "company_accepted" or "company" not in case.names:
        return None
    return "须经上级公司验收合格后方可申请恢复生产"


def stalled(case: CaseView, attempt: Attempt) -> str | None:
    """The city takes over what another body let lie: a term has passed and still runs."""
    if case.names["supervisor"] == case.names.get("city"):
        return "本件由市局直接办理，无须提级"
    if any(clock.lapsed_at and not clock.stopped_at for clock in case.clocks.values()):
        return None
    return "本件没有逾期未办的事项，不能提级办理；请先督办"
