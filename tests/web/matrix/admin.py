"""Who may open what in the room `admin`."""

from kuangan.law.role import Role
from tests.web.matrix.rows import (
    ACCOUNT_KEEPERS,
    OFFICERS,
    OPERATOR,
    UNIT_ADMIN,
    Row,
    asked_of,
    invitation_of,
    issue_of,
    post_of,
)

INVITERS = ACCOUNT_KEEPERS | UNIT_ADMIN
"""The invitation of the matrix is one of the county's bureau, so the mine's own administrator does not see it."""
ROWS: dict[str, Row] = {
    "feeds": Row(OFFICERS | OPERATOR),
    "feed_files": Row(OFFICERS | OPERATOR),
    "feed_points": Row(OFFICERS | OPERATOR),
    "place_point": Row(OFFICERS, lambda w: [w.point.pk], owned=True, post=True, data={"place": "return_corner"}),
    "feed_changes": Row(OFFICERS | OPERATOR),
    "note_change": Row(OFFICERS, lambda w: [w.change.pk], owned=True, post=True),
    "feed_tokens": Row(OPERATOR),
    "new_token": Row(OPERATOR, lambda w: [w.city.mine.code], post=True),
    "stop_token": Row(OPERATOR, lambda w: [w.token.pk], post=True),
    "status": Row(OPERATOR),
    "verify": Row(OPERATOR, post=True),
    "trail": Row({Role.audit_admin}),
    "seals": Row({Role.audit_admin, Role.inspectorate_officer}),
    "anchors": Row({Role.audit_admin, Role.inspectorate_officer}),
    "users": Row(ACCOUNT_KEEPERS),
    "account_requests": Row(ACCOUNT_KEEPERS),
    "account_request": Row(ACCOUNT_KEEPERS, lambda w: [asked_of(w).pk]),
    "new_user": Row(OPERATOR),
    "user": Row(ACCOUNT_KEEPERS, lambda w: [w.users["county_duty"].pk]),
    "post": Row(ACCOUNT_KEEPERS, lambda w: [post_of(w, "county_duty")]),
    "identity": Row(ACCOUNT_KEEPERS, lambda w: [w.users["county_duty"].person.pk]),
    "invitations": Row(INVITERS),
    "invitation": Row(INVITERS, lambda w: [invitation_of(w).pk], receivers=ACCOUNT_KEEPERS),
    "invitation_letters": Row(INVITERS, lambda w: [issue_of(w).pk], post=True, receivers={Role.operator}),
    "roster": Row(OPERATOR),
}
