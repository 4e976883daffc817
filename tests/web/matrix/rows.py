"""What the rows of the matrix are made of: groups of roles, and things of the world that addresses name.

Written without the views' own door groups, so that a door opened by mistake shows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from kuangan.base import clock
from kuangan.city.actions import upload_book
from kuangan.city.book.template import template
from kuangan.city.models import CityBook, ToldHeading
from kuangan.core.actions import (
    appoint,
    ask_issue,
    ask_reset,
    create_person,
    create_post,
    invite,
    issue_api_token,
    save_attachment,
)
from kuangan.core.models import (
    AccountInvitation,
    AccountRequest,
    ApiToken,
    InvitationIssue,
    IssueKind,
    LoginSession,
    RequestKind,
    Tenure,
)
from kuangan.duty.actions import issue_checkin_token
from kuangan.duty.models import CheckinToken
from kuangan.law.role import Role
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
UNIT_ADMIN = {Role.unit_admin}
ACCOUNT_KEEPERS = OPERATOR | SECURITY
SIGHTED = OVERSEERS | MINE
EVERYONE = SIGHTED | OPERATOR | SECURITY | AUDIT | UNIT_ADMIN
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


def city_book_of(world: World) -> CityBook:
    """A workbook of the city that the operator has uploaded, with rows that can't be taken."""
    operator = world.users["operator"]
    known = CityBook.objects.first()
    if known is None:
        refused = save_attachment(actor=operator, name="不能导入的行.xlsx", content=template())
        known = upload_book(actor=operator, name="建市.xlsx", content=template(), on=clock.civil_date(clock.now()))
        CityBook.objects.filter(pk=known.pk).update(refused_rows=refused)
    return known


def told_heading_of(world: World) -> int:
    told = ToldHeading.objects.get_or_create(
        sheet="煤矿", heading="备注", defaults={"by": world.users["operator"], "at": clock.now()}
    )
    return told[0].pk


def invitation_of(world: World) -> AccountInvitation:
    """Somebody at the county's bureau who has a post and no account is invited."""
    known = AccountInvitation.objects.first()
    if known is not None:
        return known
    county = world.city.units["county"]
    person = create_person(actor=None, name="乙十", unit=county, phone="000-0009")
    post = create_post(actor=None, unit=county, title="内勤", role=Role.clerk)
    appoint(actor=None, post=post, person=person)
    return invite(actor=world.users["operator"], unit=county, reason="新到任")


def issue_of(world: World) -> InvitationIssue:
    """Letters that the operator has asked for."""
    invitation = invitation_of(world)
    known = InvitationIssue.objects.first()
    return known or ask_issue(
        actor=world.users["operator"], invitation=invitation, kind=IssueKind.letters, address="http://localhost/join/"
    )


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
