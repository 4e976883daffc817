"""安全监察专员没有随班在岗（特别规定第十项）。"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._enterprise import moment, month_key, whole_days, worked
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.corpus.rules._shifts import plans_by_month, shift_name, shifts_needed
from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("shanxi_special_regulations", "10"),)


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Shifts of the last days that a leader led without a commissioner's record of being on shift.

    Of a shift of which nothing is on file it cannot be said whether anybody worked in it.
    """
    grace = local_span("leader_shift.record_within", civil_date(at)).length
    days = {day for day in whole_days(at, grace) if worked(facts, day, day) is not False}
    if not days:
        return Clear()
    shifts = [entry for entry in entries_of(facts, "leader_shift") if entry.on in days]
    led = [entry for entry in shifts if entry.values["kind"] == "led"]
    if not led:
        return Unknown("近一月没有带班登记，不知哪些班次有人作业")
    on_shift = {
        _shift(entry)
        for entry in entries_of(facts, "company_safety_commissioner")
        if entry.values["record"] == "on_shift"
    }
    missing = {_shift(entry): entry for entry in led if _shift(entry) not in on_shift}
    faults = (Fault(entry.key, _text(*shift)) for shift, entry in missing.items())
    return judged("安全监察专员未随班在岗", faults, CITES, _unaccounted(facts, shifts, on_shift))


def _unaccounted(facts: LedgerFacts, shifts: Iterable[EntryFact], on_shift: Collection[tuple[date, str]]) -> str:
    """Days with shifts that nobody led, in which nobody is said not to have worked, and with no commissioner; "" where there are none."""
    plans, known = plans_by_month(facts), {_shift(shift) for shift in shifts} | set(on_shift)
    for day in sorted({shift.on for shift in shifts}):
        lacking = shifts_needed(plans.get(month_key(day)), day) - len({shift for on, shift in known if on == day})
        if lacking > 0:
            return f"{date_text(day)}有{lacking}个班次既无带班登记也未登记井下无人作业，不知是否有人作业"
    return ""


def _shift(entry: EntryFact) -> tuple[date, str]:
    return entry.on, entry.values["shift"]


def _text(day: date, shift: str) -> str:
    return f"{date_text(day)}{shift_name(shift)}没有在岗记录"


def _case(*on_shift: str, kind: str = "led", others: bool = True, **attributes: str) -> LedgerFacts:
    """One shift of a day, led by default; in the ``others`` nobody worked."""
    day = [entry("l", "2026-03-08", shift="morning", kind=kind)]
    day += [entry(f"o{shift}", "2026-03-08", shift=shift, kind="no_work") for shift in _OTHERS if others]
    records = tuple(entry(shift, "2026-03-08", shift=shift, record="on_shift") for shift in on_shift)
    return facts_of({"leader_shift": tuple(day), "company_safety_commissioner": records}, **attributes)


_OTHERS = ("night", "afternoon")
_AT = moment("2026-03-10T00:00")

RULE = Rule(
    id="company_commissioner_off_shift",
    title="安全监察专员未随班在岗",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=CITES,
    procedure="suspension",
    clauses=("3.1f", "3.1e"),
    about="mine",
    underground=True,
    reads=("leader_shift", "leader_shift_plan", "company_safety_commissioner"),
    window_days=35,
    examples=(
        Example("该班有在岗记录", _case("morning"), _AT, Clear),
        Example("只有他班的在岗记录", _case("night"), _AT, Breach, ("l",)),
        Example("该班没有在岗记录", _case(), _AT, Breach, ("l",)),
        Example("5.7：另两班无人带班也未登记无人作业", _case("morning", others=False), _AT, Unknown),
        Example("5.7：另两班有在岗记录", _case("morning", *_OTHERS, others=False), _AT, Clear),
        Example("登记期限未过", _case(), _AT - timedelta(seconds=1), Unknown),
        Example("井下无人作业的班次不要求", _case(kind="no_work"), _AT, Unknown),
        Example(
            "B6：3月9日起停产，3月8日无在岗记录仍认定",
            replace(
                _case(status="halted"),
                spells={"status": ((date(2020, 1, 1), "producing"), (date(2026, 3, 9), "halted"))},
            ),
            _AT,
            Breach,
            ("l",),
        ),
        Example("停产", _case(status="halted"), _AT, Clear),
    ),
)
