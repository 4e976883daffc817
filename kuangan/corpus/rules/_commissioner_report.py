"""What a commissioner says of himself against the patrols on record; for counties and the city."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from kuangan.base.period import period_of
from kuangan.corpus.rules._leadership import in_period, noon, unit_facts
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, identity, judged
from kuangan.law.cite import Cite
from kuangan.law.rule import Outcome
from kuangan.law.topic import EntryFact, LedgerFacts

CITES: Final = (Cite("register", "2.2"), Cite("commissioner_scheme_2024"))
READS: Final = ("commissioner_report", "commissioner_patrol")
AT: Final = noon("2026-04-05")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Reports that say more patrols, or more of them underground, than were recorded in their quarter until their day."""
    reports = entries_of(facts, "commissioner_report")
    faults = (fault for report in reports for fault in _faults(facts, report))
    return judged("监管专员述职与巡查台账不符", faults, CITES)


def _faults(facts: LedgerFacts, report: EntryFact) -> Iterator[Fault]:
    quarter, person = period_of("quarter", report.on), report.values["commissioner"]
    patrols = [
        patrol
        for patrol in in_period(entries_of(facts, "commissioner_patrol"), quarter)
        if patrol.on <= report.on and identity(patrol.values["person"]) == identity(person)
    ]
    underground = sum(1 for patrol in patrols if patrol.values.get("underground"))
    for said, label, kept in (("patrols", "巡查", len(patrols)), ("underground", "下井", underground)):
        if int(report.values[said]) > kept:
            reported = f"{person}述职填报{label}{report.values[said]}次"
            yield Fault(report.key, f"{reported}，{quarter.label}台账登记{kept}次")


def reported(patrols: int, underground: int, *made: tuple[str, bool], by: str = "毕监成") -> LedgerFacts:
    """A report of the quarter's last day but one with the patrols on record: day and whether underground."""
    report = entry("r", "2026-03-30", commissioner="毕监成", patrols=patrols, underground=underground)
    kept = tuple(entry(f"p{day}", day, person=by, underground=below) for day, below in made)
    return unit_facts("140423-bureau", commissioner_report=(report,), commissioner_patrol=kept)
