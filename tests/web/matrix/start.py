"""Who may open what in the room `start`."""

from tests.web.matrix.rows import ACCOUNT_KEEPERS, OVERSEERS, SIGHTED, Row

ROWS: dict[str, Row] = {
    "start": Row(SIGHTED | ACCOUNT_KEEPERS),
    "start_hint": Row(SIGHTED | ACCOUNT_KEEPERS),
    "number_series": Row(OVERSEERS),
}
