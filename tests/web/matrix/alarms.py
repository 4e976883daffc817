"""Who may open what in the room `alarms`."""

from tests.web.matrix.rows import DESK, MINE, Row

ROWS: dict[str, Row] = {
    "desk": Row(DESK),
    "desk_queue": Row(DESK),
    "desk_load": Row(DESK),
    "desk_case": Row(DESK, lambda w: [w.alarm.pk]),
    "mine_alarms": Row(MINE),
    "calibrations": Row(MINE),
    "withdraw_calibration": Row(MINE, lambda w: [w.filing.pk], owned=True, post=True),
}
