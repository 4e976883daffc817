"""All writes of `mine`. Keyword-only, actor first; every one records what it did in the same transaction."""

from kuangan.mine.actions.decided import Decided, follow_decision
from kuangan.mine.actions.definitions import Upserted, register_points, upsert_definitions
from kuangan.mine.actions.face import (
    add_face,
    correct_face,
    end_district,
    end_face,
    end_level,
    reopen_face,
    seal_district,
    seal_face,
    start_face,
)
from kuangan.mine.actions.many import KeyAppointment, add_parts, appoint_key_people
from kuangan.mine.actions.mine import (
    assign_relation,
    assign_supervisor,
    create_mine,
    follow_unit_name,
    set_attribute,
    set_attributes,
    set_location,
    withdraw_relation,
)
from kuangan.mine.actions.part import (
    add_district,
    add_level,
    appoint_key_person,
    correct_key_person,
)
from kuangan.mine.actions.point import (
    confirm_place,
    note_dismantled,
    notice_change,
    place_points,
    refuse_proposals,
    set_faces,
)

__all__ = [
    "Decided",
    "KeyAppointment",
    "Upserted",
    "add_district",
    "add_face",
    "add_level",
    "add_parts",
    "appoint_key_people",
    "appoint_key_person",
    "assign_relation",
    "assign_supervisor",
    "confirm_place",
    "correct_face",
    "correct_key_person",
    "create_mine",
    "end_district",
    "end_face",
    "end_level",
    "follow_decision",
    "follow_unit_name",
    "note_dismantled",
    "notice_change",
    "place_points",
    "refuse_proposals",
    "register_points",
    "reopen_face",
    "seal_district",
    "seal_face",
    "set_attribute",
    "set_attributes",
    "set_faces",
    "set_location",
    "start_face",
    "upsert_definitions",
    "withdraw_relation",
]
