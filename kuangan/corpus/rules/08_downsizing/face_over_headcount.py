"""采掘工作面单班作业人数超过限员（任务分工8.2；令21第四条第三项；煤矿安全规程第三百五十八条）。"""

from datetime import datetime

from kuangan.base.numerals import moment_text
from kuangan.corpus.rules import _headcount as headcount
from kuangan.corpus.rules._enterprise import moment
from kuangan.corpus.rules._ledger import Fault, each_judged, entries_of, entry, facts_of, number, told
from kuangan.law.cite import Cite
from kuangan.law.instrument import in_force
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (headcount.REGISTER, headcount.LIMITS)


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Every count above its limit, with how far; what makes it a major hazard is cited with its item."""
    counts = entries_of(facts, "face_headcount")
    if not counts:
        return Unknown("近一月没有采掘工作面人数登记")
    faults, unknown = each_judged(counts, lambda count: _faults(facts, count))
    if not faults:
        unsure = [count for count in counts if _is_unsure(facts, count)]
        if unsure and not unknown:
            unknown = "瓦斯等级、水文地质类型或者冲击地压未登记，不知适用哪一档限员"
        return Unknown(unknown) if unknown else Clear()
    over = [count for count in counts if count.key in {fault.key for fault in faults}]
    cites = (*CITES, *dict.fromkeys(cite for count in over for cite in _hazard_cites(facts, count)))
    strict = sum(headcount.is_strict(_people(count), headcount.limits(facts, count)[1]) for count in over)
    numbers = {"faults": len(faults), "strict": strict}
    return Breach(
        told("采掘工作面作业人数超过限员", (fault.text for fault in faults)), tuple(_keys(over)), cites, numbers
    )


def _keys(over: list[EntryFact]) -> list[str]:
    return [count.key for count in over]


def _people(count: EntryFact) -> int:
    return int(count.values["people"])


def _allowed(facts: LedgerFacts, count: EntryFact) -> int:
    """The highest limit that may hold, with the people whom the province approved in addition."""
    return headcount.limits(facts, count)[1] + int(count.values.get("approved", 0))


def _is_unsure(facts: LedgerFacts, count: EntryFact) -> bool:
    """Whether it is above one of the limits that may hold and not above the other."""
    return _people(count) > headcount.limits(facts, count)[0] + int(count.values.get("approved", 0))


def _faults(facts: LedgerFacts, count: EntryFact) -> list[Fault]:
    people, burst = _people(count), headcount.over_burst(count)
    where = f"{moment_text(count.values['counted_at'])}{count.values['face']}{people}人"
    if burst is not None:
        return [Fault(count.key, f"{where}，开采冲击地压煤层限员{burst[0]}人，构成重大事故隐患")]
    limit = headcount.limits(facts, count)[1]
    if people <= _allowed(facts, count):
        return []
    share = f"超{number(headcount.percent_over(people, limit))}%"
    strict = "，应从严处理" if headcount.is_strict(people, limit) else ""
    hazard = "，构成重大事故隐患" if headcount.is_hazard(count, limit) else ""
    return [Fault(count.key, f"{where}，限员{limit}人，{share}{strict}{hazard}")]


def _hazard_cites(facts: LedgerFacts, count: EntryFact) -> list[Cite]:
    burst = headcount.over_burst(count)
    major = burst is not None or headcount.is_hazard(count, headcount.limits(facts, count)[1])
    cites = [burst[1]] if burst is not None else []
    return [*cites, *((headcount.HAZARD, headcount.POWER) if major and _criteria(count) else ())]


def _criteria(count: EntryFact) -> bool:
    return in_force(headcount.HAZARD, count.on)


_SEVERE = {"gas_grade": "high_gas", "hydrology": "simple", "rock_burst": "no"}


def _case(people: int, on: str = "2026-07-10", kind: str = "coal_production", **more: object) -> LedgerFacts:
    values = {
        "place_kind": kind,
        "people": people,
        "face": "3107综采工作面",
        "counted_at": moment(f"{on}T10:20"),
        **more,
    }
    return facts_of({"face_headcount": (entry("c", on, **values),)}, **_SEVERE)


_AT = moment("2026-07-20T08:00")

RULE = Rule(
    id="face_over_headcount",
    title="采掘工作面作业人数超过限员",
    measure="8.2",
    clauses=("8.2",),
    topic="ledger",
    about="mine",
    underground=True,
    reads=("face_headcount",),
    window_days=31,
    check=check,
    cites=(*CITES, headcount.HAZARD, headcount.POWER, *dict.fromkeys(headcount.BURST.values())),
    examples=(
        Example("恰为限员25人", _case(25), _AT, Clear),
        Example("超1人", _case(26), _AT, Breach, ("c",)),
        Example("恰超20%，从严处理，不构成重大事故隐患", _case(30), _AT, Breach, ("c",)),
        Example("超20%以上", _case(31), _AT, Breach, ("c",)),
        Example("交接班期间超20%以上", _case(31, hand_over=True), _AT, Breach, ("c",)),
        Example("省级批准增加的人数不计", _case(31, approved=6), _AT, Clear),
        Example("批准人数以外多1人", _case(32, approved=6), _AT, Breach, ("c",)),
        Example("冲击地压煤层采煤工作面恰16人", _case(16, burst_seam=True), _AT, Clear),
        Example("冲击地压煤层采煤工作面17人", _case(17, burst_seam=True), _AT, Breach, ("c",)),
        Example(
            "冲击地压掘进工作面关键工序10人",
            _case(10, kind="heading", burst_seam=True, burst_work="key_step"),
            _AT,
            Breach,
            ("c",),
        ),
        Example(
            "冲击地压掘进工作面其他工序15人",
            _case(15, kind="heading", burst_seam=True, burst_work="other_step"),
            _AT,
            Clear,
        ),
        Example(
            "规程施行前一日不按冲击地压限员",
            _case(17, "2026-01-31", burst_seam=True),
            _AT,
            Clear,
        ),
        Example("限员规定施行前一日不能判定", _case(99, "2023-09-27"), _AT, Unknown),
        Example(
            "灾害类型未登记，超过低一档限员",
            LedgerFacts("140423900001", _case(21).entries, {"status": "producing"}),
            _AT,
            Unknown,
        ),
        Example(
            "灾害类型未登记，未超过低一档限员",
            LedgerFacts("140423900001", _case(20).entries, {"status": "producing"}),
            _AT,
            Clear,
        ),
        Example("没有登记", facts_of({}), _AT, Unknown),
    ),
)
