"""Who may open what: one row for each address of the site, room by room. A view without a row fails the suite."""

from tests.web.matrix import (
    account,
    admin,
    alarms,
    board,
    briefs,
    cases,
    city,
    duties,
    frame,
    law,
    ledgers,
    mines,
    notices,
    office,
    registry,
    start,
    supervision,
    today,
    watch,
)
from tests.web.matrix.rows import Row

ROOMS = (
    account,
    admin,
    alarms,
    board,
    briefs,
    cases,
    city,
    duties,
    frame,
    law,
    ledgers,
    mines,
    notices,
    office,
    registry,
    start,
    supervision,
    today,
    watch,
)
MATRIX: dict[str, Row] = {name: row for room in ROOMS for name, row in room.ROWS.items()}
