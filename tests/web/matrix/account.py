"""Who may open what in the room `account`."""

from kuangan.law.role import Role
from tests.web.matrix.rows import ACCOUNT_KEEPERS, EVERYONE, SECURITY, Row, key_of, session_of

ROWS: dict[str, Row] = {
    "home": Row(EVERYONE, public=True),
    "login": Row(EVERYONE, public=True),
    "sso": Row(EVERYONE, public=True),
    "sso_return": Row(EVERYONE, public=True),
    "sso_code": Row(EVERYONE, public=True),
    "join": Row(EVERYONE, public=True),
    "logout": Row(EVERYONE, public=True, post=True),
    "account": Row(EVERYONE),
    "personal_data": Row(EVERYONE),
    "password": Row(EVERYONE),
    "bind_code": Row(EVERYONE),
    "new_api_token": Row(EVERYONE, post=True),
    "stop_api_token": Row(
        EVERYONE, lambda w: [key_of(w, "county_duty").pk], owned=True, post=True, receivers={Role.duty_officer}
    ),
    "end_session": Row(
        EVERYONE, lambda w: [session_of(w, "county_duty").pk], owned=True, post=True, receivers={Role.duty_officer}
    ),
    "end_other_sessions": Row(EVERYONE, post=True),
    "api_tokens": Row(ACCOUNT_KEEPERS),
    "stop_others_token": Row(SECURITY, lambda w: [key_of(w, "county_duty").pk], post=True),
}
