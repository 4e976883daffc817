"""Shared reads of `mine`."""

from kuangan.mine.queries.attributes import STANDING, attribute, attribute_spells, attributes_on, attributes_text
from kuangan.mine.queries.export import export_rows, export_workbook
from kuangan.mine.queries.mines import MineLine, fed_mines, mine_list, mines_visible_to, public_mines, unit_of
from kuangan.mine.queries.parts import (
    attributes_held,
    changes_of_mine,
    changes_of_point,
    changes_visible_to,
    dated_attributes,
    districts_of,
    faces_not_worked,
    faces_on,
    key_people_on,
    points_of,
    points_visible_to,
    worked_faces,
)
from kuangan.mine.queries.placements import face_at, placements_of, standing_at, standing_on
from kuangan.mine.queries.points import (
    definition_on,
    is_methane,
    place_label,
    unnoticed_changes,
    unplaced_points,
)
from kuangan.mine.queries.proposed import Proposed, open_faces, proposed, unconfirmed_points
from kuangan.mine.queries.relations import mine_as_of, relation_changes, supervised_before, supervisor_on, unit_on

__all__ = [
    "STANDING",
    "MineLine",
    "Proposed",
    "attribute",
    "attribute_spells",
    "attributes_held",
    "attributes_on",
    "attributes_text",
    "changes_of_mine",
    "changes_of_point",
    "changes_visible_to",
    "dated_attributes",
    "definition_on",
    "districts_of",
    "export_rows",
    "export_workbook",
    "face_at",
    "faces_not_worked",
    "faces_on",
    "fed_mines",
    "is_methane",
    "key_people_on",
    "mine_as_of",
    "mine_list",
    "mines_visible_to",
    "open_faces",
    "place_label",
    "placements_of",
    "points_of",
    "points_visible_to",
    "proposed",
    "public_mines",
    "relation_changes",
    "standing_at",
    "standing_on",
    "supervised_before",
    "supervisor_on",
    "unconfirmed_points",
    "unit_of",
    "unit_on",
    "unnoticed_changes",
    "unplaced_points",
    "worked_faces",
]
