"""Where the invented city differs on purpose from an ordinary one, so that rules find something."""

from typing import Final

SYSTEMS: Final = ("monitoring", "positioning", "refuge", "compressed_air", "water", "communication")
CLASSES: Final = {"一级": "A", "二级": "B", "三级": "C"}
"""The class of a working mine without accidents, by its grade of standardization."""
OVER_MONTH: Final = frozenset({"900011", "900023", "900037"})
"""Mines that mined more than a month's share, by the end of their code."""
UNDER_EXTRACTED: Final = frozenset({"900015", "900052"})
TIGHT: Final = frozenset({"900033"})
CERTIFICATE_OVER: Final = frozenset({"900019", "900072"})
OVER_PLAN: Final = frozenset({"900060"})
"""Mines placed on purpose so that a rule finds something, by the end of their code."""
