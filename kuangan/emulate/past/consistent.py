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
from kuangan.emulate.past.records import Keeper
from kuangan.emulate.plan import fixed
from kuangan.law.ledger import Ledger

Values = dict[str, Any]
SHIFTS: Final = (("night", 0), ("morning", 8), ("afternoon", 16))
LEADERS: Final = (
    "chief_engineer", "safety_deputy", "production_deputy", "electromechanical_deputy", "deputy_chief_engineer",
)  # fmt: skip
PRINCIPAL_EVERY: Final = 13
"""The principal leads every 13th shift: seven in a month."""


class World:
    """What rows must agree with: the properties of the mines, and what was written before."""

    def __init__(self, attributes: dict[tuple[int | None, str], str], mines_of: dict[int, int], last: date) -> None:
        self.attributes, self.mines_of, self.last = attributes, mines_of, last
        self.violations: Counter[tuple[int | None, int, int, str]] = Counter()

    def of(self, keeper: Keeper, name: str, missing: str = "") -> str:
        """A property of the keeper's mine."""
        return self.attributes.get((keeper.mine_id, name), missing)


@dataclass(frozen=True)
class Written:
    """A row that is being made: for whom, for which day, the how-manieth of it and of all."""

    values: Values
    keeper: Keeper
    on: date
    number: int
    earlier: int
    rng: Random
    world: World

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


def _safety_fund(row: Written) -> Values:
    output, rate = _output(row), _rate(row)
    due = _cents(output * rate)
    extracted = _cents(due * Decimal("0.8")) if row.is_one_of(fixed.UNDER_EXTRACTED) else due
    kept = {name: value for name, value in row.values.items() if not name.startswith("used")}
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


def _production_month(row: Written) -> Values:
    capacity, output = _capacity(row), _output(row)
    plan = _cents(capacity * 10_000 / 12)
    return row.values | {
        "capacity_wt": str(_cents(capacity)),
        "plan_t": str(plan),
        "output_t": str(output),
        "belt_scale_t": str(_cents(output * Decimal("1.01"))),
    }


def _leader_shift(row: Written) -> Values:
    """Three shifts a day, led in turn by the mine's leaders; the principal leads often enough."""
    shift, hour = SHIFTS[row.number % 3]
    turn = row.on.toordinal() * 3 + row.number
    absent = Random(f"{row.keeper.mine_id}:{row.on.year}:{row.on.month}:led").random() < 0.05  # noqa: S311
    principal = turn % PRINCIPAL_EVERY == 0 and not absent
    down = datetime(row.on.year, row.on.month, row.on.day, hour, 10, tzinfo=clock.BEIJING)
    return row.values | {
        "shift": shift,
        "kind": "led",
        "post": "principal" if principal else LEADERS[turn % len(LEADERS)],
        "is_principal": principal,
        "down_at": down.isoformat(),
        "up_at": (down + timedelta(hours=8)).isoformat(),
    }


def _shift(row: Written) -> Values:
    return row.values | {"shift": SHIFTS[row.number % 3][0]}


def _commissioner(row: Written) -> Values:
    names = row.keeper.holders or (row.values["name"],)
    return row.values | {"name": names[row.number % len(names)]}


def _assignment(row: Written) -> Values:
    """Two commissioners a mine, from the first to the last day of the year."""
    year = row.on.year
    now = row.keeper.holders if year == row.world.last.year else ()
    names = now or (row.values["name"],)
    return row.values | {
        "name": names[row.number % len(names)],
        "from_on": f"{year}-01-01",
        "to_on": f"{year}-12-31",
        "level": "city" if row.keeper.unit_code.count("-") and len(row.keeper.unit_code) < 12 else "county",
    }


def _post_responsibility(row: Written) -> Values:
    """Everybody once a year; the director's own list first."""
    tier = "principal" if row.number == 0 else "worker"
    return row.values | {"employee_number": f"YS{row.number + 1:04d}", "tier": tier}


