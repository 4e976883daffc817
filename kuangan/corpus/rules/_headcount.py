"""How many people may work at a face in a shift, and the three lines above it: the register's, that of the criteria, that of rock burst."""

from decimal import Decimal
from typing import Final

from kuangan.law.cite import Cite
from kuangan.law.instrument import in_force
from kuangan.law.local import local
from kuangan.law.topic import EntryFact, LedgerFacts

REGISTER: Final = Cite("register", "8.2")
LIMITS: Final = Cite("headcount_rules_2023")
HAZARD: Final = Cite("major_hazard_criteria_2026", "4.1.3")
POWER: Final = Cite("coal_mine_safety_ordinance", "36.1.1")
REGULATIONS: Final = "coal_mine_safety_regulations_2025"
BURST: Final = {
    "coal_production": Cite(REGULATIONS, "358.1.2"),
    "coal_maintenance": Cite(REGULATIONS, "358.1.2"),
    "key_step": Cite(REGULATIONS, "358.1.4"),
    "other_step": Cite(REGULATIONS, "358.1.4"),
    "repair": Cite(REGULATIONS, "358.1.5"),
}
"""The limits of a rock-burst seam, by kind of face or of work at a heading."""
_FIFTHS, _SIX_FIFTHS = 5, 6
"""The line of 20 % in whole numbers."""


def is_severe(facts: LedgerFacts, count: EntryFact) -> bool | None:
    """Whether the mine was one of severe disasters (灾害严重矿井) on the day; None: what decides it is not on file."""
    on = count.on
    burst = facts.attribute("rock_burst", on)
    grade, water = facts.attribute("gas_grade", on), facts.attribute("hydrology", on)
    severe_grades, severe_waters = (local(f"headcount.severe_{name}", on).value for name in ("gas_grades", "hydrology"))
    if burst == "yes" or grade in severe_grades or water in severe_waters:
        return True
    return None if None in (burst, grade, water) else False


def limits(facts: LedgerFacts, count: EntryFact) -> tuple[int, int]:
    """Lowest and highest limit that may hold at the place; equal where it is known what the mine is."""
    severe, kind = is_severe(facts, count), count.values["place_kind"]
    by_mine = {name: int(local(f"headcount.{name}.{kind}", count.on).value) for name in ("other", "severe")}
    if severe is None:
        return min(by_mine.values()), max(by_mine.values())
    limit = by_mine["severe" if severe else "other"]
    return limit, limit


def is_strict(people: int, limit: int) -> bool:
    """20 % or more over the limit, which the register has handled strictly."""
    return people * _FIFTHS >= limit * _SIX_FIFTHS


def is_hazard(count: EntryFact, limit: int) -> bool:
    """More than 20 % over, without the time of changing shifts and people approved by the province: a major hazard since it is law."""
    if count.values.get("hand_over") or not in_force(HAZARD, count.on):
        return False
    return (int(count.values["people"]) - int(count.values.get("approved", 0))) * _FIFTHS > limit * _SIX_FIFTHS


def over_burst(count: EntryFact) -> tuple[int, Cite] | None:
    """The limit of a rock-burst seam that is exceeded, however little; None where it is kept, or the seam is none."""
    kind = count.values.get("burst_work") or count.values["place_kind"]
    if not count.values.get("burst_seam") or kind not in BURST or not in_force(BURST[kind], count.on):
        return None
    limit = int(local(f"headcount.burst.{kind}", count.on).value)
    return (limit, BURST[kind]) if int(count.values["people"]) > limit else None


def percent_over(people: int, limit: int) -> Decimal:
    """How far above the limit."""
    return Decimal(people - limit) * 100 / Decimal(limit)
