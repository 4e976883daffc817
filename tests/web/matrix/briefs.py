"""Who may open what in the room `briefs`."""

from tests.web import office_world
from tests.web.matrix.rows import SIGHTED, Row

ROWS: dict[str, Row] = {
    "briefs": Row(SIGHTED),
    "brief": Row(SIGHTED, lambda w: [office_world.brief(w).pk], owned=True),
    "new_brief": Row(SIGHTED, lambda w: ["daily", "2026-03-10"]),
}
