"""The steps of a rectification."""

from typing import Any

from kuangan.corpus.procedures.rectification import guards
from kuangan.corpus.procedures.rectification.clocks import EXTENSION, REINSPECTION
from kuangan.corpus.procedures.rectification.looking import FAILING, LOOKING
from kuangan.corpus.procedures.rectification.people import CITY, OFFICE, OFFICE_HEADS, UNIT
from kuangan.corpus.procedures.rectification.shared import LOOKED, OPEN, REASON, REGISTER, to_above, to_unit
from kuangan.law.procedure import SYSTEM, Attempt, By, CaseView, Field, Move, Tell


def _lapsed(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    return {"overdue": True, "lapses": int(case.facts.get("lapses", 0)) + 1}


def _answered(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """Late is also who answers after the day while his request waits, though no clock runs then."""
    if not guards.is_late(case, attempt) or case.facts.get("overdue"):
        return {}
    return {"lapses": int(case.facts.get("lapses", 0)) + 1}


def _never_overdue(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """The day that had passed was written wrong."""
    return {"overdue": False, "lapses": max(0, int(case.facts.get("lapses", 0)) - 1)}


def _granted(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    asked = case.last("request_extension")
    until = asked.inputs["until"].isoformat() if asked else case.facts["due_on"]
    return {"due_on": until, "extended": int(case.facts.get("extended", 0)) + 1}


ANSWERING = (
    Move("sign_for", "签收", ("ordered",), "received", UNIT, cites=(REGISTER,), then=("case.receive_notices",)),
    Move(
        "plan",
        "报送整改方案",
        OPEN,
        None,
        UNIT,
        fields=(
            Field("responsible", "责任人"),
            Field("measures", "整改措施", "longtext"),
            Field("funds", "资金（万元）", "decimal"),
            Field("until", "完成时限", "date"),
            Field("contingency", "整改期间安全防范措施和应急预案", "longtext"),
        ),
        guards=(guards.is_hazard, guards.plan_in_time),
        help="五落实：责任、措施、资金、时限、预案；属事故隐患的必须报送",
    ),
    Move(
        "answer",
        "报送整改情况",
        OPEN,
        "answered",
        UNIT,
        fields=(
            Field("done", "整改情况", "longtext"),
            Field("finished_on", "整改完成日期", "date"),
            Field("files", "整改佐证（照片、记录等）", "files"),
            Field("late_because", "逾期原因", "longtext", required=False),
        ),
        guards=(guards.hazard_has_plan, guards.late_is_explained),
        facts=_answered,
        cites=(REGISTER,),
        then=("case.receive_notices",),
    ),
    Move(
        "request_extension",
        "申请延期",
        ("ordered", "received"),
        "extension_asked",
        UNIT,
        fields=(
            Field(
                "cause",
                "延期事由",
                "choice",
                choices=((guards.FORCE_MAJEURE, "不可抗力"), ("other", "其他")),
            ),
            Field("until", "申请延至", "date"),
            REASON,
            Field("files", "证明材料", "files"),
        ),
        guards=(guards.later_day, guards.asked_in_time),
        cites=(EXTENSION,),
        optional=True,
        help="责令限期整改的，仅因不可抗力、于期限届满前10个工作日内可以申请；申请期间继续整改",
        tells=(Tell(By("office"), "{unit}申请延期整改", "{number}“{item}”申请延期，请答复。"),),
    ),
)
EXTENDING = (
    Move(
        "grant_extension",
        "准予延期",
        ("extension_asked",),
        "received",
        OFFICE,
        fields=(Field("opinion", "答复意见", "longtext"),),
        guards=(guards.another_decides,),
        facts=_granted,
        cites=(EXTENSION,),
        tells=to_unit("准予延期整改", "{number}“{item}”准予延期至{due_on}。"),
    ),
    Move(
        "refuse_extension",
        "不予延期",
        ("extension_asked",),
        "received",
        OFFICE,
        fields=(REASON,),
        guards=(guards.another_decides,),
        cites=(EXTENSION,),
        tells=to_unit("不予延期整改", "{number}“{item}”不予延期，请于{due_on}前（含当日）完成。"),
    ),
)
OVERDUE = (
    Move("fall_overdue", "逾期未整改", ("ordered", "received"), "overdue", (SYSTEM,), facts=_lapsed),
    Move(
        "inspect_overdue",
        "登记到期复查",
        ("overdue",),
        None,
        OFFICE,
        fields=(
            *LOOKED,
            Field(
                "handling",
                "处理",
                "choice",
                choices=(("go_on", "责令继续整改"), ("penalty", "立案处罚"), ("stop", "提请停产整顿")),
            ),
        ),
        cites=(REINSPECTION,),
        help="期限届满仍未报送的，到期复查并写明处理意见；立案处罚的在“新办”中立案",
    ),
    Move(
        "urge",
        "市级督办",
        ("overdue",),
        None,
        CITY,
        fields=(Field("demand", "督办要求", "longtext"),),
        optional=True,
        tells=(
            *to_unit("市级督办：逾期未整改", "{number}“{item}”逾期未整改，市级督办：{demand}"),
            Tell(By("office"), "市级督办：逾期未整改", "{number}{unit}“{item}”逾期未整改，市级督办：{demand}"),
        ),
    ),
)
AMENDED = to_unit("问题整改内容已更正", "{number}：{item}，整改期限{due_on}。")
MENDING = (
    Move(
        "supplement",
        "补充材料",
        (*OPEN, "answered"),
        None,
        OFFICE,
        fields=(Field("note", "说明", required=False), Field("files", "现场照片、检查记录", "files")),
        optional=True,
    ),
    Move(
        "revoke",
        "撤销",
        (*OPEN, "answered"),
        "withdrawn",
        OFFICE_HEADS,
        fields=(REASON,),
        guards=(guards.entered_by_hand,),
        optional=True,
        tells=to_unit("问题整改已撤销", "{number}“{item}”已撤销：{reason}"),
    ),
    Move(
        "amend",
        "随台账更正",
        ("ordered", "received"),
        None,
        (SYSTEM,),
        tells=AMENDED,
    ),
    Move(
        "amend_overdue",
        "随台账更正期限",
        ("overdue",),
        "received",
        (SYSTEM,),
        guards=(guards.day_lies_ahead,),
        facts=_never_overdue,
        tells=(
            *AMENDED,
            *to_above(
                "逾期问题随台账更正期限", "{number}{unit}“{item}”已逾期，现因台账更正整改期限为{due_on}，请核实。"
            ),
        ),
    ),
    Move("amend_text", "随台账更正内容", ("extension_asked", "overdue"), None, (SYSTEM,), tells=AMENDED),
    Move(
        "withdraw",
        "随台账撤销",
        OPEN,
        "withdrawn",
        (SYSTEM,),
        tells=to_unit("问题整改已撤销", "{number}“{item}”所依据的台账记录已更正或者作废，不再要求整改。"),
    ),
)
MOVES = (*ANSWERING, *EXTENDING, *LOOKING, *FAILING, *OVERDUE, *MENDING)
