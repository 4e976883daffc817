"""Who may open what in the room `board`."""

from tests.web.matrix.rows import OVERSEERS, SIGHTED, Row

ROWS: dict[str, Row] = {
    "board": Row(SIGHTED),
    "board_print": Row(SIGHTED),
    "board_cell": Row(SIGHTED, lambda w: ["3.1", w.city.mine.code], owned=True),
    "board_urge": Row(OVERSEERS, lambda w: ["3.1", w.city.mine.code], owned=True, post=True),
}
