"""How many entries a year the demonstration's units write into ledgers that no periodic duty fills."""

from typing import Final

SHIFTS: Final = 1095
"""Three a day."""

A_YEAR: Final[dict[str, int]] = {
    "leader_shift": SHIFTS,
    "company_safety_commissioner": SHIFTS,
    "withdrawal_authority": SHIFTS,
    "violation": 420,
    "training_record": 320,
    "post_responsibility": 320,
    "certificate": 120,
    "equipment_maintenance": 620,
    "high_risk_permit": 260,
    "hazard_check": 300,
    "training_session": 110,
    "post_assessment": 120,
    "key_operation": 90,
    "change_link_follow": 120,
    "change_link": 14,
    "risk_list": 40,
    "worker_hazard_report": 90,
    "rescue_supply": 40,
    "enforcement_check": 4,
    "site_opinion": 10,
    "accident_circular": 6,
    "meeting_decision": 24,
}
YEARLY: Final = {"commissioner_assignment": 2}
"""Written so often on the first day of every year."""
USUAL: Final = 2
"""For every other ledger."""
EMPTY: Final = frozenset(
    {"special_stop_fact", "inspection_obstruction", "rescue_entry", "accident_resumption", "withdrawal_order"}
)
"""Ledgers of things that did not happen in the demonstration."""
DAILY: Final = 100
"""Ledgers with more entries a year than this are, in a short demonstration, written for the last days only."""
