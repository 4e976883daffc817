"""Numbers of invented entries that must agree with each other and with the mine they are about."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

from kuangan.base import clock
from kuangan.core.values.kinds import stored
from kuangan.emulate.past.rates import PEOPLE
from kuangan.emulate.past.records import EntryKeeper
from kuangan.emulate.plan import fixed
from kuangan.law.ledger import Ledger

Values = dict[str, Any]
SHIFTS: Final = (("night", 0), ("morning", 8), ("afternoon", 16))
LEADERS: Final = (
    "chief_engineer", "safety_deputy", "production_deputy", "electromechanical_deputy", "deputy_chief_engineer",
)  # fmt: skip
PRINCIPAL_EVERY: Final = 13
"""The principal leads every 13th shift: seven in a month."""


class PastWorld:
    """What rows must agree with: the properties of the mines, and what was written before."""

    def __init__(self, attributes: dict[tuple[int | None, str], str], mines_of: dict[int, int], last: date) -> None:
        self.attributes, self.mines_of, self.last = attributes, mines_of, last
        self.violations: Counter[tuple[int | None, int, int, str]] = Counter()

    def of(self, keeper: EntryKeeper, name: str, missing: str = "") -> str:
        """A property of the keeper's mine."""
        return self.attributes.get((keeper.mine_id, name), missing)


@dataclass(frozen=True)
class Written:
    """A row that is being made: for whom, for which day, the how-manieth of it and of all."""

    values: Values
    keeper: EntryKeeper
    on: date
    number: int
    earlier: int
    rng: Random
    world: PastWorld

    def is_one_of(self, placed: frozenset[str]) -> bool:
        """Whether the mine is one of those at which a case was placed on purpose."""
        return self.keeper.mine_code[-6:] in placed


def made_consistent(ledger: Ledger, written: Written) -> Values:
    """The row with what is fixed and its dependent numbers put right, as the ledger's ``demo:`` block says.

    Raises ``KeyError`` for a block that asks for an agreement unknown here.
    """
    demo = ledger.demo
    for name, value in demo.fixed.items():
        if value is None:
            written.values.pop(name, None)
        else:
            written.values[name] = stored(ledger.field(name), value)
    values = _AGREEMENTS[demo.made](written) if demo.made else written.values
    if demo.closed and demo.closed[0] in values:
        until, day = demo.closed
        return values | {day: values[until][:10]}
    return values


def _safety_fund(written: Written) -> Values:
    output, rate = _output(written), _rate(written)
    due = _cents(output * rate)
    extracted = _cents(due * Decimal("0.8")) if written.is_one_of(fixed.UNDER_EXTRACTED) else due
    kept = {name: value for name, value in written.values.items() if not name.startswith("used")}
    return kept | {
        "output_t": str(output),
        "rate": str(rate),
        "due": str(due),
        "extracted": str(extracted),
        "opening_balance": "0.00",
        "used_transformation": str(extracted),
        "used": str(extracted),
        "balance": "0.00",
    }


def _production_month(written: Written) -> Values:
    capacity, output = _capacity(written), _output(written)
    plan = _cents(capacity * 10_000 / 12)
    return written.values | {
        "capacity_wt": str(_cents(capacity)),
        "plan_t": str(plan),
        "output_t": str(output),
        "belt_scale_t": str(_cents(output * Decimal("1.01"))),
    }


def _leader_shift(written: Written) -> Values:
    """Three shifts a day, led in turn by the mine's leaders; the principal leads often enough."""
    shift, hour = SHIFTS[written.number % 3]
    turn = written.on.toordinal() * 3 + written.number
    absent = Random(f"{written.keeper.mine_id}:{written.on.year}:{written.on.month}:led").random() < 0.05  # noqa: S311
    principal = turn % PRINCIPAL_EVERY == 0 and not absent
    down = datetime(written.on.year, written.on.month, written.on.day, hour, 10, tzinfo=clock.BEIJING)
    return written.values | {
        "shift": shift,
        "kind": "led",
        "post": "principal" if principal else LEADERS[turn % len(LEADERS)],
        "is_principal": principal,
        "down_at": down.isoformat(),
        "up_at": (down + timedelta(hours=8)).isoformat(),
    }


def _shift(written: Written) -> Values:
    return written.values | {"shift": SHIFTS[written.number % 3][0]}


def _commissioner(written: Written) -> Values:
    names = written.keeper.holders or (written.values["name"],)
    return written.values | {"name": names[written.number % len(names)]}


def _assignment(written: Written) -> Values:
    """Two commissioners a mine, from the first to the last day of the year."""
    year = written.on.year
    now = written.keeper.holders if year == written.world.last.year else ()
    names = now or (written.values["name"],)
    return written.values | {
        "name": names[written.number % len(names)],
        "from_on": f"{year}-01-01",
        "to_on": f"{year}-12-31",
        "level": "city" if written.keeper.unit_code.count("-") and len(written.keeper.unit_code) < 12 else "county",
    }


def _post_responsibility(written: Written) -> Values:
    """Everybody once a year; the director's own list first."""
    tier = "principal" if written.number == 0 else "worker"
    return written.values | {"employee_number": f"YS{written.number + 1:04d}", "tier": tier}


