"""Shared reads of `mine`."""

from kuangan.mine.queries.attributes import attribute, attributes_on, attributes_text
from kuangan.mine.queries.export import export_rows, export_workbook
from kuangan.mine.queries.mines import MineLine, mine_list, mines_visible_to, unit_of
from kuangan.mine.queries.points import (
    definition_on,
    is_methane,
    place_label,
    unnoticed_changes,
    unplaced_points,
)

__all__ = [
    "MineLine",
    "attribute",
    "attributes_on",
    "attributes_text",
    "definition_on",
    "export_rows",
    "export_workbook",
    "is_methane",
    "mine_list",
    "mines_visible_to",
    "place_label",
    "unit_of",
    "unnoticed_changes",
    "unplaced_points",
]
