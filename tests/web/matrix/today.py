"""Who may open what in the room `today`."""

from kuangan.law.role import Role
from tests.web.matrix.rows import AUTHORITY, EVERYONE, MINE, SIGHTED, Row

ROWS: dict[str, Row] = {
    "today": Row(SIGHTED),
    "sign_notice": Row(EVERYONE, lambda w: [w.notice.pk], owned=True, post=True, receivers=MINE),
    "answer_call": Row(AUTHORITY | MINE, lambda w: [w.call.pk], post=True, receivers={Role.duty_officer}),
}
