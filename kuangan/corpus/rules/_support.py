"""Support of commissioners: what was not provided, what is disputed, who was not asked about; for counties and the city."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from kuangan.base.clock import civil_date
from kuangan.base.period import Period
from kuangan.corpus.rules._leadership import last_over, noon, unit_facts
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, identity, judged, newest
from kuangan.law.cite import Cite
from kuangan.law.ledger import ledger_by_id
from kuangan.law.local import local
from kuangan.law.rule import Outcome
from kuangan.law.topic import EntryFact, LedgerFacts

REGISTER: Final = Cite("register", "1.1")
READS: Final = ("commissioner", "commissioner_support", "commissioner_support_reply")
ITEMS: Final = ("transport", "equipment", "expert", "welfare", "safety", "home_rights")


def check(given: LedgerFacts, at: datetime) -> Outcome:
    """The last half-year that is over and what followed: things not provided, disputed answers, persons not asked about."""
    today = civil_date(at)
    period = last_over("half_year", today, int(local("leadership.record_days", today).value))
    answers = [entry for entry in entries_of(given, "commissioner_support") if not _older(entry, period)]
    replies = {
        _key(entry): entry for entry in entries_of(given, "commissioner_support_reply") if not _older(entry, period)
    }
    faults = [fault for entry in newest(answers, "year", "half", "commissioner") for fault in _faults(entry)]
    faults += [
        Fault(
            entry.key,
            f"{entry.values['commissioner']}对保障情况提出异议：{entry.values.get('disputed_items', '未写明')}",
        )
        for entry in replies.values()
        if entry.values["reply"] == "disputed"
    ]
    asked = {identity(entry.values["commissioner"]) for entry in answers if _of(entry, period)}
    faults += [
        Fault(entry.key, f"{entry.values['name']}{period.label}的保障情况未检查")
        for entry in _in_office(entries_of(given, "commissioner"), period)
        if identity(entry.values["name"]) not in asked
    ]
    silent = sorted(
        {entry.values["commissioner"] for entry in answers if _of(entry, period) and _key(entry) not in replies}
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
    return answer.values["year"], answer.values["half"], identity(answer.values["commissioner"])


def _of(answer: EntryFact, period: Period) -> bool:
    return _half(answer) == (period.first.year, period.first.month)


def _older(answer: EntryFact, period: Period) -> bool:
    return _half(answer) < (period.first.year, period.first.month)


def _half(answer: EntryFact) -> tuple[int, int]:
    return answer.values["year"], 1 if answer.values["half"] == "first" else 7


_WHO: Final = {"year": 2026, "half": "first", "commissioner": "毕监成"}


def facts(*, asked: bool = True, reply: str = "confirmed", **items: bool) -> LedgerFacts:
    """A commissioner, the sheet about him and his reply, for examples."""
    answer = entry("s", "2026-06-20", **_WHO, **{**dict.fromkeys(ITEMS, True), **items})
    told = entry("r", "2026-06-25", **_WHO, reply=reply, disputed_items="越野车辆未到位")
    return unit_facts(
        "140423-bureau",
        commissioner=(entry("c", "2026-01-01", name="毕监成"),),
        commissioner_support=(answer,) if asked else (),
        commissioner_support_reply=(told,) if reply else (),
    )


AT: Final = noon("2026-07-20")