def _staff_count(row: Written) -> Values:
    return row.values | {"total": PEOPLE, "underground": PEOPLE * 7 // 10, "managers": PEOPLE // 8, "contracted": 0}


def _class_decision(row: Written) -> Values:
    grade = row.world.of(row.keeper, "standardization_grade")
    stopped = row.world.of(row.keeper, "status") in ("halted", "building_halted")
    return row.values | {"mine_class": "D" if stopped else fixed.CLASSES.get(grade, "B")}


def _plan_year(row: Written) -> Values:
    share = Decimal("1.06") if row.is_one_of(fixed.OVER_PLAN) else Decimal("0.96")
    planned = _cents(_capacity(row) * 10_000 * share)
    return row.values | {"planned_t": str(planned), "capacity_wt": str(_cents(_capacity(row)))}


def _refuge(row: Written) -> Values:
    return row.values | {"system": fixed.SYSTEMS[row.earlier % len(fixed.SYSTEMS)]}


def _first_responsible(row: Written) -> Values:
    """A certificate lasts two years more, but for the mines at which it is over."""
    if "certificate_until" not in row.values:
        return row.values
    over = row.is_one_of(fixed.CERTIFICATE_OVER)
    until = row.world.last - timedelta(days=40) if over else row.world.last + timedelta(days=700)
    return row.values | {"certificate_until": until.isoformat()}


def _severe_plan(row: Written) -> Values:
    return row.values | {"due_on": f"{row.on.year + 1}-11-30"}


def _regulation(row: Written) -> Values:
    """In force to the end of its year, and withdrawn then."""
    end = f"{row.on.year}-12-31"
    withdrawn = {"withdrawn_on": end} if row.on.year < row.world.last.year else {}
    return row.values | {"valid_until": end} | withdrawn


def _subject(row: Written) -> Values:
    return row.values | {"subject": row.keeper.unit_code}


def _session(row: Written) -> Values:
    return row.values | {"participants": [{"name": f"{row.rng.choice('赵钱孙李周吴郑王')}{row.earlier}号"}]}


def _violation(row: Written) -> Values:
    kind = row.rng.choice(("operation", "operation", "discipline", "command"))
    row.world.violations[row.keeper.mine_id, row.on.year, row.on.month, kind] += 1
    return row.values | {"kind": kind}


def _violation_analysis(row: Written) -> Values:
    month = (row.keeper.mine_id, row.on.year, row.on.month)
    counted = {kind: row.world.violations[(*month, kind)] for kind in ("command", "operation", "discipline")}
    return row.values | counted | {"repeat_offenders": 0, "uncoached": 0}


def _reserve(row: Written) -> Values:
    return row.values | {"ready": "2.50"} if row.is_one_of(fixed.TIGHT) else row.values


def _half(row: Written) -> Values:
    half = {"half": "first" if row.on.month <= 6 else "second", "year": row.on.year}
    names = row.keeper.holders
    return row.values | half | ({"commissioner": names[row.earlier % len(names)]} if names else {})


def _posts(row: Written) -> Values:
    mines = row.world.mines_of.get(row.keeper.unit_id, 0)
    return row.values | {"posts": min(mines, 20), "mines": mines}


def _capacity(row: Written) -> Decimal:
    """万吨 a year."""
    return Decimal(row.world.of(row.keeper, "approved_capacity", "90"))


def _output(row: Written) -> Decimal:
    """Tonnes a month: about a twelfth of the capacity, the same in every ledger of that mine and month."""
    chance = Random(f"{row.keeper.mine_id}:{row.on.year}:{row.on.month}")  # noqa: S311 — invented data, no secret
    share = Decimal("1.15") if row.is_one_of(fixed.OVER_MONTH) else Decimal(round(chance.uniform(700, 990))) / 1000
    return _cents(_capacity(row) * 10_000 / 12 * share)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


def _rate(row: Written) -> Decimal:
    """The highest rate that applies, as the rule of the corpus finds it."""
    known = {name: row.world.of(row.keeper, name) for name in ATTRIBUTES}
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
