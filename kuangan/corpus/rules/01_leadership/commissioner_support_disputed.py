"""监管专员保障未落实、有异议或者未检查（任务分工1.1）。"""

from collections.abc import Iterable
from datetime import datetime

from kuangan.base.clock import civil_date
from kuangan.base.period import Period
from kuangan.corpus.rules._leadership import last_over, noon, unit_facts
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, judged, newest
from kuangan.law.cite import Cite
from kuangan.law.ledger import ledger_by_id
from kuangan.law.local import local
from kuangan.law.rule import Clear, Example, Found, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

REGISTER = Cite("register", "1.1")
ITEMS = ("transport", "equipment", "expert", "welfare", "safety", "home_rights")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """The last half-year that is over and what followed: things not provided, disputed answers, persons not asked about."""
    today = civil_date(at)
    period = last_over("half_year", today, int(local("leadership.record_days", today).value))
    answers = [support for support in entries_of(facts, "commissioner_support") if not _older(support, period)]
    replies = {
        _key(reply): reply for reply in entries_of(facts, "commissioner_support_reply") if not _older(reply, period)
    }
    faults = [fault for entry in newest(answers, "year", "half", "commissioner") for fault in _faults(entry)]
    faults += [
        Fault(
            reply.key,
            f"{reply.values['commissioner']}对保障情况提出异议：{reply.values.get('disputed_items', '未写明')}",
        )
        for reply in replies.values()
        if reply.values["reply"] == "disputed"
    ]
    asked = {answer.values["commissioner"] for answer in answers if _of(answer, period)}
    faults += [
        Fault(commissioner.key, f"{commissioner.values['name']}{period.label}的保障情况未检查")
        for commissioner in _in_office(entries_of(facts, "commissioner"), period)
        if commissioner.values["name"] not in asked
    ]
    silent = sorted(
        {answer.values["commissioner"] for answer in answers if _of(answer, period) and _key(answer) not in replies}
    )
    unknown = f"{'、'.join(silent)}尚未确认本人{period.label}的保障情况" if silent else ""
    return judged("监管专员保障未落实", faults, (REGISTER,), unknown)


def _faults(answer: EntryFact) -> list[Fault]:
    labels = ledger_by_id("commissioner_support")
    missing = [labels.field(name).label.removesuffix("已保障") for name in ITEMS if not answer.values[name]]
    if not missing:
        return []
    return [Fault(answer.key, f"{answer.values['commissioner']}的{'、'.join(missing)}未保障")]


def _in_office(people: Iterable[EntryFact], period: Period) -> list[EntryFact]:
    """Who held the office through the whole half-year."""
    return [
        entry for entry in people if entry.on <= period.first and (entry.until is None or entry.until >= period.last)
    ]


def _key(answer: EntryFact) -> tuple[int, str, str]:
    return answer.values["year"], answer.values["half"], answer.values["commissioner"]


def _of(answer: EntryFact, period: Period) -> bool:
    return _half(answer) == (period.first.year, period.first.month)


def _older(answer: EntryFact, period: Period) -> bool:
    return _half(answer) < (period.first.year, period.first.month)


def _half(answer: EntryFact) -> tuple[int, int]:
    return answer.values["year"], 1 if answer.values["half"] == "first" else 7


_WHO = {"year": 2026, "half": "first", "commissioner": "毕监成"}


def _facts(*, asked: bool = True, reply: str = "confirmed", **items: bool) -> LedgerFacts:
    answer = entry("s", "2026-06-20", **_WHO, **{**dict.fromkeys(ITEMS, True), **items})
    told = entry("r", "2026-06-25", **_WHO, reply=reply, disputed_items="越野车辆未到位")
    return unit_facts(
        "140423-bureau",
        commissioner=(entry("c", "2026-01-01", name="毕监成"),),
        commissioner_support=(answer,) if asked else (),
        commissioner_support_reply=(told,) if reply else (),
    )


_AT = noon("2026-07-20")

RULE = Rule(
    id="commissioner_support_disputed",
    title="监管专员保障未落实或者有异议",
    measure="1.1",
    clauses=("1.1d",),
    topic="ledger",
    about="county_bureau",
    reads=("commissioner", "commissioner_support", "commissioner_support_reply"),
    window_days=400,
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("六项均保障并经本人确认", _facts(), _AT, Clear),
        Example("一项未保障", _facts(transport=False), _AT, Found, ("s",)),
        Example("本人有异议", _facts(reply="disputed"), _AT, Found, ("r",)),
        Example("本人尚未确认", _facts(reply=""), _AT, Unknown),
        Example("应查未查", _facts(asked=False, reply=""), _AT, Found, ("c",)),
        Example("半年刚结束，宽限未过，只看上一个半年", _facts(asked=False, reply=""), noon("2026-07-07"), Clear),
        Example("宽限已过", _facts(asked=False, reply=""), noon("2026-07-08"), Found, ("c",)),
    ),
)
