"""Who may open what in the room `office`."""

from tests.web import office_world
from tests.web.matrix.rows import COUNTY_BUREAU, OFFICES, SIGHTED, Row

ROWS: dict[str, Row] = {
    "office": Row(SIGHTED),
    "circulars": Row(SIGHTED),
    "new_circular": Row(SIGHTED, receivers=OFFICES),
    "circular": Row(SIGHTED, lambda w: [office_world.circular(w).pk], owned=True),
    "collections": Row(SIGHTED),
    "new_collection": Row(SIGHTED, receivers=OFFICES),
    "collection": Row(SIGHTED, lambda w: [office_world.collection(w).pk], owned=True),
    "incoming_list": Row(SIGHTED, receivers=OFFICES),
    "new_incoming": Row(SIGHTED, receivers=OFFICES),
    "incoming": Row(SIGHTED, lambda w: [office_world.incoming(w).pk], owned=True, receivers=COUNTY_BUREAU),
    "letters": Row(SIGHTED),
    "new_letter": Row(SIGHTED, receivers=OFFICES),
    "letter_word": Row(SIGHTED, lambda w: [office_world.letter(w).pk], owned=True, receivers=COUNTY_BUREAU),
    "meetings": Row(SIGHTED),
    "new_meeting": Row(SIGHTED, receivers=OFFICES),
    "meeting": Row(SIGHTED, lambda w: [office_world.meeting(w).pk], owned=True),
    "office_file": Row(SIGHTED, office_world.circular_file, owned=True),
}
