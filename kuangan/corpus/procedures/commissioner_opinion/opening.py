"""What a commissioner writes on site: the problems, what he demands, by when."""

from typing import Any

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.procedures.commissioner_opinion.people import COMMISSIONERS
from kuangan.law.local import local_span
from kuangan.law.procedure import Attempt, CaseView, Fact, Field, FromPerson

STOP = "stop_and_withdraw"
DEMANDS = (("rectify", "限期整改"), (STOP, "立即停止作业并撤人"))
PROBLEMS = Field(
    "problems",
    "发现问题",
    "rows",
    help="送达后每条生成一件问题整改，由煤矿签收、整改、报送佐证，专员复查销号",
    columns=(
        Field("item", "问题"),
        Field("place", "地点", required=False),
        Field("clause", "违反的条款", required=False),
        Field("due_on", "整改期限", "date", required=False),
    ),
    most=50,
)
CONTENT = (
    PROBLEMS,
    Field("demand", "监管意见", "choice", choices=DEMANDS),
    Field(
        "scope",
        "停止作业、撤人的范围",
        required=False,
        help="意见为“立即停止作业并撤人”的必填，如：1301综采工作面及回风巷",
    ),
    Field("due_on", "整改期限", "date", help="各条问题未单独写明期限的，按此期限"),
)
FACTS = (
    Fact("matter", "事项"),
    Fact("problems", "发现问题", "rows", columns=PROBLEMS.columns),
    Fact("demand", "监管意见", "choice", choices=DEMANDS, filter=True),
    Fact("scope", "停止作业、撤人的范围"),
    Fact("due_on", "整改期限", "date"),
)


def in_order(case: CaseView, attempt: Attempt) -> str | None:
    """The day lies ahead and within the longest term that anybody may set; who demands withdrawal says whence."""
    inputs, today = attempt.inputs, civil_date(attempt.at)
    last = local_span("own_deadline.longest", today).after(today)
    days = [inputs["due_on"], *(problem["due_on"] for problem in inputs["problems"] if problem.get("due_on"))]
    if min(days) < today:
        return "整改期限不能早于今日"
    if max(days) > last:
        return f"整改期限过长，最晚为{date_text(last)}"
    if inputs["demand"] == STOP and not inputs["scope"]:
        return "意见为“立即停止作业并撤人”的，请填写停止作业、撤人的范围"
    return None


def _facts(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    inputs = attempt.inputs
    stops = inputs["demand"] == STOP
    matter = f"停止作业、撤人（{inputs['scope']}）" if stops else f"{inputs['problems'][0]['item']}，限期整改"
    return {**{name: value for name, value in inputs.items() if name != "files"}, "matter": matter}


BY_COMMISSIONER = FromPerson(
    "起草现场监管意见书",
    COMMISSIONERS,
    fields=(*CONTENT, Field("files", "现场照片", "files", required=False)),
    title="{unit}：{procedure}，{matter}",
    facts=_facts,
    guards=(in_order,),
    help="监管专员现场发现问题的，出具意见书；签发前煤矿看不到",
    internal=True,
)
