"""The small city with one of everything that a page shows, and the same posts in a county next door."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from kuangan.base import clock
from kuangan.casework.models import Case, CaseCall
from kuangan.core.actions import (
    add_oversight,
    appoint,
    create_person,
    create_post,
    create_unit,
    create_user,
    roster_person,
    save_attachment,
    send_notice,
)
from kuangan.core.models import Notice, Roster, User
from kuangan.draw.models import Draw
from kuangan.draw.queries import officer_pool
from kuangan.flow.cases.calling import ring_up
from kuangan.law.role import Role
from kuangan.ledger.actions import add_entry
from kuangan.ledger.models import Entry
from kuangan.mine.actions import create_mine
from kuangan.mine.models import DefinitionChange, Mine, Point, PointDefinition
from kuangan.monitor.actions import file_calibration, issue_token
from kuangan.monitor.models import CalibrationFiling, FeedFile, FeedToken
from tests.city import PASSWORD, START, SmallCity, bind_codes
from tests.drawing import publish_draw
from tests.signing import SECRET
from tests.story.script import Script

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)

INSIDE = {
    Role.mine_dispatcher: "mine_dispatcher",
    Role.mine_leader: "mine_leader",
    Role.mine_director: "mine_director",
    Role.mine_engineer: "mine_engineer",
    Role.duty_officer: "county_duty",
    Role.enforcement_officer: "county_officer",
    Role.section_head: "county_section",
    Role.legal_reviewer: "county_legal",
    Role.bureau_head: "county_head",
    Role.bureau_deputy: "county_deputy",
    Role.government_head: "county_government",
    Role.company_officer: "company_officer",
    Role.inspectorate_officer: "inspectorate_officer",
    Role.supervision_commissioner: "county_commissioner",
    Role.clerk: "county_clerk",
    Role.operator: "operator",
    Role.security_admin: "security_admin",
    Role.audit_admin: "audit_admin",
    Role.unit_admin: "mine_unit_admin",
}
"""One user for each role, all of whom answer for the first mine (the administrators for none)."""

OUTSIDE = {role: f"other_{username}" for role, username in INSIDE.items() if not role.administers}
"""The same roles in the next county, none of whom sees the first mine."""

FURTHER = (
    ("county_commissioner", "county", Role.supervision_commissioner),
    ("county_commissioner_b", "county", Role.supervision_commissioner),
    ("county_clerk", "county", Role.clerk),
    ("mine_leader", "mine", Role.mine_leader),
    ("mine_clerk", "mine", Role.clerk),
    ("mine_unit_admin", "mine", Role.unit_admin),
    ("company_clerk", "company", Role.clerk),
    ("government_clerk", "county_government", Role.clerk),
    ("city_clerk", "city", Role.clerk),
    ("city_government_clerk", "city_government", Role.clerk),
)
"""People of the small city whom only its pages need: user name, unit, role."""


@dataclass
class World:
    """The city and the things in it that pages are about."""

    city: SmallCity
    script: Script
    alarm: Case
    notice: Notice
    filing: CalibrationFiling
    change: DefinitionChange
    token: FeedToken
    duty: Roster
    call: CaseCall
    other_mine: Mine
    draw: Draw
    posted: Entry
    users: dict[str, User] = field(default_factory=dict)

    @property
    def point(self) -> Point:
        return self.city.points["first-1301-T0"]


def build_world(city: SmallCity, script: Script) -> World:
    """Make everything through the actions that people use."""
    for username, unit, role in FURTHER:
        further_person(city, username, unit, role)
    other_mine = _next_county(city)
    bind_codes(SECRET)
    alarm = script.alarm(peak="1.60", power_off_at=script.at)
    script.do("mine_dispatcher", alarm, "sign_for")
    log = save_attachment(
        actor=city["mine_dispatcher"], name="调度记录.txt", content="02:01 已撤人".encode(), at=script.at
    )
    script.do("mine_dispatcher", alarm, "report_first", cause_guess="片帮", people_withdrawn=12, files=[log.pk])
    clock.move(script.at, rate=1.0)
    issue_token(actor=None, mine=city.mine, at=script.at)
    users = {user.username: user for user in User.objects.all()}
    duty = _duty(city, script.at)
    ring_up(alarm.clocks.get(clock="first_report"), script.at)
    return World(
        city=city,
        script=script,
        alarm=alarm,
        notice=_notice(city),
        filing=filing(city, city.points["first-1302-T0"], script.at + timedelta(hours=1)),
        change=change(city.points["first-1301-T0"], script.at),
        token=FeedToken.objects.get(),
        duty=duty,
        call=CaseCall.objects.get(relation="supervisor"),
        other_mine=other_mine,
        draw=_draw(city, script.at),
        posted=_posted(city),
        users=users,
    )


def filing(city: SmallCity, point: Point, from_at: datetime) -> CalibrationFiling:
    """A calibration filed by the mine's dispatcher."""
    return file_calibration(
        actor=city["mine_dispatcher"],
        point=point,
        from_at=from_at,
        to_at=from_at + timedelta(hours=1),
        gas_value=Decimal("2.00"),
        person_name="甲四",
    )


