"""How a case begins: an officer enters a clue, and whom it is against."""

from collections.abc import Mapping
from typing import Any

from kuangan.corpus.procedures.administrative_penalty import guards, papers
from kuangan.corpus.procedures.administrative_penalty.steps import OFFICERS
from kuangan.law.guards import certified
from kuangan.law.procedure import Attempt, CaseView, Fact, Field, FromPerson, Party

AGAINST = (("both", "单位和下列人员"), ("unit", "仅单位"), ("persons", "仅下列人员"))
PERSON = (Field("name", "姓名", "person"), Field("post", "职务"), Field("address", "地址"))


def parties(case: CaseView, attempt: Attempt) -> tuple[Party, ...]:
    """The unit the case is about, its people, or both, in this order."""
    inputs = attempt.inputs
    unit = case.names["unit"]
    first = [Party(1, unit, "unit", address=str(inputs["address"]))] if inputs["against"] != "persons" else []
    persons = inputs["persons"] if inputs["against"] != "unit" else ()
    return (
        *first,
        *(_person(person, number, unit) for number, person in enumerate(persons or (), start=len(first) + 1)),
    )


def _person(person: Mapping[str, Any], number: int, unit: str) -> Party:
    return Party(number, str(person["name"]), "person", f"{unit}{person['post']}", str(person["address"]))


def _facts(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """What was entered, without the parties, who stand on their own."""
    kept = {name: value for name, value in attempt.inputs.items() if name not in ("against", "persons", "address")}
    return {**kept, "cause": f"{case.names['unit']}{attempt.inputs['behaviour']}案"}


def _young_enough(case: CaseView, attempt: Attempt) -> str | None:
    inputs = attempt.inputs
    return guards.too_old(inputs["ended_on"], inputs["found_on"], harm=bool(inputs.get("harm")))


def _found_by_now(case: CaseView, attempt: Attempt) -> str | None:
    return None if attempt.inputs["found_on"] <= guards.today(attempt) else "线索发现日期不能晚于今日"


def _somebody(case: CaseView, attempt: Attempt) -> str | None:
    inputs = attempt.inputs
    wanted = inputs["against"] != "unit"
    if wanted == bool(inputs["persons"]):
        return None
    return "请填写当事人员的姓名、职务和地址" if wanted else "仅对单位立案的，不填写人员"


def _named_once(case: CaseView, attempt: Attempt) -> str | None:
    names = [str(person["name"]) for person in attempt.inputs["persons"] or ()]
    return None if len(set(names)) == len(names) else "同一人员重复填写"


OPENING = FromPerson(
    "行政处罚立案（登记线索）",
    OFFICERS,
    fields=(
        Field("source", "案件来源", "choice", choices=papers.SOURCES),
        Field("behaviour", "涉嫌违法行为", help="写入案由，如：未落实领导带班下井制度"),
        Field("summary", "案情简介", "longtext"),
        Field("found_on", "线索发现日期", "date"),
        Field("ended_on", "违法行为发生（连续、继续的为终了）日期", "date"),
        Field("harm", "涉及公民生命健康安全且有危害后果", "flag", required=False),
        Field("against", "当事人", "choice", choices=AGAINST),
        Field("address", "单位地址"),
        Field("persons", "当事人员", "rows", required=False, columns=PERSON, most=10),
        Field("phone", "本机关联系电话", "phone"),
    ),
    title="{cause}",
    facts=_facts,
    parties=parties,
    guards=(certified, _found_by_now, _young_enough, _somebody, _named_once),
    help="自发现线索之日起5个工作日内决定是否立案",
    internal=True,
    counts_from="found_on",
)

FACTS = (
    Fact("cause", "案由"),
    Fact("found_on", "线索发现日期"),
    Fact("ended_on", "违法行为发生（终了）日期"),
    Fact("harm", "涉及公民生命健康安全且有危害后果", "flag"),
    Fact("filed_on", "立案日期"),
    Fact("limit_days", "办案期限（日）", "number", inside=True),
    Fact("tested_days", "检测、检验、鉴定占用（日）", "number", inside=True),
)
