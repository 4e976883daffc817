"""How a rectification begins: from a row of a ledger, or from who found the problem himself; and what it rests on."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from kuangan.base.clock import civil_date
from kuangan.corpus.procedures.rectification.people import OPENERS
from kuangan.law.procedure import Attempt, By, CaseView, Fact, Field, FromEntry, FromOutside, FromPerson, RowView, Tell

SOURCES = (
    ("visit", "现场检查"),
    ("check", "专项检查"),
    ("oversight", "督导检查"),
    ("group", "五人小组"),
    ("opinion", "监管专员"),
    ("company", "上级公司检查"),
    ("online", "网上巡查"),
    ("tip", "举报核查"),
    ("own", "煤矿自查"),
)
HAZARDS = (("general", "一般隐患"), ("major", "重大隐患"))
ORDERS_OBEYED = "3.1g"
"""The clause of the register by which a mine carries out what those over it demand."""
OVERSIGHT = "2.6"
"""The clause of the city's oversight over the supervision of its counties."""
OFFICES = ("city_bureau", "city_coal_section", "county_bureau", "county_government")
ITEM = Field("item", "问题")
DETAILS = (
    Field("place", "地点", required=False),
    Field("clause", "违反的条款", required=False),
    Field("hazard", "隐患等级", "choice", required=False, choices=HAZARDS),
)
COLUMNS = (
    ITEM,
    *DETAILS,
    Field("due_on", "整改期限", "date", required=False),
    Field("on_the_spot", "当场整改", "flag", required=False),
)
"""The table of problems of a ledger; only the first column must be filled."""
FACTS = (
    Fact("source", "来源", filter=True),
    Fact("found_on", "发现日期", "date"),
    Fact("item", "问题"),
    Fact("place", "地点"),
    Fact("clause", "违反的条款"),
    Fact("hazard", "隐患等级", "choice", choices=HAZARDS, filter=True),
    Fact("paper", "执法文书文号"),
    Fact("due_on", "整改期限", "date"),
    Fact("extended", "准予延期次数", "number"),
    Fact("refused", "复查不合格次数", "number"),
    Fact("overdue", "逾期未整改", "flag", filter=True),
    Fact("taken_in", "线下转入", "flag", filter=True),
    Fact("gone", "所依据的台账记录已更正或者作废", "flag"),
)


def _from_row(view: RowView) -> dict[str, Any]:
    details = {field.name: view.cells.get(field.name) for field in (ITEM, *DETAILS)}
    return {
        **details,
        "source": view.ledger,
        "entry": view.serial,
        "found_on": view.on.isoformat(),
        "due_on": view.due_on.isoformat(),
        "paper": view.paper,
        "clauses": _served(view.kind, view.clauses, own=view.own),
    }


def _served(kind: str, clauses: tuple[str, ...], *, own: bool) -> list[str]:
    """The clauses that a case shows: those of where it was found, and of a mine that it obeys those over it."""
    obeys = (ORDERS_OBEYED,) if kind == "mine" and not own else ()
    return list(dict.fromkeys((*clauses, *obeys)))


FROM_ENTRY = FromEntry(
    columns=COLUMNS,
    facts=_from_row,
    amend=("amend", "amend_overdue", "amend_text"),
    due="due_on",
    told=("发现{count}项问题，请签收整改", "{ledger}登记发现以下问题，请签收并按期整改、报送佐证：\n{items}"),
    settled="on_the_spot",
    settled_at_once=True,
    title="{unit}：{item}",
)


