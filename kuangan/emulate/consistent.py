"""Numbers of invented entries that must agree with each other and with the mine they are about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final

import numpy as np

from kuangan.base import clock
from kuangan.emulate.records import Keeper
from kuangan.law.ledger import Ledger
from kuangan.mine.models import MineAttribute

Values = dict[str, Any]
SHIFTS: Final = (("night", 0), ("morning", 8), ("afternoon", 16))
LEADERS: Final = (
    "chief_engineer", "safety_deputy", "production_deputy", "electromechanical_deputy", "deputy_chief_engineer",
)  # fmt: skip
PRINCIPAL_EVERY: Final = 13
"""The principal leads every 13th shift: seven in a month."""


@dataclass(frozen=True)
class Written:
    """A row that is being made: for whom, for which day, the how-manieth of it."""

    values: Values
    keeper: Keeper
    on: date
    number: int
    rng: np.random.Generator


def made_consistent(ledger: Ledger, written: Written) -> Values:
    """The row with its dependent numbers put right; rows of other ledgers as they are."""
    change = _CHANGES.get(ledger.id)
    return change(written) if change else written.values


def _safety_fund(row: Written) -> Values:
    output, rate = _output(row), _rate(row.keeper)
    due = _cents(output * rate)
    extracted = due if row.rng.random() < 0.98 else _cents(due * Decimal("0.8"))
    used = _cents(extracted * Decimal("0.85"))
    kept = {name: value for name, value in row.values.items() if not name.startswith("used")}
    return kept | {
        "output_t": str(output),
        "rate": str(rate),
        "due": str(due),
        "extracted": str(extracted),
        "opening_balance": "0.00",
        "used_transformation": str(used),
        "used": str(used),
        "balance": str(extracted - used),
    }


def _production_month(row: Written) -> Values:
    capacity, output = _capacity(row.keeper), _output(row)
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
    principal = turn % PRINCIPAL_EVERY == 0
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


def _assignment(row: Written) -> Values:
    """Two commissioners a mine, from the first to the last day of the year."""
    names = row.keeper.holders or (row.values["name"],)
    year = row.on.year
    return row.values | {
        "name": names[row.number % len(names)],
        "from_on": f"{year}-01-01",
        "to_on": f"{year}-12-31",
        "level": "city" if row.keeper.unit_code.count("-") and len(row.keeper.unit_code) < 12 else "county",
    }


def _capacity(keeper: Keeper) -> Decimal:
    """万吨 a year."""
    return Decimal(_attributes().get((keeper.mine_id, "approved_capacity"), "90"))


def _output(row: Written) -> Decimal:
    """Tonnes a month: about a twelfth of the capacity, the same in every ledger of that mine and month."""
    chance = np.random.default_rng([row.keeper.mine_id or 0, row.on.year, row.on.month])
    share = Decimal(str(round(float(chance.uniform(0.7, 1.08)), 3)))
    return _cents(_capacity(row.keeper) * 10_000 / 12 * share)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


def _rate(keeper: Keeper) -> Decimal:
    """The highest rate that applies, as the rule of the corpus finds it."""
    known = {name: _attributes().get((keeper.mine_id, name), "") for name in ATTRIBUTES}
    if known["gas_grade"] == "outburst" or known["rock_burst"] == "yes":
        return Decimal("50.00")
    grave = known["gas_grade"] == "high_gas" or known["hydrology"] in ("complex", "extremely_complex")
    return Decimal("30.00") if grave or known["spontaneous_combustion"] == "easy" else Decimal("15.00")


ATTRIBUTES = ("approved_capacity", "gas_grade", "rock_burst", "hydrology", "spontaneous_combustion")


@cache
def _attributes() -> dict[tuple[int | None, str], str]:
    rows = MineAttribute.objects.filter(name__in=ATTRIBUTES).order_by("valid_from")
    return {(row.mine_id, row.name): row.value for row in rows}


_CHANGES: Final[dict[str, Callable[[Written], Values]]] = {
    "safety_fund": _safety_fund,
    "production_month": _production_month,
    "leader_shift": _leader_shift,
    "company_safety_commissioner": _shift,
    "commissioner_assignment": _assignment,
}
