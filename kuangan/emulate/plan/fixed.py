"""Fields of invented entries that are the same in every row, so that the city is an ordinary one."""

from typing import Any, Final

FIXED: Final[dict[str, dict[str, Any]]] = {
    "company_safety_commissioner": {
        "record": "on_shift", "conclusion": "none", "operation": None, "confirmed_at": None,
    },
    "key_operation": {"kind": "bunker"},
    "enforcement_check": {"kind": "planned", "counts_toward_cap": True},
    "compliance_share": {
        "posts_total": 9, "posts_met": 9, "people_total": 240, "people_met": 240, "professions_total": 8,
        "professions_met": 8, "mine_met": True, "unmet": "无",
    },
    "equipment_maintenance": {"result": "qualified", "next_due_on": None},
    "post_procedure": {"people": 8, "trained": 8},
    "standards_register": {"conforms": "full", "gap": None, "measure": None, "responsible": None, "due_on": None},
    "succession_reserve": {"developed": "6.20", "prepared": "18.00", "ready": "7.50", "coal_faces": 1},
    "training_record": {"initial_hours": "80", "refresh_hours": "24", "role": "underground_worker"},
    "refuge_system": {"state": "normal"},
    "severe_disaster_progress": {"problem": "回风隅角瓦斯频繁报警", "on_schedule": True},
    "severe_disaster_plan": {"problem": "回风隅角瓦斯频繁报警"},
    "mine_class_decision": {"occasion": "yearly"},
}  # fmt: skip
"""By ledger; None leaves the field empty."""
SYSTEMS: Final = ("monitoring", "positioning", "refuge", "compressed_air", "water", "communication")
CLASSES: Final = {"一级": "A", "二级": "B", "三级": "C"}
"""The class of a working mine without accidents, by its grade of standardization."""
OVER_MONTH: Final = frozenset({"900011", "900023", "900037"})
"""Mines that mined more than a month's share, by the end of their code."""
UNDER_EXTRACTED: Final = frozenset({"900015", "900052"})
TIGHT: Final = frozenset({"900033"})
ONE_COMMISSIONER: Final = frozenset({"900028"})
NO_AGREEMENT: Final = frozenset({"900044"})
CERTIFICATE_OVER: Final = frozenset({"900019", "900072"})
OVER_PLAN: Final = frozenset({"900060"})
"""Mines placed on purpose so that a rule finds something, by the end of their code."""
