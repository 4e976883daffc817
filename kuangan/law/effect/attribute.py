"""The dated attributes of a mine by which law distinguishes: what each may hold. ``mine`` keeps them, the corpus names them."""

from collections.abc import Mapping
from typing import Final

VALUES: Final[Mapping[str, frozenset[str]]] = {
    "approved_capacity": frozenset(),
    "gas_grade": frozenset({"low_gas", "high_gas", "outburst"}),
    "status": frozenset({"producing", "building", "halted", "building_halted", "closed"}),
    "headcount_limit": frozenset(),
    "rock_burst": frozenset({"yes", "no"}),
    "standardization_grade": frozenset({"一级", "二级", "三级", "不达标"}),
    "mine_class": frozenset({"A", "B", "C", "D"}),
    "hydrology": frozenset({"simple", "medium", "complex", "extremely_complex"}),
    "spontaneous_combustion": frozenset({"easy", "self_igniting", "not_easy"}),
    "mine_type": frozenset({"underground", "open_pit"}),
    "coal_seams": frozenset(),
    "dust_explosive": frozenset({"yes", "no"}),
}
"""By name (``mine.AttributeName``); one without values is a number or a text."""
TEXTS: Final = frozenset({"coal_seams"})
NUMERIC: Final = frozenset(name for name, values in VALUES.items() if not values) - TEXTS
GRADED: Final = tuple(name for name, values in VALUES.items() if values)
"""Those by which an obligation may bind only some mines."""