def _staff_count(written: Written) -> Values:
    return written.values | {"total": PEOPLE, "underground": PEOPLE * 7 // 10, "managers": PEOPLE // 8, "contracted": 0}


def _class_decision(written: Written) -> Values:
    grade = written.world.of(written.keeper, "standardization_grade")
    stopped = written.world.of(written.keeper, "status") in ("halted", "building_halted")
    return written.values | {"mine_class": "D" if stopped else fixed.CLASSES.get(grade, "B")}


def _plan_year(written: Written) -> Values:
    share = Decimal("1.06") if written.is_one_of(fixed.OVER_PLAN) else Decimal("0.96")
    planned = _cents(_capacity(written) * 10_000 * share)
    return written.values | {"planned_t": str(planned), "capacity_wt": str(_cents(_capacity(written)))}


def _refuge(written: Written) -> Values:
    return written.values | {"system": fixed.SYSTEMS[written.earlier % len(fixed.SYSTEMS)]}


def _first_responsible(written: Written) -> Values:
    """A certificate lasts two years more, but for the mines at which it is over."""
    if "certificate_until" not in written.values:
        return written.values
    over = written.is_one_of(fixed.CERTIFICATE_OVER)
    until = written.world.last - timedelta(days=40) if over else written.world.last + timedelta(days=700)
    return written.values | {"certificate_until": until.isoformat()}


def _severe_plan(written: Written) -> Values:
    return written.values | {"due_on": f"{written.on.year + 1}-11-30"}


def _regulation(written: Written) -> Values:
    """In force to the end of its year, and withdrawn then."""
    end = f"{written.on.year}-12-31"
    withdrawn = {"withdrawn_on": end} if written.on.year < written.world.last.year else {}
    return written.values | {"valid_until": end} | withdrawn


def _subject(written: Written) -> Values:
    return written.values | {"subject": written.keeper.unit_code}


def _session(written: Written) -> Values:
    return written.values | {"participants": [{"name": f"{written.rng.choice('赵钱孙李周吴郑王')}{written.earlier}号"}]}


def _violation(written: Written) -> Values:
    kind = written.rng.choice(("operation", "operation", "discipline", "command"))
    written.world.violations[written.keeper.mine_id, written.on.year, written.on.month, kind] += 1
    return written.values | {"kind": kind}


def _violation_analysis(written: Written) -> Values:
    month = (written.keeper.mine_id, written.on.year, written.on.month)
    counted = {kind: written.world.violations[(*month, kind)] for kind in ("command", "operation", "discipline")}
    return written.values | counted | {"repeat_offenders": 0, "uncoached": 0}


def _reserve(written: Written) -> Values:
    return written.values | {"ready": "2.50"} if written.is_one_of(fixed.TIGHT) else written.values


def _half(written: Written) -> Values:
    half = {"half": "first" if written.on.month <= 6 else "second", "year": written.on.year}
    names = written.keeper.holders
    return written.values | half | ({"commissioner": names[written.earlier % len(names)]} if names else {})


def _posts(written: Written) -> Values:
    mines = written.world.mines_of.get(written.keeper.unit_id, 0)
    return written.values | {"posts": min(mines, 20), "mines": mines}


def _capacity(written: Written) -> Decimal:
    """万吨 a year."""
    return Decimal(written.world.of(written.keeper, "approved_capacity", "90"))


def _output(written: Written) -> Decimal:
    """Tonnes a month: about a twelfth of the capacity, the same in every ledger of that mine and month."""
    chance = Random(f"{written.keeper.mine_id}:{written.on.year}:{written.on.month}")  # noqa: S311 — invented data, no secret
    share = Decimal("1.15") if written.is_one_of(fixed.OVER_MONTH) else Decimal(round(chance.uniform(700, 990))) / 1000
    return _cents(_capacity(written) * 10_000 / 12 * share)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


def _rate(written: Written) -> Decimal:
    """The highest rate that applies, as the rule of the corpus finds it."""
    known = {name: written.world.of(written.keeper, name) for name in ATTRIBUTES}
    if known["gas_grade"] == "outburst" or known["rock_burst"] == "yes":
        return Decimal("50.00")
    grave = known["gas_grade"] == "high_gas" or known["hydrology"] in ("complex", "extremely_complex")
    return Decimal("30.00") if grave or known["spontaneous_combustion"] == "easy" else Decimal("15.00")


ATTRIBUTES = (
    "approved_capacity", "gas_grade", "rock_burst", "hydrology", "spontaneous_combustion", "standardization_grade", "status",
)  # fmt: skip


_AGREEMENTS: Final[dict[str, Callable[[Written], Values]]] = {
    "fund": _safety_fund,
    "month_output": _production_month,
    "led_shift": _leader_shift,
    "shift": _shift,
    "assignment": _assignment,
    "holder_in_turn": _commissioner,
    "person_in_turn": _post_responsibility,
    "staff": _staff_count,
    "mine_class": _class_decision,
    "year_plan": _plan_year,
    "system_in_turn": _refuge,
    "keeper_as_subject": _subject,
    "participants": _session,
    "certificate": _first_responsible,
    "due_next_year": _severe_plan,
    "year_in_force": _regulation,
    "offence": _violation,
    "offences_counted": _violation_analysis,
    "reserve": _reserve,
    "half": _half,
    "posts": _posts,
}
"""By the name that ``made`` of a ledger's ``demo:`` block says."""
