"""关键作业没有安全监察专员现场确认（特别规定第十项）。"""

from datetime import date, datetime, timedelta

from kuangan.base.clock import civil_date
from kuangan.base.numerals import moment_text
from kuangan.corpus.rules._enterprise import moment
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.local import local, local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("shanxi_special_regulations", "10"),)


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Key operations of the named kinds that began without the commissioner's consent on site."""
    operations = [
        entry for entry in entries_of(facts, "key_operation") if _needs(entry) and entry.values["started_at"] <= at
    ]
    open_ones = [entry for entry in operations if not _confirmed(facts, entry)]
    faults = [_fault(facts, entry) for entry in open_ones if _stopped(facts, entry) or not _may_still_record(entry, at)]
    waiting = "关键作业的现场确认记录尚在登记期限内" if open_ones else ""
    return judged("安全监察专员未现场确认关键作业", faults, CITES, waiting)


def _needs(entry: EntryFact) -> bool:
    return entry.values["kind"] in local("key_operation.confirmed_kinds", entry.on).value


def _confirmations(facts: LedgerFacts, operation: EntryFact) -> list[EntryFact]:
    return [
        entry
        for entry in entries_of(facts, "company_safety_commissioner")
        if entry.values["record"] == "confirmation"
        and entry.values.get("operation") == operation.values["number"]
        and "confirmed_at" in entry.values
        and _in_time(entry.values["confirmed_at"], operation.values["started_at"], operation.on)
    ]


def _in_time(confirmed: datetime, started: datetime, on: date) -> bool:
    """Before the start, and not so long before that the place may have changed."""
    return started - local_span("key_operation.confirm_within", on).length <= confirmed <= started


def _confirmed(facts: LedgerFacts, operation: EntryFact) -> bool:
    confirmations = _confirmations(facts, operation)
    return bool(confirmations) and _last(confirmations) == "agreed"


def _stopped(facts: LedgerFacts, operation: EntryFact) -> bool:
    confirmations = _confirmations(facts, operation)
    return bool(confirmations) and _last(confirmations) == "stopped"


def _last(confirmations: list[EntryFact]) -> str:
    return str(max(confirmations, key=lambda entry: entry.values["confirmed_at"]).values["conclusion"])


def _may_still_record(operation: EntryFact, at: datetime) -> bool:
    within = local_span("key_operation.record_within", civil_date(at)).length
    return bool(at < operation.values["started_at"] + within)


def _fault(facts: LedgerFacts, operation: EntryFact) -> Fault:
    values = operation.values
    what = "经责令停止仍开始作业" if _stopped(facts, operation) else "开始前没有现场确认记录"
    return Fault(operation.key, f"{values['place']}{values['number']}作业{moment_text(values['started_at'])}{what}")


def _case(confirmed: str = "", conclusion: str = "agreed", kind: str = "gas_release") -> LedgerFacts:
    operation = entry(
        "o", "2026-03-09", number="GJ-1", kind=kind, place="3109掘进工作面", started_at=moment("2026-03-09T14:30")
    )
    values = {"record": "confirmation", "operation": "GJ-1", "conclusion": conclusion}
    confirmations = (entry("c", "2026-03-09", confirmed_at=moment(confirmed), **values),) if confirmed else ()
    return facts_of({"key_operation": (operation,), "company_safety_commissioner": confirmations})


_AT = moment("2026-03-10T14:30")

RULE = Rule(
    id="company_commissioner_not_confirming",
    title="安全监察专员未现场确认关键作业",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=CITES,
    procedure="suspension",
    clauses=("3.1f", "3.1e"),
    about="mine",
    underground=True,
    reads=("key_operation", "company_safety_commissioner"),
    window_days=92,
    examples=(
        Example("作业开始时已确认", _case("2026-03-09T14:30"), _AT, Clear),
        Example("开始后1分钟才确认", _case("2026-03-09T14:31"), _AT, Breach, ("o",)),
        Example("没有确认记录", _case(), _AT, Breach, ("o",)),
        Example("恰在作业开始前24小时确认", _case("2026-03-08T14:30"), _AT, Clear),
        Example("五周前的确认不计", _case("2026-02-02T14:30"), _AT, Breach, ("o",)),
        Example("登记期限未过", _case(), _AT - timedelta(seconds=1), Unknown),
        Example("责令停止仍作业", _case("2026-03-09T14:20", "stopped"), _AT - timedelta(hours=23), Breach, ("o",)),
        Example("不属规定类别的作业", _case(kind="bunker"), _AT, Clear),
        Example("没有关键作业", facts_of({}), _AT, Clear),
    ),
)
