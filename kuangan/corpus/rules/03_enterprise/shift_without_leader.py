"""井下有班次没有领导带班。"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._enterprise import NO_STATUS, moment, month_key, whole_days, worked
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.rule import Clear, Example, Found, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("coal_mine_safety_ordinance", "23.2"), Cite("leader_shift_rules"))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """For each of the last days as many shifts with a leader (or recorded as without work) as the month's plan counts."""
    grace = local_span("leader_shift.record_within", civil_date(at)).length
    days = [day for day in whole_days(at, grace) if worked(facts, day, day) is not False]
    if any(worked(facts, day, day) is None for day in days):
        return Unknown(NO_STATUS)
    plans = {month_key(entry.on): entry for entry in entries_of(facts, "leader_shift_plan")}
    planned = [(day, plans[month_key(day)]) for day in days if month_key(day) in plans]
    faults = [_fault(day, plan, len(_shifts(facts, day))) for day, plan in planned if _short(facts, day, plan)]
    unknown = "" if len(planned) == len(days) else "没有当月带班计划，不知每日班次数"
    return judged("班次无领导带班", faults, CITES, unknown)


def _shifts(facts: LedgerFacts, day: date) -> set[str]:
    led = (entry.values for entry in entries_of(facts, "leader_shift") if entry.on == day)
    return {values["shift"] for values in led if values["kind"] == "no_work" or "down_at" in values}


def _short(facts: LedgerFacts, day: date, plan: EntryFact) -> bool:
    return len(_shifts(facts, day)) < int(plan.values["shifts_per_day"])


def _fault(day: date, plan: EntryFact, led: int) -> Fault:
    return Fault(plan.key, f"{date_text(day)}应有{plan.values['shifts_per_day']}个班次领导带班，登记{led}个")


_SHIFTS = ("night", "morning", "afternoon")
_DAYS = tuple((date(2026, 2, 5) + timedelta(days=day)).isoformat() for day in range(32))
_AT = moment("2026-03-10T00:00")
_HALTED = {"status": ((date(2020, 1, 1), "producing"), (date(2026, 3, 9), "halted"))}


def _case(*missing: tuple[str, str], no_work: bool = False, plan: bool = True, **attributes: str) -> LedgerFacts:
    led = [
        entry(f"{on}{shift}", on, shift=shift, kind="led", down_at=moment(f"{on}T07:40"))
        for on in _DAYS
        for shift in _SHIFTS
        if (on, shift) not in missing
    ]
    if no_work:
        led += [entry(f"n{on}{shift}", on, shift=shift, kind="no_work") for on, shift in missing]
    plans = (
        entry("f", "2026-02-01", shifts_per_day=3),
        *((entry("p", "2026-03-01", shifts_per_day=3),) if plan else ()),
    )
    return facts_of({"leader_shift": tuple(led), "leader_shift_plan": plans}, **attributes)


RULE = Rule(
    id="shift_without_leader",
    title="班次无领导带班",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=CITES,
    clauses=("3.1d",),
    about="mine",
    reads=("leader_shift", "leader_shift_plan"),
    window_days=65,
    examples=(
        Example("近一月每班均有领导带班", _case(), _AT, Clear),
        Example("一个零点班无人带班", _case(("2026-03-08", "night")), _AT, Found, ("p",)),
        Example("登记期限未过的当日不计", _case(("2026-03-08", "night")), _AT - timedelta(seconds=1), Clear),
        Example("该班登记为井下无人作业", _case(("2026-03-08", "night"), no_work=True), _AT, Clear),
        Example("三月没有带班计划", _case(plan=False), _AT, Unknown),
        Example(
            "B6：3月9日起停产，3月8日无人带班仍认定",
            replace(_case(("2026-03-08", "night"), status="halted"), spells=_HALTED),
            _AT,
            Found,
            ("p",),
        ),
        Example("停产", facts_of({}, status="halted"), _AT, Clear),
    ),
)