def _entered(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    inputs = attempt.inputs
    texts = {field.name: inputs[field.name] for field in (ITEM, *DETAILS)}
    own = case.names["unit"] == case.names.get("office")
    found_by_oversight = (OVERSIGHT,) if case.kind in OFFICES else ()
    return {
        **texts,
        "source": dict(SOURCES)[str(inputs["source"])],
        "found_on": inputs["found_on"],
        "due_on": inputs["due_on"],
        "paper": inputs["paper"],
        "clauses": _served(case.kind, found_by_oversight, own=own),
    }


def _found_by_now(case: CaseView, attempt: Attempt) -> str | None:
    return None if attempt.inputs["found_on"] <= civil_date(attempt.at) else "发现日期不能晚于今日"


def _time_to_come(case: CaseView, attempt: Attempt) -> str | None:
    return None if attempt.inputs["due_on"] >= civil_date(attempt.at) else "整改期限不能早于今日"


def _due_after_found(case: CaseView, attempt: Attempt) -> str | None:
    return None if attempt.inputs["due_on"] >= attempt.inputs["found_on"] else "整改期限不能早于发现日期"


def _from_above(case: CaseView, attempt: Attempt) -> str | None:
    """An office is told what is wrong by one of a higher level; above an office of a county stands the city's bureau."""
    of_county = case.names.get("above") == case.names.get("city")
    if case.kind not in OFFICES or not of_county:
        return None
    return f"{case.names['unit']}的问题由市级督导下达，不能由同级单位下达整改"


def _paper_made_here(case: CaseView, attempt: Attempt) -> str | None:
    """What a paper orders ends with a numbered opinion of two certified officers: a company and a mine have none, an inspectorate numbers its own."""
    names = case.names
    if not attempt.inputs["paper"]:
        return None
    if attempt.unit in (names.get("mine"), names.get("company")):
        return "责令限期整改文书由监管监察部门制作，上级公司、煤矿自行发现的问题请勿填写执法文书文号"
    if attempt.unit == names.get("inspectorate"):
        return (
            "监察机构的执法文书和复查意见书由其自行编号、制作，请勿在此填写执法文书文号；问题由贵单位在本平台复查销号"
        )
    return None


BY_PERSON = FromPerson(
    "下达问题整改",
    OPENERS,
    fields=(
        Field("source", "来源", "choice", choices=SOURCES),
        Field("found_on", "发现日期", "date", default="today"),
        ITEM,
        *DETAILS,
        Field("due_on", "整改期限", "date"),
        Field(
            "paper",
            "执法文书文号",
            required=False,
            help="监管部门已制作责令限期整改文书的填写，复查须两名持证执法人员办理",
        ),
        Field("files", "现场照片、检查记录", "files", required=False),
    ),
    title="{unit}：{item}",
    facts=_entered,
    guards=(_found_by_now, _time_to_come, _from_above, _paper_made_here),
    tells=(Tell(By("unit"), "发现问题，请签收整改", "{number}“{item}”请于{due_on}前（含当日）整改并报送佐证。"),),
    help="现场发现的问题逐条下达，责任单位签收、整改、报送佐证，由发现单位复查销号；已登记检查台账的不必重复下达",
)


TAKE_IN = FromOutside(
    "线下下达的问题整改转入",
    OPENERS,
    fields=(
        Field("source", "来源", "choice", choices=SOURCES),
        Field("found_on", "发现日期", "date"),
        ITEM,
        *DETAILS,
        Field("due_on", "整改期限", "date"),
        Field("paper", "执法文书文号", required=False, help="已制作责令限期整改文书的填写，复查须两名持证执法人员办理"),
        Field("files", "检查记录、责令整改文书和签收凭证的扫描件", "files"),
    ),
    title="{unit}：{item}（线下转入）",
    facts=_entered,
    guards=(_found_by_now, _due_after_found, _from_above, _paper_made_here),
    counts_from="found_on",
    tells=(
        Tell(By("unit"), "线下下达的问题整改已转入平台", "{number}“{item}”整改期限{due_on}，整改情况请在平台报送。"),
    ),
    help="启用平台以前已下达并签收、尚未整改完毕的问题；期限按原定日期，已过期的即列为逾期",
    state="received",
)


def due_of(facts: Mapping[str, Any]) -> date:
    """By when the problem is to be put right."""
    return date.fromisoformat(str(facts["due_on"]))