def change(point: Point, at: datetime) -> DefinitionChange:
    """A set-point that the mine raised."""
    PointDefinition.objects.create(point=point, valid_from=at, alarm=Decimal("1.2"), unit="%CH4")
    return DefinitionChange.objects.create(point=point, at=at, before={"alarm": "1.0"}, after={"alarm": "1.2"})


def feed_file(mine: Mine, seq: int, at: datetime) -> FeedFile:
    """A refused file."""
    return FeedFile.objects.create(
        mine=mine,
        type="CDSS",
        name=f"{mine.code}_CDSS_{seq}.txt",
        sha256="0" * 64,
        received_at=at,
        journal_seq=seq,
        size=10,
        status="refused",
        message="文件头缺少煤矿编码：请按规范补齐后重新上传",
    )


def _notice(city: SmallCity) -> Notice:
    return send_notice(actor=None, unit=city.units["mine"], title="请核对测点安装位置", body="", kind="reminder")


def _posted(city: SmallCity) -> Entry:
    """The three persons of the first mine's board."""
    values = {
        "valid_from": "2026-01-01",
        "mine": city.mine.code,
        "government_name": "丁一",
        "government_post": "县长",
        "government_phone": "000-0001",
        "department_name": "乙六",
        "department_post": "局长",
        "department_phone": "000-0002",
        "company_name": "戊一",
        "company_post": "董事长",
        "company_phone": "000-0003",
        "board_updated_on": "2026-01-04",
    }
    return add_entry(
        actor=city["county_section"], ledger_id="posted_responsibility", unit=city.units["county"], values=values
    )


def _draw(city: SmallCity, at: datetime) -> Draw:
    """A draw that was published and not yet made."""
    officers = officer_pool(city.units["county"], at)
    return publish_draw(
        actor=city["county_section"],
        unit=city.units["county"],
        title="三月随机抽查",
        purpose="瓦斯治理",
        mines=list(city.mines.values()),
        officers=officers,
        recusals={officers[0].pk: "亲属在矿"},
        wanted={"mines": 1, "officers": 2},
        at=at,
    )


def _duty(city: SmallCity, at: datetime) -> Roster:
    person = city["county_duty"].person
    assert person is not None
    on: date = clock.civil_date(at) + timedelta(days=1)
    return roster_person(actor=None, unit=city.units["county"], person=person, on=on, shift="early")


def further_person(city: SmallCity, username: str, unit: str, role: Role) -> User:
    person = create_person(actor=None, name=username, unit=city.units[unit], phone="000-0002", at=START)
    post = create_post(actor=None, unit=city.units[unit], title=f"{role.label}·{username}", role=role, at=START)
    appoint(actor=None, post=post, person=person, at=START)
    city.users[username] = create_user(actor=None, username=username, person=person, password=PASSWORD)
    return city.users[username]


def _next_county(city: SmallCity) -> Mine:
    """County 140425: bureau, government, a mine with company, and an inspectorate of this county only."""
    county = create_unit(actor=None, kind="county", code="140425", name="邻县", parent=city.units["area"], at=START)
    city.units["other_area"] = county
    kinds = (
        ("other_bureau", "county_bureau", "140425-bureau", "邻县应急管理局", AUTHORITY_ROLES),
        ("other_government", "county_government", "140425-government", "邻县人民政府", (Role.government_head,)),
        ("other_company", "company", "company-2", "邻岭矿业公司", (Role.company_officer,)),
        ("other_inspectorate", "inspectorate", "inspectorate-2", "邻县监察处", (Role.inspectorate_officer,)),
        ("other_mine", "mine", "140425900001", "邻岭煤矿", MINE_ROLES),
    )
    for key, kind, code, name, roles in kinds:
        city.units[key] = create_unit(actor=None, kind=kind, code=code, name=name, parent=county, at=START)
        for role in roles:
            further_person(city, OUTSIDE[role], key, role)
    mine = create_mine(
        actor=None,
        unit=city.units["other_mine"],
        county=county,
        supervisor=city.units["other_bureau"],
        company=city.units["other_company"],
        at=START,
    )
    add_oversight(actor=None, unit=city.units["other_company"], path=mine.unit.path)
    add_oversight(actor=None, unit=city.units["other_inspectorate"], path=county.path)
    return mine


AUTHORITY_ROLES = (
    Role.duty_officer,
    Role.enforcement_officer,
    Role.section_head,
    Role.legal_reviewer,
    Role.bureau_head,
    Role.bureau_deputy,
    Role.supervision_commissioner,
    Role.clerk,
)
MINE_ROLES = (Role.mine_dispatcher, Role.mine_leader, Role.mine_director, Role.mine_engineer)
