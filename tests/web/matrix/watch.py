"""Who may open what in the room `watch`."""

from tests.web import office_world
from tests.web.matrix.rows import COUNTY_BUREAU, OFFICES, SIGHTED, Row

ROWS: dict[str, Row] = {
    "watch": Row(SIGHTED),
    "handover": Row(SIGHTED, lambda w: [office_world.hand_over_of(w).pk], owned=True, receivers=COUNTY_BUREAU),
    "phone_calls": Row(SIGHTED),
    "holiday_plans": Row(SIGHTED),
    "holiday_plan": Row(SIGHTED, lambda w: ["2026-10-01"]),
    "presence": Row(SIGHTED, receivers=OFFICES),
}
