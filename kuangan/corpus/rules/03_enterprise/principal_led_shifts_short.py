"""煤矿主要负责人每月带班下井次数不足。"""

from datetime import date, datetime, timedelta

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._enterprise import idle, moment, month_key
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of
from kuangan.law.cite import Cite
from kuangan.law.local import local, local_span
from kuangan.law.rule import Clear, Example, Found, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("leader_shift_rules"), Cite("coal_mine_safety_ordinance", "23"))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Shifts the principal led to the end in the last month whose time to record is over."""
    resting = idle(facts)
    if resting:
        return resting
    month = _judged_month(at)
    entries = [shift for shift in entries_of(facts, "leader_shift") if month_key(shift.on) == month_key(month)]
    if not entries:
        return Unknown(f"{month.year}年{month.month}月没有带班登记")
    least = int(local("leader_shift.principal_min", month).value)
    led = [entry for entry in entries if _counts(entry)]
    if len(led) >= least:
        return Clear()
    reason = f"{month.year}年{month.month}月煤矿主要负责人带班下井{len(led)}次，少于{least}次"
    return Found(reason, tuple(entry.key for entry in led), CITES, {"times": len(led)})


def _judged_month(at: datetime) -> date:
    """A day of the month before the one that ran when the time to record began."""
    grace = timedelta(hours=local_span("leader_shift.record_within", civil_date(at)).count)
    return civil_date(at - grace).replace(day=1) - timedelta(days=1)


def _counts(entry: EntryFact) -> bool:
    values = entry.values
    return bool(values["kind"] == "led" and values.get("is_principal") and "down_at" in values and "up_at" in values)


def _shift(key: str, on: str, **more: object) -> EntryFact:
    values = {"kind": "led", "is_principal": True, "down_at": moment(f"{on}T07:40"), "up_at": moment(f"{on}T16:10")}
    return entry(key, on, **{**values, **more})


def _case(count: int, *others: EntryFact, **attributes: str) -> LedgerFacts:
    led = tuple(_shift(f"s{day}", f"2026-02-{day:02d}") for day in range(1, count + 1))
    return facts_of({"leader_shift": (*led, *others)}, **attributes)


_AT = moment("2026-03-02T00:00")
_FOUR = ("s1", "s2", "s3", "s4")

RULE = Rule(
    id="principal_led_shifts_short",
    title="主要负责人带班下井次数不足",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=CITES,
    clauses=("3.1d",),
    about="mine",
    reads=("leader_shift",),
    window_days=65,
    examples=(
        Example("恰带班5次", _case(5), _AT, Clear),
        Example("带班4次", _case(4), _AT, Found, _FOUR),
        Example("其他领导带班不计", _case(4, _shift("o", "2026-02-20", is_principal=False)), _AT, Found, _FOUR),
        Example("井下无人作业的登记不计", _case(4, _shift("o", "2026-02-20", kind="no_work")), _AT, Found, _FOUR),
        Example("下月的不计入", _case(4, _shift("o", "2026-03-01")), _AT, Found, _FOUR),
        Example("登记期限未过，仍看上月以前", _case(4), moment("2026-03-01T23:59"), Unknown),
        Example("停产", _case(0, status="halted"), _AT, Clear),
        Example("当月没有任何带班登记", _case(0), _AT, Unknown),
        Example("生产建设状态未登记", LedgerFacts("140423900001", {}, {}), _AT, Unknown),
    ),
)
