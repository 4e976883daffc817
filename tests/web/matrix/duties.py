"""Who may open what in the room `duties`."""

from kuangan.law.role import Role
from tests.web.matrix.rows import KEEPERS, OPERATOR, OVERSEERS, SIGHTED, Row, checkin_key_of
from tests.web.owed import COUNTY_SEES, credit_of, duty_of, file_of, report_of

ROWS: dict[str, Row] = {
    "duties": Row(SIGHTED),
    "duty_rates": Row(SIGHTED),
    "checkin_keys": Row(KEEPERS | OPERATOR),
    "new_checkin_key": Row(KEEPERS, post=True),
    "stop_checkin_key": Row(
        KEEPERS | OPERATOR,
        lambda w: [checkin_key_of(w)],
        owned=True,
        post=True,
        receivers={
            Role.clerk,
            Role.section_head,
            Role.bureau_head,
            Role.bureau_deputy,
            Role.operator,
        },
    ),
    "duty": Row(SIGHTED, lambda w: [duty_of(w).pk], owned=True),
    "duty_file": Row(SIGHTED, lambda w: [duty_of(w).pk], owned=True, post=True),
    "duty_judge": Row(OVERSEERS, lambda w: [duty_of(w).pk, credit_of(w).pk], owned=True, post=True),
    "duty_urge": Row(OVERSEERS, lambda w: [duty_of(w).pk], owned=True, post=True),
    "duty_attachment": Row(SIGHTED, lambda w: [duty_of(w).pk, file_of(duty_of(w))], owned=True),
    "reports": Row(OVERSEERS),
    "report": Row(OVERSEERS, lambda w: ["bulletin", "140423", "2026-03"], owned=True, receivers=COUNTY_SEES),
    "report_draft": Row(
        OVERSEERS, lambda w: ["bulletin", "140423", "2026-03"], owned=True, post=True, receivers=COUNTY_SEES
    ),
    "report_paper": Row(OVERSEERS, lambda w: [report_of(w).pk], owned=True, receivers=COUNTY_SEES),
    "report_issue": Row(OVERSEERS, lambda w: [report_of(w).pk], owned=True, post=True, receivers=COUNTY_SEES),
    "report_file": Row(OVERSEERS, lambda w: [report_of(w).pk, "docx"], owned=True, receivers=COUNTY_SEES),
}
