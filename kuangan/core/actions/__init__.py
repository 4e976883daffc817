"""All writes of `core`. Keyword-only, actor first; every one records what it did in the same transaction."""

from kuangan.core.actions.access.accounts import (
    confirm_totp,
    create_user,
    disable_user,
    enrol_totp,
    hold_signature,
    pending_secret,
    record_login_failure,
    record_login_success,
    record_logout,
    reset_totp,
    set_password,
    system_user,
    verify_totp,
)
from kuangan.core.actions.access.api_tokens import issue_api_token, note_key_use, stop_api_token, tell_ending_keys
from kuangan.core.actions.access.console import create_administrator, forget_lost_codes, reset_administrator
from kuangan.core.actions.access.leaving import end_access_of_leavers
from kuangan.core.actions.access.proofs import (
    begin_binding,
    confirm_code,
    confirm_password,
    issue_binding_token,
    issue_confirmed_token,
)
from kuangan.core.actions.access.requests import (
    approve_request,
    ask_account,
    ask_appointment,
    ask_city_book,
    ask_deputy,
    ask_reset,
    refuse_request,
    take_password,
    withdraw_request,
)
from kuangan.core.actions.access.sessions import end_crowding_sessions, end_session, end_sessions, sweep_sessions
from kuangan.core.actions.aside import end_quiet_aside, say_aside, tell_aside
from kuangan.core.actions.attachments import save_attachment
from kuangan.core.actions.audit import Line, freeze_day, record, record_many, seal_ended_day
from kuangan.core.actions.calls import advance_calls, answer_call, start_call, stop_call
from kuangan.core.actions.incidents import end_incident, raise_incident
from kuangan.core.actions.many import create_people, create_posts_of_many, fill_vacant_posts
from kuangan.core.actions.notices import confirm_pasted, end_notices, send_notice, send_notices, sign_for_notice
from kuangan.core.actions.people import open_identity, set_identity, set_person_number
from kuangan.core.actions.posts import (
    appoint,
    create_person,
    create_post,
    create_posts,
    end_absence,
    relieve,
    set_absence,
    set_certificate,
    set_deputy,
    set_person_phone,
)
from kuangan.core.actions.rosters import roster_person, unroster_person
from kuangan.core.actions.seals import ask_trail_check, end_trail_check, hand_out_seal, watch_seals
from kuangan.core.actions.signing import confirmed
from kuangan.core.actions.units import add_oversight, create_unit, remove_oversight, set_unit_phone
from kuangan.core.actions.urging import count_urges

__all__ = [
    "Line",
    "add_oversight",
    "advance_calls",
    "answer_call",
    "appoint",
    "approve_request",
    "ask_account",
    "ask_appointment",
    "ask_city_book",
    "ask_deputy",
    "ask_reset",
    "ask_trail_check",
    "begin_binding",
    "confirm_code",
    "confirm_password",
    "confirm_pasted",
    "confirm_totp",
    "confirmed",
    "count_urges",
    "create_administrator",
    "create_people",
    "create_person",
    "create_post",
    "create_posts",
    "create_posts_of_many",
    "create_unit",
    "create_user",
    "disable_user",
    "end_absence",
    "end_access_of_leavers",
    "end_crowding_sessions",
    "end_incident",
    "end_notices",
    "end_quiet_aside",
    "end_session",
    "end_sessions",
    "end_trail_check",
    "enrol_totp",
    "fill_vacant_posts",
    "forget_lost_codes",
    "freeze_day",
    "hand_out_seal",
    "hold_signature",
    "issue_api_token",
    "issue_binding_token",
    "issue_confirmed_token",
    "note_key_use",
    "open_identity",
    "pending_secret",
    "raise_incident",
    "record",
    "record_login_failure",
    "record_login_success",
    "record_logout",
    "record_many",
    "refuse_request",
    "relieve",
    "remove_oversight",
    "reset_administrator",
    "reset_totp",
    "roster_person",
    "save_attachment",
    "say_aside",
    "seal_ended_day",
    "send_notice",
    "send_notices",
    "set_absence",
    "set_certificate",
    "set_deputy",
    "set_identity",
    "set_password",
    "set_person_number",
    "set_person_phone",
    "set_unit_phone",
    "sign_for_notice",
    "start_call",
    "stop_api_token",
    "stop_call",
    "sweep_sessions",
    "system_user",
    "take_password",
    "tell_aside",
    "tell_ending_keys",
    "unroster_person",
    "verify_totp",
    "watch_seals",
    "withdraw_request",
]
