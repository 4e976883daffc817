"""How many entries the demonstration's units write into ledgers beside those by which duties are done."""

from typing import Final

SHIFTWISE: Final = frozenset({"leader_shift", "company_safety_commissioner"})
"""Written three times a day at every mine that works."""
SERVED: Final = frozenset({"principal_led_shift", "post_list_principal_year", "commissioner_assignment", *SHIFTWISE})
"""Obligations and ledgers whose entries come by the rates below."""
A_YEAR: Final[dict[str, int]] = {
    "violation": 60,
    "training_record": 20,
    "certificate": 12,
    "equipment_maintenance": 60,
    "key_operation": 24,
    "high_risk_permit": 4,
    "hazard_item": 4,
    "change_link": 4,
    "near_miss": 2,
    "accident_circular": 3,
    "accident_notice": 2,
    "site_opinion": 4,
    "meeting_decision": 12,
    "risk_conclusion": 6,
    "expert_call": 3,
}
VOLUMINOUS: Final = frozenset({"violation", "training_record", "certificate", "equipment_maintenance", "key_operation"})
BUSY: Final = 6
"""A history of years has so many times more entries of these, as a city in full use would."""
JANUARY: Final[dict[str, int]] = {
    "commissioner_assignment": 2,
    "post_responsibility": 120,
    "rescue_agreement": 1,
    "severe_disaster_list": 1,
    "severe_disaster_plan": 1,
    "safety_licence": 1,
    "exam_paper": 1,
    "standardization_grade": 1,
    "working_regulation": 3,
    "enforcement_post": 1,
    "enforcement_staff": 20,
    "commissioner": 2,
}
"""Written so often in the first days of every year."""
QUARTERLY: Final = frozenset({"severe_disaster_progress"})
EMPTY: Final = frozenset(
    {
        "special_stop_fact", "inspection_obstruction", "rescue_entry", "accident_resumption", "withdrawal_order",
        "change_link_follow", "mine_class_fact", "standardization_application", "standardization_review",
        "commissioner_accountability", "post_reward_punishment",
    }
)  # fmt: skip
"""Ledgers of things that did not happen in the demonstration."""
