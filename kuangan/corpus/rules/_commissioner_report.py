"""What a commissioner says of himself against the patrols on record; for counties and the city."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from kuangan.base.clock import civil_date
from kuangan.base.period import Period, period_of, previous_period
from kuangan.corpus.rules._leadership import in_period, noon, seen_whole, unit_facts
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, identity, judged
from kuangan.law.cite import Cite
from kuangan.law.local import local
from kuangan.law.rule import Breach, Clear, Example, Outcome, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES: Final = (Cite("register", "2.2"), Cite("commissioner_scheme_2024"))
READS: Final = ("commissioner_report", "commissioner_patrol")
WINDOW_DAYS: Final = 282
"""A quarter, and 190 days."""


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Reports that say more patrols, or more of them underground, than were recorded in their period until their day."""
    faults: list[Fault] = []
    unknown: list[str] = []
    for report in _reports(facts, civil_date(at)):
        own, doubt = list(_faults(facts, report)), _doubt(report)
        if doubt and own:
            unknown.append(f"{report.values['commissioner']}述职{doubt}")
        elif seen_whole(_period(report), civil_date(at), WINDOW_DAYS):
            faults += own
    return judged("监管专员述职与巡查台账不符", faults, CITES, "；".join(unknown))


def _reports(facts: LedgerFacts, today: date) -> Iterator[EntryFact]:
    """Those of whose quarter every day is still in the facts: the patrols of its first days leave them before the report does."""
    for report in entries_of(facts, "commissioner_report"):
        if seen_whole(period_of("quarter", report.on), today, WINDOW_DAYS):
            yield report


def _period(report: EntryFact) -> Any:
    """The days that the report says it is about; without them the quarter of its day."""
    return report.values.get("period") or period_of("quarter", report.on)


def _doubt(report: EntryFact) -> str:
    """Why the report cannot be held against the patrols: of which quarter it is, or that the days it names go too far back; "" for none."""
    quarter = period_of("quarter", report.on)
    if "period" in report.values:
        return "期间早于上一季度，巡查台账不能核对" if _period(report).first < previous_period(quarter).first else ""
    days = int(local("commissioner.report_after_days", report.on).value)
    early = report.on < quarter.first + timedelta(days=days)
    return "在季度之初，未写明述职期间，不能判定所述季度" if early else ""


def _faults(facts: LedgerFacts, report: EntryFact) -> Iterator[Fault]:
    period, person = _period(report), report.values["commissioner"]
    patrols = [
        patrol
        for patrol in in_period(entries_of(facts, "commissioner_patrol"), Period("", period.first, period.last))
        if patrol.on <= report.on and identity(patrol.values["person"]) == identity(person)
    ]
    underground = sum(1 for patrol in patrols if patrol.values.get("underground"))
    for said, label, kept in (("patrols", "巡查", len(patrols)), ("underground", "下井", underground)):
        if int(report.values[said]) > kept:
            reported = f"{person}述职填报{label}{report.values[said]}次"
            yield Fault(report.key, f"{reported}，{_words(period)}台账登记{kept}次")


def _words(period: Any) -> str:
    quarter = period_of("quarter", period.first)
    return quarter.label if (quarter.first, quarter.last) == (period.first, period.last) else str(period)


def reported(
    patrols: int, underground: int, *made: tuple[str, bool], by: str = "毕监成", on: str = "2026-03-30", of: str = ""
) -> LedgerFacts:
    """A report with the patrols on record, each with its day and whether underground; ``of``: a day of the quarter that it names."""
    said = {"period": period_of("quarter", date.fromisoformat(of))} if of else {}
    report = entry("r", on, commissioner="毕监成", patrols=patrols, underground=underground, **said)
    kept = tuple(entry(f"p{day}", day, person=by, underground=below) for day, below in made)
    return unit_facts("140423-bureau", commissioner_report=(report,), commissioner_patrol=kept)


_AT: Final = noon("2026-04-05")
_MADE: Final = (("2026-01-01", True), ("2026-03-30", False))
EXAMPLES: Final = (
    Example("次数一致", reported(2, 1, *_MADE), _AT, Clear),
    Example("巡查多报1次", reported(3, 1, *_MADE), _AT, Breach, ("r",)),
    Example("下井多报1次", reported(2, 2, *_MADE), _AT, Breach, ("r",)),
    Example("少报不算", reported(1, 0, *_MADE), _AT, Clear),
    Example("述职之后的巡查不算", reported(1, 0, ("2026-03-31", False)), _AT, Breach, ("r",)),
    Example("上一季度的巡查不算", reported(1, 0, ("2025-12-31", False)), _AT, Breach, ("r",)),
    Example("他人的巡查不算", reported(1, 0, ("2026-03-02", False), by="席巡成"), _AT, Breach, ("r",)),
    Example("季度首日恰在可见期内", reported(3, 1, *_MADE), noon("2026-10-10"), Breach, ("r",)),
    Example("季度首日已在可见期外，不再核对", reported(2, 1, _MADE[1]), noon("2026-10-11"), Clear),
    Example("季度之初述职，未写明期间", reported(2, 1, *_MADE, on="2026-04-10"), noon("2026-04-11"), Unknown),
    Example(
        "季度第十一日述职，按当季核对", reported(2, 1, *_MADE, on="2026-04-11"), noon("2026-04-11"), Breach, ("r",)
    ),
    Example("写明上一季度，次数一致", reported(2, 1, *_MADE, on="2026-04-02", of="2026-01-01"), _AT, Clear),
    Example("写明上一季度，多报1次", reported(3, 1, *_MADE, on="2026-04-02", of="2026-01-01"), _AT, Breach, ("r",)),
    Example("写明的期间过早", reported(9, 1, *_MADE, on="2026-04-02", of="2025-12-31"), _AT, Unknown),
    Example("没有述职", unit_facts("140423-bureau"), _AT, Clear),
)
