"""线下转入: a stop that was decided and served outside the platform before the office worked here.

Only one that stands and of which no acceptance was made can be taken in: the acceptances of art. 48 are papers that each next one
rests on, so they are made here. What was proposed, reviewed and signed outside stands in the scanned decision, not in the record.
"""

from typing import Any

from kuangan.base.clock import civil_date
from kuangan.corpus.procedures.suspension.steps import OFFICERS, SCOPE, STANDS_STILL, whole_mine
from kuangan.law.guards import not_in_future
from kuangan.law.procedure import Attempt, By, CaseView, Field, FromOutside, MoveSets, Tell

NATURES = (
    ("onsite_decision", "现场处理措施（责令暂时停产），不是行政处罚"),
    ("penalty", "行政处罚（责令停产整顿），另案办理"),
)
HALTED = {**STANDS_STILL, "halted": "halted", "building_halted": "building_halted"}
"""A mine that its file shows as halted already stays so, and produces again when the stop ends."""


def _facts(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    inputs = attempt.inputs
    return {
        "cause": inputs["cause"],
        "reason": inputs["reason"],
        "nature": inputs["nature"],
        "basis": inputs["basis"],
        "ordered_days": int(inputs["days"]),
        "order_number": inputs["order_number"],
        "published": bool(inputs["published"]) or None,
        "overlimits": [],
    }


def _days_possible(case: CaseView, attempt: Attempt) -> str | None:
    return None if int(attempt.inputs["days"]) >= 1 else "停产整顿天数应为1天以上"


def _in_order(case: CaseView, attempt: Attempt) -> str | None:
    if attempt.inputs["ordered_on"] <= civil_date(attempt.inputs["served_at"]):
        return None
    return "送达时间不能早于决定日期"


TAKE_IN = FromOutside(
    "线下已决定的停产整顿转入",
    OFFICERS,
    fields=(
        Field("order_number", "决定书文号"),
        Field("ordered_on", "决定日期", "date"),
        Field("served_at", "送达时间", "moment"),
        Field("days", "停产整顿天数（含已送达的延长）", "number"),
        *SCOPE,
        Field("cause", "案由"),
        Field("nature", "性质", "choice", choices=NATURES),
        Field("reason", "决定书载明的事实", "longtext"),
        Field("basis", "决定书载明的依据", "lines"),
        Field("requirements", "整顿内容和要求", "longtext"),
        Field("published", "停产整顿决定已公布", "flag", required=False),
        Field("files", "决定书、送达回证的扫描件", "files"),
    ),
    title="{unit}：{cause}（线下转入）",
    facts=_facts,
    guards=(not_in_future("served_at", "送达时间"), _days_possible, _in_order),
    help="启用平台以前已决定并送达、尚未恢复生产的停产整顿；期限自送达之日起算，此后的验收、批准在平台办理",
    counts_from="served_at",
    tells=(
        Tell(
            By("mine"),
            "停产整顿已转入平台办理",
            "{order_number}停产整顿决定转入平台（{number}），整改验收和恢复生产的申请请在平台办理。",
        ),
    ),
    state="served",
    sets=(MoveSets("status", turns=HALTED, when=whole_mine),),
)
