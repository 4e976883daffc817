"""Who may open what in the room `law`."""

from tests.web.matrix.rows import EVERYONE, Row

ROWS: dict[str, Row] = {
    "law": Row(EVERYONE),
    "instrument": Row(EVERYONE, lambda w: ["coal_mine_safety_ordinance"]),
    "limits": Row(EVERYONE),
    "law_duties": Row(EVERYONE),
    "law_duty": Row(EVERYONE, lambda w: ["county_coal_meeting"]),
    "values": Row(EVERYONE),
    "rule": Row(EVERYONE, lambda w: ["gas_repeat_within_week"]),
}
