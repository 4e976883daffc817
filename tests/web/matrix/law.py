"""Who may open what in the room `law`."""

from tests.answers import answer_of
from tests.updates import update_of
from tests.web.matrix.rows import AUTHORITY, EVERYONE, OPERATOR, Row

ROWS: dict[str, Row] = {
    "law": Row(EVERYONE),
    "instrument": Row(EVERYONE, lambda w: ["coal_mine_safety_ordinance"]),
    "limits": Row(EVERYONE),
    "open_questions": Row(EVERYONE),
    "public_questions": Row(EVERYONE, public=True),
    "local_answers": Row(AUTHORITY),
    "local_answer": Row(AUTHORITY, lambda w: [answer_of(w.city)], receivers=set()),
    "sign_local_answer": Row(AUTHORITY, lambda w: [answer_of(w.city)], post=True, receivers=set()),
    "refuse_local_answer": Row(AUTHORITY, lambda w: [answer_of(w.city)], post=True, receivers=set()),
    "local_answer_file": Row(AUTHORITY, lambda w: [answer_of(w.city)], receivers=set()),
    "law_updates": Row(AUTHORITY | OPERATOR),
    "law_update": Row(AUTHORITY | OPERATOR, lambda w: [update_of(w.city)], receivers=OPERATOR),
    "sign_law_update": Row(AUTHORITY, lambda w: [update_of(w.city)], post=True, receivers=set()),
    "refuse_law_update": Row(AUTHORITY, lambda w: [update_of(w.city)], post=True, receivers=set()),
    "law_duties": Row(EVERYONE),
    "law_duty": Row(EVERYONE, lambda w: ["county_coal_meeting"]),
    "values": Row(EVERYONE),
    "rule": Row(EVERYONE, lambda w: ["gas_repeat_within_week"]),
}
