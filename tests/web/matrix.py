"""Who may open what: one row for each address of the site. A view without a row fails the suite.

Written without the views' own door groups, so that a door opened by mistake shows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from kuangan.base import clock
from kuangan.core.actions import ask_reset, issue_api_token
from kuangan.core.models import AccountRequest, ApiToken, LoginSession, RequestKind, Tenure
from kuangan.duty.actions import issue_checkin_token
from kuangan.duty.models import CheckinToken
from kuangan.law.role import Role
from tests.web import ledger_world, office_world
from tests.web.owed import COUNTY_SEES, credit_of, duty_of, file_of, report_of
from tests.web.sampled import evidence_of, judged
from tests.web.world import World

OFFICERS = {Role.duty_officer, Role.enforcement_officer, Role.section_head, Role.legal_reviewer}
AUTHORITY = OFFICERS | {Role.bureau_head, Role.bureau_deputy}
COMMISSIONERS = {Role.supervision_commissioner}
CLERKS = {Role.clerk}
OVERSEERS = AUTHORITY | COMMISSIONERS | CLERKS | {Role.government_head, Role.company_officer, Role.inspectorate_officer}
MINE = {Role.mine_dispatcher, Role.mine_leader, Role.mine_director, Role.mine_engineer}
OPERATOR = {Role.operator}
SECURITY = {Role.security_admin}
AUDIT = {Role.audit_admin}
ACCOUNT_KEEPERS = OPERATOR | SECURITY
SIGHTED = OVERSEERS | MINE
EVERYONE = SIGHTED | OPERATOR | SECURITY | AUDIT
COUNTY_BUREAU = AUTHORITY | {Role.supervision_commissioner, Role.clerk}
OFFICES = SIGHTED - MINE - {Role.company_officer, Role.inspectorate_officer}
PATROLLERS = {Role.clerk, Role.section_head, Role.enforcement_officer, Role.supervision_commissioner}
DRAWERS = {Role.section_head, Role.bureau_head, Role.bureau_deputy}
DRAWS = AUTHORITY | COMMISSIONERS | {Role.government_head, Role.inspectorate_officer}
KEEPERS = {Role.clerk, Role.section_head, Role.bureau_head, Role.bureau_deputy}
KEEPERS |= {Role.government_head, Role.company_officer, Role.mine_director}
VERIFY = OVERSEERS - {Role.company_officer}
"""Who knows of what is drawn before its verdict is confirmed: the county and those above it, no mine, no company."""
DESK = {Role.duty_officer, Role.enforcement_officer, Role.section_head}

Values = Callable[[World], list[object]]


def nothing(world: World) -> list[object]:
    return []


def key_of(world: World, username: str) -> ApiToken:
    user = world.users[username]
    if not ApiToken.objects.filter(user=user).exists():
        issue_api_token(actor=user, name="值班统计")
    return ApiToken.objects.get(user=user)


def checkin_key_of(world: World) -> int:
    """A key of the county's bureau for its own programs."""
    unit = world.city.units["county"]
    if not CheckinToken.objects.filter(unit=unit).exists():
        issue_checkin_token(actor=None, unit=unit)
    return CheckinToken.objects.get(unit=unit).pk


def asked_of(world: World) -> AccountRequest:
    """A reset that the operator has asked for."""
    known = AccountRequest.objects.first()
    head, operator = world.users["county_head"], world.users["operator"]
    return known or ask_reset(actor=operator, kind=RequestKind.reset_code, user=head, reason="更换手机")


def session_of(world: World, username: str) -> LoginSession:
    return LoginSession.objects.get_or_create(
        key_sha256="0" * 64,
        defaults={
            "user": world.users[username],
            "begun_at": clock.wall_now(),
            "seen_at": clock.wall_now(),
            "ends_at": clock.wall_now() + timedelta(hours=12),
            "idle_s": 1800,
        },
    )[0]


def post_of(world: World, username: str) -> int:
    return Tenure.objects.get(person__user__username=username).post_id


