"""煤矿主要负责人每月带班下井次数不足。"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._enterprise import moment, month_key, worked
from kuangan.corpus.rules._leadership import valid_on
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of, identity
from kuangan.law.cite import Cite
from kuangan.law.field import PersonName
from kuangan.law.local import local, local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("leader_shift_rules"), Cite("coal_mine_safety_ordinance", "23.2"))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Shifts the principal led to the end in the last month whose time to record is over."""
    month = _judged_month(at)
    at_work = worked(facts, month.replace(day=1), month)
    if at_work is False:
        return Clear()
    if at_work is None:
        return Unknown(f"{month.year}年{month.month}月煤矿生产建设状态未登记，或者只有部分时间生产建设，不能按整月判定")
    entries = [entry for entry in entries_of(facts, "leader_shift") if month_key(entry.on) == month_key(month)]
    if not entries:
        return Unknown(f"{month.year}年{month.month}月没有带班登记")
    least = int(local("leader_shift.principal_min", month).value)
    shortest = local_span("leader_shift.shortest", month).length
    known = _principals(facts, month)
    led = _one_a_day(entry for entry in entries if _counts(entry, known, shortest))
    if len(led) >= least:
        return Clear()
    reason = f"{month.year}年{month.month}月煤矿主要负责人带班下井{len(led)}次，少于{least}次"
    return Breach(reason, tuple(entry.key for entry in led), CITES, {"times": len(led)})


def _judged_month(at: datetime) -> date:
    """The last day of the month before the one that ran when the time to record began."""
    grace = local_span("leader_shift.record_within", civil_date(at)).length
    return civil_date(at - grace).replace(day=1) - timedelta(days=1)


def _principals(facts: LedgerFacts, month: date) -> set[str]:
    """Who stands in the register of the mine's first responsible persons in that month; a tick makes nobody one of them."""
    serving = valid_on(entries_of(facts, "first_responsible"), month)
    return {identity(entry.values["name"]) for entry in serving}


def _one_a_day(led: Iterable[EntryFact]) -> list[EntryFact]:
    """Shifts led on different days: several of one day are one."""
    return list({entry.on: entry for entry in led}.values())


def _counts(entry: EntryFact, known: set[str], shortest: timedelta) -> bool:
    """Led below by a principal for long enough; where no register is on file his tick stands."""
    values = entry.values
    if values["kind"] != "led" or not values.get("is_principal") or "down_at" not in values or "up_at" not in values:
        return False
    if known and identity(values.get("leader", "")) not in known:
        return False
    return bool(values["up_at"] - values["down_at"] >= shortest)


def _shift(key: str, on: str, **more: object) -> EntryFact:
    values = {
        "kind": "led",
        "leader": "程例安",
        "is_principal": True,
        "down_at": moment(f"{on}T07:40"),
        "up_at": moment(f"{on}T16:10"),
    }
    return entry(key, on, **{**values, **more})


def _case(count: int, *others: EntryFact, **attributes: str) -> LedgerFacts:
    led = tuple(_shift(f"s{day}", f"2026-02-{day:02d}") for day in range(1, count + 1))
    return facts_of({"leader_shift": (*led, *others)}, **attributes)


def _registered(name: str, *others: EntryFact, led_by: int | None = None) -> LedgerFacts:
    """Four shifts and these, of a mine whose first responsible person is on file; ``led_by`` is the key of who led the four."""
    led = _case(4, *others)
    if led_by is not None:
        own = tuple(_shift(f"s{day}", f"2026-02-{day:02d}", leader=PersonName("张伟", led_by)) for day in range(1, 5))
        led = replace(led, entries={"leader_shift": (*own, *others)})
    register = entry("f", "2026-01-08", identity="person_in_charge", name=name)
    return replace(led, entries={**led.entries, "first_responsible": (register,)})


def _halted(since: str) -> LedgerFacts:
    """A mine that nobody led below in February and that stands still since this day."""
    spells = {"status": ((date(2020, 1, 1), "producing"), (date.fromisoformat(since), "halted"))}
    return replace(_case(0, _shift("o", "2026-02-02", is_principal=False), status="halted"), spells=spells)


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
    underground=True,
    reads=("leader_shift", "first_responsible"),
    window_days=65,
    examples=(
        Example("恰带班5次", _case(5), _AT, Clear),
        Example("带班4次", _case(4), _AT, Breach, _FOUR),
        Example("其他领导带班不计", _case(4, _shift("o", "2026-02-20", is_principal=False)), _AT, Breach, _FOUR),
        Example("井下无人作业的登记不计", _case(4, _shift("o", "2026-02-20", kind="no_work")), _AT, Breach, _FOUR),
        Example("下月的不计入", _case(4, _shift("o", "2026-03-01")), _AT, Breach, _FOUR),
        Example("登记期限未过，仍看上月以前", _case(4), moment("2026-03-01T23:59"), Unknown),
        Example("B6：2月生产、3月4日起停产，仍按2月判定", _halted("2026-03-04"), moment("2026-03-10T00:00"), Breach),
        Example("B6：2月15日起停产，不能按整月判定", _halted("2026-02-15"), moment("2026-03-10T00:00"), Unknown),
        Example(
            "勾选为主要负责人的副职带班不计",
            _registered("程例安", _shift("o", "2026-02-20", leader="武示范")),
            _AT,
            Breach,
            _FOUR,
        ),
        Example(
            "B17：与第一责任人同名的副职带班不计",
            _registered(PersonName("张伟", 1), _shift("o", "2026-02-20", leader=PersonName("张伟", 2)), led_by=1),
            _AT,
            Breach,
            _FOUR,
        ),
        Example("第一责任人带班计入", _registered("程例安", _shift("o", "2026-02-20")), _AT, Clear),
        Example("一日两次只计一次", _case(4, _shift("o", "2026-02-04")), _AT, Breach, ("s1", "s2", "s3", "o")),
        Example(
            "带班不足规定时长不计",
            _case(4, _shift("o", "2026-02-20", up_at=moment("2026-02-20T07:41"))),
            _AT,
            Breach,
            _FOUR,
        ),
        Example("停产", _case(0, status="halted"), _AT, Clear),
        Example("当月没有任何带班登记", _case(0), _AT, Unknown),
        Example("生产建设状态未登记", LedgerFacts("140423900001", {}, {}), _AT, Unknown),
    ),
)
