"""Who may open what in the room `frame`."""

from tests.web.matrix.rows import EVERYONE, Row

ROWS: dict[str, Row] = {
    "live": Row(EVERYONE),
}