@dataclass(frozen=True)
class Row:
    """``roles`` get in; if ``owned``, those of them who do not see the first mine get 404. ``public``: no login asked.

    ``receivers``: of the admitted, only these have a part in the thing itself (a notice to a mine), others get 404.
    """

    roles: set[Role]
    args: Values = nothing
    owned: bool = False
    post: bool = False
    public: bool = False
    data: dict[str, object] = field(default_factory=dict)
    receivers: set[Role] | None = None


MATRIX: dict[str, Row] = {
    "home": Row(EVERYONE, public=True),
    "login": Row(EVERYONE, public=True),
    "logout": Row(EVERYONE, public=True, post=True),
    "account": Row(EVERYONE),
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
    "live": Row(EVERYONE),
    "today": Row(SIGHTED),
    "sign_notice": Row(EVERYONE, lambda w: [w.notice.pk], owned=True, post=True, receivers=MINE),
    "answer_call": Row(AUTHORITY, lambda w: [w.call.pk], post=True, receivers={Role.duty_officer}),
    "desk": Row(DESK),
    "desk_queue": Row(DESK),
    "desk_case": Row(DESK, lambda w: [w.alarm.pk]),
    "board": Row(SIGHTED),
    "board_print": Row(SIGHTED),
    "board_cell": Row(SIGHTED, lambda w: ["3.1", w.city.mine.code], owned=True),
    "board_urge": Row(OVERSEERS, lambda w: ["3.1", w.city.mine.code], owned=True, post=True),
    "duties": Row(SIGHTED),
    "duty_rates": Row(SIGHTED),
    "checkin_keys": Row(KEEPERS | OPERATOR | {Role.security_admin}),
    "new_checkin_key": Row(KEEPERS, post=True),
    "stop_checkin_key": Row(
        KEEPERS | OPERATOR | {Role.security_admin},
        lambda w: [checkin_key_of(w)],
        owned=True,
        post=True,
        receivers={
            Role.clerk,
            Role.section_head,
            Role.bureau_head,
            Role.bureau_deputy,
            Role.operator,
            Role.security_admin,
        },
    ),
    "duty": Row(SIGHTED, lambda w: [duty_of(w).pk], owned=True),
    "duty_file": Row(SIGHTED, lambda w: [duty_of(w).pk], owned=True, post=True),
    "duty_excuse": Row(SIGHTED, lambda w: [duty_of(w).pk], owned=True, post=True),
    "duty_judge": Row(OVERSEERS, lambda w: [duty_of(w).pk, credit_of(w).pk], owned=True, post=True),
    "duty_decide": Row(OVERSEERS, lambda w: [duty_of(w).pk], owned=True, post=True),
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
    "mines": Row(OVERSEERS),
    "mine": Row(SIGHTED, lambda w: [w.city.mine.code], owned=True),
    "mine_strip": Row(SIGHTED, lambda w: [w.city.mine.code], owned=True),
    "mine_tab": Row(SIGHTED, lambda w: [w.city.mine.code, "monitoring"], owned=True),
    "mine_sheet": Row(SIGHTED, lambda w: [w.city.mine.code], owned=True),
    "mine_sheet_pdf": Row(SIGHTED, lambda w: [w.city.mine.code], owned=True),
    "point": Row(SIGHTED, lambda w: [w.point.pk], owned=True),
    "point_history": Row(SIGHTED, lambda w: [w.point.pk], owned=True),
    "cases": Row(SIGHTED),
    "new_cases": Row(SIGHTED),
    "new_case": Row(SIGHTED, lambda w: ["no_such_procedure", "open"], owned=True, receivers=set()),
    "case": Row(SIGHTED, lambda w: [w.alarm.pk], owned=True),
    "move": Row(SIGHTED, lambda w: [w.alarm.pk, "find_real"], owned=True),
    "preview": Row(SIGHTED, lambda w: [w.alarm.pk, "find_real"], owned=True, post=True),
    "case_attachment": Row(
        SIGHTED, lambda w: [w.alarm.pk, w.alarm.moves.get(move="report_first").attachments.get().pk], owned=True
    ),
    "regroup": Row({Role.enforcement_officer}, lambda w: [w.alarm.pk], owned=True, post=True),
    "confirm_regroup": Row(
        {Role.enforcement_officer}, lambda w: [w.alarm.pk, 1], owned=True, post=True, receivers=set()
    ),
    "paper": Row(SIGHTED, lambda w: [w.alarm.papers.get().paper_id], owned=True),
    "paper_pdf": Row(SIGHTED, lambda w: [w.alarm.papers.get().paper_id], owned=True),
    "mine_alarms": Row(MINE),
    "calibrations": Row(MINE),
    "withdraw_calibration": Row(MINE, lambda w: [w.filing.pk], owned=True, post=True),
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
    "law": Row(EVERYONE),
    "instrument": Row(EVERYONE, lambda w: ["coal_mine_safety_ordinance"]),
    "limits": Row(EVERYONE),
    "law_duties": Row(EVERYONE),
    "law_duty": Row(EVERYONE, lambda w: ["county_coal_meeting"]),
    "values": Row(EVERYONE),
    "rule": Row(EVERYONE, lambda w: ["gas_repeat_within_week"]),
    "users": Row(ACCOUNT_KEEPERS),
    "account_requests": Row(ACCOUNT_KEEPERS),
    "account_request": Row(ACCOUNT_KEEPERS, lambda w: [asked_of(w).pk]),
    "api_tokens": Row(ACCOUNT_KEEPERS),
    "stop_others_token": Row(ACCOUNT_KEEPERS, lambda w: [key_of(w, "county_duty").pk], post=True),
    "new_user": Row(OPERATOR),
    "user": Row(ACCOUNT_KEEPERS, lambda w: [w.users["county_duty"].pk]),
    "post": Row(ACCOUNT_KEEPERS, lambda w: [post_of(w, "county_duty")]),
    "roster": Row(OPERATOR),
    "office": Row(SIGHTED),
    "circulars": Row(SIGHTED),
    "new_circular": Row(SIGHTED, receivers=OFFICES),
    "circular": Row(SIGHTED, lambda w: [office_world.circular(w).pk], owned=True),
    "collections": Row(SIGHTED),
    "new_collection": Row(SIGHTED, receivers=OFFICES),
    "collection": Row(SIGHTED, lambda w: [office_world.collection(w).pk], owned=True),
    "incoming_list": Row(SIGHTED, receivers=OFFICES),
    "new_incoming": Row(SIGHTED, receivers=OFFICES),
    "incoming": Row(SIGHTED, lambda w: [office_world.incoming(w).pk], owned=True, receivers=COUNTY_BUREAU),
    "letters": Row(SIGHTED),
    "new_letter": Row(SIGHTED, receivers=OFFICES),
    "letter": Row(SIGHTED, lambda w: [office_world.letter(w).pk], owned=True, receivers=COUNTY_BUREAU),
    "edit_letter": Row(SIGHTED, lambda w: [office_world.letter(w).pk], owned=True, receivers=COUNTY_BUREAU),
    "meetings": Row(SIGHTED),
    "new_meeting": Row(SIGHTED, receivers=OFFICES),
    "meeting": Row(SIGHTED, lambda w: [office_world.meeting(w).pk], owned=True),
    "watch": Row(SIGHTED),
    "handover": Row(SIGHTED, lambda w: [office_world.hand_over_of(w).pk], owned=True, receivers=COUNTY_BUREAU),
    "phone_calls": Row(SIGHTED),
    "holiday_plans": Row(SIGHTED),
    "holiday_plan": Row(SIGHTED, lambda w: ["2026-10-01"]),
    "presence": Row(SIGHTED, receivers=OFFICES),
    "briefs": Row(SIGHTED),
    "brief": Row(SIGHTED, lambda w: [office_world.brief(w).pk], owned=True),
    "new_brief": Row(SIGHTED, lambda w: ["daily", "2026-03-10"]),
    "office_file": Row(SIGHTED, office_world.circular_file, owned=True),
    "ledgers": Row(SIGHTED),
    "ledger": Row(SIGHTED, lambda w: [ledger_world.LEDGER]),
    "print_ledger": Row(SIGHTED, lambda w: [ledger_world.LEDGER]),
    "new_entry": Row(SIGHTED, lambda w: [ledger_world.LEDGER], receivers=PATROLLERS),
    "ledger_template": Row(SIGHTED, lambda w: [ledger_world.LEDGER], receivers=PATROLLERS),
    "import_entries": Row(SIGHTED, lambda w: [ledger_world.LEDGER], receivers=PATROLLERS),
    "import": Row(SIGHTED, ledger_world.sheet, owned=True, receivers=COMMISSIONERS),
    "entry": Row(SIGHTED, ledger_world.address, owned=True),
    "open_entry": Row(SIGHTED, ledger_world.address, owned=True, post=True),
    "correct_entry": Row(SIGHTED, ledger_world.address, owned=True, receivers=PATROLLERS),
    "void_entry": Row(SIGHTED, ledger_world.address, owned=True, receivers=PATROLLERS),
    "entry_file": Row(SIGHTED, ledger_world.file_address, owned=True),
    "mine_board": Row(SIGHTED, lambda w: [w.city.mine.code], owned=True),
    "mine_board_pdf": Row(SIGHTED, lambda w: [w.city.mine.code], owned=True),
    "public_mine": Row(EVERYONE, lambda w: [w.city.mine.code], public=True),
    "public_mine_qr": Row(EVERYONE, lambda w: [w.city.mine.code], public=True),
    "commissioners": Row(DRAWS | CLERKS),
    "my_patrols": Row(COMMISSIONERS),
    "commissioner": Row(DRAWS | CLERKS, lambda w: [post_of(w, "county_commissioner")], owned=True),
    "oversight": Row(DRAWS | CLERKS),
    "rule_states": Row(SIGHTED),
    "draws": Row(DRAWS),
    "new_draw": Row(DRAWERS),
    "draw": Row(DRAWS, lambda w: [w.draw.pk], owned=True),
    "prepare_draw": Row(DRAWERS, lambda w: [w.draw.pk], owned=True, post=True),
    "witness_draw": Row(DRAWS, lambda w: [w.draw.pk], owned=True, post=True),
    "agree_draw": Row(DRAWERS, lambda w: [w.draw.pk], owned=True, post=True),
    "cancel_draw": Row(DRAWERS, lambda w: [w.draw.pk], owned=True, post=True),
    "draw_record": Row(DRAWS, lambda w: [w.draw.pk], owned=True),
    "samples": Row(SIGHTED),
    "credibility": Row(SIGHTED),
    "sample": Row(SIGHTED, lambda w: [judged(w).pk], owned=True, receivers=VERIFY),
    "write_verdict": Row(OVERSEERS, lambda w: [judged(w).pk], owned=True, post=True, receivers=VERIFY),
    "confirm_verdict": Row(OVERSEERS, lambda w: [judged(w).pk], owned=True, post=True, receivers=VERIFY),
    "return_verdict": Row(OVERSEERS, lambda w: [judged(w).pk], owned=True, post=True, receivers=VERIFY),
    "object_to_verdict": Row(SIGHTED, lambda w: [judged(w).pk], owned=True, post=True, receivers=VERIFY),
    "answer_objection": Row(OVERSEERS, lambda w: [judged(w).pk], owned=True, post=True, receivers=VERIFY),
    "verification_file": Row(SIGHTED, lambda w: [judged(w).pk, evidence_of(judged(w))], owned=True, receivers=VERIFY),
    "sample_record": Row(OVERSEERS, lambda w: [judged(w).sample_id], owned=True, receivers=VERIFY),
    "public_samples": Row(EVERYONE, public=True),
    "public_sample_record": Row(EVERYONE, lambda w: [judged(w).sample.slug], public=True),
    "public_draws": Row(EVERYONE, public=True),
    "public_draw": Row(EVERYONE, lambda w: [w.draw.slug], public=True),
    "public_draw_record": Row(EVERYONE, lambda w: [w.draw.slug], public=True),
}
