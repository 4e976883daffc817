"""安全生产许可证过期、被暂扣仍在生产，或者期满前三个月未办理延期。"""

from datetime import UTC, date, datetime

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged, newest
from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

REGULATION = Cite("safe_production_licence_regulation", "9.1")
ORDINANCE = Cite("coal_mine_safety_ordinance", "17")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether a producing mine has no licence that covers today, or is late in asking for its extension.

    Calendar months before the end, not days: the day of the same number is the last one in time.
    """
    status = facts.attributes.get("status")
    if status is not None and status != "producing":
        return Clear()
    licences = newest(entries_of(facts, "safety_licence"))
    if not licences or status is None:
        return Unknown("未登记安全生产许可证" if not licences else "煤矿生产建设状态不明")
    text = _text(licences[0], civil_date(at))
    return judged("安全生产许可证不符合规定", [Fault(licences[0].key, text)] if text else [], (REGULATION, ORDINANCE))


def _text(licence: EntryFact, today: date) -> str:
    until: date = licence.values["valid_until"]
    renew_by = local_span("licence.renew_before", today).before(until)
    if until < today:
        return f"许可证已于{date_text(until)}到期，仍在生产"
    if licence.values.get("withheld"):
        return "许可证被暂扣期间仍在生产"
    applied: date | None = licence.values.get("renewal_applied_on")
    if applied is None or applied > today:
        return f"应于{date_text(renew_by)}前办理延期，尚未申请" if today > renew_by else ""
    return f"应于{date_text(renew_by)}前办理延期，{date_text(applied)}才申请" if applied > renew_by else ""


def _facts(until: str, *, status: str = "producing", **values: object) -> LedgerFacts:
    own = {"valid_until": date.fromisoformat(until), **values}
    return facts_of({"safety_licence": (entry("l", "2023-06-10", until, **own),)}, status=status)


_AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="safety_licence_lapsed",
    title="安全生产许可证过期或者未按期延期",
    measure="13.1",
    clauses=("13.1b",),
    topic="ledger",
    about="mine",
    reads=("safety_licence",),
    window_days=1500,
    check=check,
    cites=(REGULATION, ORDINANCE),
    examples=(
        Example("期满前三个月当日", _facts("2026-06-10"), _AT, Clear),
        Example("不足三个月未申请", _facts("2026-06-09"), _AT, Breach, ("l",)),
        Example("不足三个月已申请", _facts("2026-06-09", renewal_applied_on=date(2026, 3, 9)), _AT, Clear),
        Example(
            "B14：期满前一日才申请",
            _facts("2026-03-11", renewal_applied_on=date(2026, 3, 10)),
            _AT,
            Breach,
            ("l",),
        ),
        Example("B14：申请日期尚未到", _facts("2026-06-09", renewal_applied_on=date(2026, 6, 8)), _AT, Breach, ("l",)),
        Example(
            "B14：5月31日期满，2月末日申请", _facts("2026-05-31", renewal_applied_on=date(2026, 2, 28)), _AT, Clear
        ),
        Example(
            "B14：5月31日期满，3月1日申请",
            _facts("2026-05-31", renewal_applied_on=date(2026, 3, 1)),
            _AT,
            Breach,
            ("l",),
        ),
        Example(
            "闰年5月31日期满，2月29日申请",
            _facts("2028-05-31", renewal_applied_on=date(2028, 2, 29)),
            datetime(2028, 3, 10, 2, 0, tzinfo=UTC),
            Clear,
        ),
        Example("今日到期且已申请", _facts("2026-03-10", renewal_applied_on=date(2025, 12, 10)), _AT, Clear),
        Example("昨日到期", _facts("2026-03-09", renewal_applied_on=date(2026, 3, 1)), _AT, Breach, ("l",)),
        Example("暂扣期间生产", _facts("2027-03-09", withheld=True), _AT, Breach, ("l",)),
        Example("停产煤矿不论", _facts("2026-03-09", status="halted"), _AT, Clear),
        Example("未登记", facts_of({}), _AT, Unknown),
    ),
)
