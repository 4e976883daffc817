"""井下有班次没有领导带班。"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._enterprise import NO_STATUS, moment, month_key, whole_days, worked
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged, number
from kuangan.corpus.rules._shifts import plans_by_month, shift_name, shifts_needed, shifts_of
from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("coal_mine_safety_ordinance", "23.2"), Cite("leader_shift_rules"))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """For each of the last days as many shifts with a leader as there must be, or with an entry that nobody worked which nothing contradicts."""
    grace = local_span("leader_shift.record_within", civil_date(at)).length
    days = [day for day in whole_days(at, grace) if worked(facts, day, day) is not False]
    if any(worked(facts, day, day) is None for day in days):
        return Unknown(NO_STATUS)
    plans = plans_by_month(facts)
    planned = [(day, plans[month_key(day)]) for day in days if month_key(day) in plans]
    faults = [*_short(facts, planned), *_contradicted(facts, days), *_idle_months(facts, days)]
    unknown = "" if len(planned) == len(days) else "没有当月带班计划，不知每日班次数"
    return judged("班次无领导带班", faults, CITES, unknown)


def _short(facts: LedgerFacts, planned: Iterable[tuple[date, EntryFact]]) -> Iterator[Fault]:
    """Days with fewer shifts accounted for than there are."""
    accounted = [entry for entry in entries_of(facts, "leader_shift") if _is_led(entry) or _is_idle(entry)]
    for day, plan in planned:
        needed, led = shifts_needed(plan, day), len(shifts_of(accounted, day))
        if led < needed:
            yield Fault(plan.key, f"{date_text(day)}应有{needed}个班次领导带班，登记{led}个")


def _contradicted(facts: LedgerFacts, days: Iterable[date]) -> Iterator[Fault]:
    """Shifts in which nobody is said to have worked, while the company's commissioner was below with the shift."""
    on_shift = {
        (entry.on, entry.values["shift"])
        for entry in entries_of(facts, "company_safety_commissioner")
        if entry.values["record"] == "on_shift"
    }
    judged_days = set(days)
    for idle in entries_of(facts, "leader_shift"):
        shift = idle.values["shift"]
        if _is_idle(idle) and idle.on in judged_days and (idle.on, shift) in on_shift:
            text = f"{date_text(idle.on)}{shift_name(shift)}登记井下无人作业，安全监察专员该班随班在岗"
            yield Fault(idle.key, text)


def _idle_months(facts: LedgerFacts, days: Iterable[date]) -> Iterator[Fault]:
    """Months with output in which nobody is said to have worked in any shift."""
    shifts = entries_of(facts, "leader_shift")
    led = {month_key(entry.on) for entry in shifts if _is_led(entry)}
    rested = {month_key(entry.on) for entry in shifts if _is_idle(entry)} - led
    months = {month_key(day) for day in days}
    for sheet in entries_of(facts, "production_month"):
        year, month = month_key(sheet.on)
        if (year, month) in months & rested and sheet.values["output_t"] > 0:
            output = number(sheet.values["output_t"])
            yield Fault(sheet.key, f"{year}年{month}月产煤{output}吨，各班均登记井下无人作业")


def _is_led(entry: EntryFact) -> bool:
    return entry.values["kind"] == "led" and "down_at" in entry.values


def _is_idle(entry: EntryFact) -> bool:
    return bool(entry.values["kind"] == "no_work")


_SHIFTS = ("night", "morning", "afternoon")
_DAYS = tuple((date(2026, 2, 5) + timedelta(days=day)).isoformat() for day in range(32))
_AT = moment("2026-03-10T00:00")
_HALTED = {"status": ((date(2020, 1, 1), "producing"), (date(2026, 3, 9), "halted"))}


def _case(
    *missing: tuple[str, str], no_work: bool = False, plan: bool = True, planned: int = 3, **attributes: str
) -> LedgerFacts:
    led = [
        entry(f"{on}{shift}", on, shift=shift, kind="led", down_at=moment(f"{on}T07:40"))
        for on in _DAYS
        for shift in _SHIFTS
        if (on, shift) not in missing
    ]
    if no_work:
        led += [entry(f"n{on}{shift}", on, shift=shift, kind="no_work") for on, shift in missing]
    plans = (
        entry("f", "2026-02-01", shifts_per_day=planned),
        *((entry("p", "2026-03-01", shifts_per_day=planned),) if plan else ()),
    )
    return facts_of({"leader_shift": tuple(led), "leader_shift_plan": plans}, **attributes)


def _with(facts: LedgerFacts, ledger: str, *entries: EntryFact) -> LedgerFacts:
    return replace(facts, entries={**facts.entries, ledger: entries})


_EVERY = tuple((on, shift) for on in _DAYS for shift in _SHIFTS)
_ON_SHIFT = entry("c", "2026-03-08", shift="night", record="on_shift")


def _all_idle(output: str) -> LedgerFacts:
    """Nobody is said to have worked in any shift, and so much coal was won in February."""
    sheet = entry("m", "2026-02-28", output_t=Decimal(output))
    return _with(_case(*_EVERY, no_work=True), "production_month", sheet)


RULE = Rule(
    id="shift_without_leader",
    title="班次无领导带班",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=CITES,
    clauses=("3.1d",),
    about="mine",
    underground=True,
    reads=("leader_shift", "leader_shift_plan", "company_safety_commissioner", "production_month"),
    window_days=65,
    examples=(
        Example("近一月每班均有领导带班", _case(), _AT, Clear),
        Example("一个零点班无人带班", _case(("2026-03-08", "night")), _AT, Breach, ("p",)),
        Example("登记期限未过的当日不计", _case(("2026-03-08", "night")), _AT - timedelta(seconds=1), Clear),
        Example("该班登记为井下无人作业", _case(("2026-03-08", "night"), no_work=True), _AT, Clear),
        Example("4.16：计划填报每日1班，零点班无登记", _case(("2026-03-08", "night"), planned=1), _AT, Breach, ("p",)),
        Example("4.16：计划填报每日1班，三班均有登记", _case(planned=1), _AT, Clear),
        Example("4.16：计划每日4班，只登记3班", _case(planned=4), _AT, Breach, ("f", "p")),
        Example(
            "5.6：登记井下无人作业，专员该班随班在岗",
            _with(_case(("2026-03-08", "night"), no_work=True), "company_safety_commissioner", _ON_SHIFT),
            _AT,
            Breach,
            ("n2026-03-08night",),
        ),
        Example("5.6：2月产煤1吨，各班均登记井下无人作业", _all_idle("1"), _AT, Breach, ("m",)),
        Example("5.6：2月无产量，各班均登记井下无人作业", _all_idle("0"), _AT, Clear),
        Example("三月没有带班计划", _case(plan=False), _AT, Unknown),
        Example(
            "B6：3月9日起停产，3月8日无人带班仍认定",
            replace(_case(("2026-03-08", "night"), status="halted"), spells=_HALTED),
            _AT,
            Breach,
            ("p",),
        ),
        Example("B6：露天煤矿", _case(("2026-03-08", "night"), mine_type="open_pit"), _AT, Unknown),
        Example("停产", facts_of({}, status="halted"), _AT, Clear),
    ),
)
