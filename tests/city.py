"""A small city whose people stay the same in every test: one county, two mines, everybody on the way to a stop order."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from kuangan.casework.models import Case
from kuangan.core.actions import (
    add_oversight,
    appoint,
    create_person,
    create_post,
    create_unit,
    create_user,
    roster_person,
    save_attachment,
)
from kuangan.core.models import Attachment, Unit, User
from kuangan.core.sealed import seal
from kuangan.law.role import Role
from kuangan.mine.actions import add_face, create_mine, set_attribute, set_faces
from kuangan.mine.models import Face, Mine, Point
from kuangan.monitor.models import Episode

PASSWORD = "一号巷道-通风良好-72"
START = datetime(2026, 3, 1, 0, 0, tzinfo=UTC)
LOG = "10时01分 已切断电源，人员全部撤出".encode()

POSTS = (
    # username, unit, role, title, name
    ("mine_dispatcher", "mine", Role.mine_dispatcher, "调度员", "甲一"),
    ("mine_director", "mine", Role.mine_director, "矿长", "甲二"),
    ("mine_engineer", "mine", Role.mine_engineer, "总工程师", "甲三"),
    ("county_duty", "county", Role.duty_officer, "值班员", "乙一"),
    ("county_officer", "county", Role.enforcement_officer, "执法人员", "乙二"),
    ("county_officer_b", "county", Role.enforcement_officer, "执法人员B", "乙三"),
    ("county_section", "county", Role.section_head, "股长", "乙四"),
    ("county_legal", "county", Role.legal_reviewer, "法制审核", "乙五"),
    ("county_head", "county", Role.bureau_head, "局长", "乙六"),
    ("county_deputy", "county", Role.bureau_deputy, "副局长", "乙七"),
    ("city_duty", "city", Role.duty_officer, "值班员", "丙一"),
    ("city_officer", "city", Role.enforcement_officer, "执法人员", "丙二"),
    ("city_officer_b", "city", Role.enforcement_officer, "执法人员B", "丙三"),
    ("city_section", "city", Role.section_head, "科长", "丙四"),
    ("county_government", "county_government", Role.government_head, "县长", "丁一"),
    ("company_officer", "company", Role.company_officer, "安全副总", "戊一"),
    ("inspectorate_officer", "inspectorate", Role.inspectorate_officer, "监察员", "己一"),
    ("operator", "platform", Role.operator, "系统管理员", "庚一"),
    ("security_admin", "platform", Role.security_admin, "安全管理员", "庚二"),
    ("audit_admin", "platform", Role.audit_admin, "审计管理员", "庚三"),
)


@dataclass
class SmallCity:
    """Units, users and mines by short names."""

    units: dict[str, Unit] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    mines: dict[str, Mine] = field(default_factory=dict)
    faces: dict[str, Face] = field(default_factory=dict)
    points: dict[str, Point] = field(default_factory=dict)

    def __getitem__(self, username: str) -> User:
        return self.users[username]

    @property
    def mine(self) -> Mine:
        return self.mines["first"]

    def evidence(self, by: str) -> list[int]:
        """The pk of a log saved by somebody."""
        return [attachment(self[by]).pk]


def attachment(user: User) -> Attachment:
    """A dispatcher's log in the store."""
    return save_attachment(actor=user, name="调度记录.txt", content=LOG, at=START)


def build_city() -> SmallCity:
    """Make the city, through the same actions as everybody."""
    city = SmallCity()
    _units(city)
    for username, unit, role, title, name in POSTS:
        city.users[username] = _user(city, username, unit, role, title, name)
    _mine(city, "first", "140423900001", "云岭一号煤矿")
    _mine(city, "second", "140423900002", "云岭二号煤矿")
    for path in (city.mines["first"].unit.path, city.mines["second"].unit.path):
        add_oversight(actor=None, unit=city.units["company"], path=path)
    add_oversight(actor=None, unit=city.units["inspectorate"], path="1404/")
    return city


def over(
    point: Point, started_at: datetime, *, peak: str = "1.12", minutes: int = 5, open_: bool = False, **more: object
) -> Episode:
    """An over-limit of a point as the ingest writes it: ended and final unless ``open_``."""
    ended = None if open_ else started_at + timedelta(minutes=minutes)
    values: dict[str, object] = {
        "mine": point.mine,
        "point": point,
        "started_at": started_at,
        "ended_at": ended,
        "final_at": ended + timedelta(seconds=601) if ended else None,
        "peak": Decimal(peak),
        "peak_at": started_at,
        "readings": minutes * 2,
        "limit_place": "return_corner",
        "limit_alarm": Decimal("1.0"),
        "limit_power_off": Decimal("1.5"),
        "limit_re_power": Decimal("1.0"),
        "limit_basis": "《煤矿安全规程》（2025）采煤工作面回风隅角",
        "recorded_at": started_at,
        **more,
    }
    return Episode.objects.create(**values)


def bind_codes(secret: str) -> None:
    """Bind one and the same one-time code secret to everybody, as if each had enrolled his phone."""
    users = list(User.objects.exclude(person=None))
    for user in users:
        user.totp_secret = seal(secret, user.place("totp_secret"))
    User.objects.bulk_update(users, ["totp_secret"])


def on_duty(city: SmallCity, day: date) -> None:
    """County and city duty officers on all three shifts of a day."""
    for unit, username in (("county", "county_duty"), ("city", "city_duty")):
        for shift in ("early", "middle", "night"):
            person = city[username].person
            assert person is not None
            roster_person(actor=None, unit=city.units[unit], person=person, on=day, shift=shift)


def the_case(procedure: str, **filters: object) -> Case:
    """The only case of a procedure."""
    return Case.objects.get(procedure=procedure, **filters)


def _units(city: SmallCity) -> None:
    area = create_unit(actor=None, kind="city", code="1404", name="示例市", at=START)
    county = create_unit(actor=None, kind="county", code="140423", name="示例县", parent=area, at=START)
    city.units["area"], city.units["county_area"] = area, county
    for name, kind, code, title, parent in (
        ("city", "city_bureau", "1404-bureau", "示例市应急管理局", area),
        ("city_government", "city_government", "1404-government", "示例市人民政府", area),
        ("county", "county_bureau", "140423-bureau", "示例县应急管理局", county),
        ("county_government", "county_government", "140423-government", "示例县人民政府", county),
        ("company", "company", "company-1", "云岭矿业公司", area),
        ("inspectorate", "inspectorate", "inspectorate-1", "示例矿山安全监察处", area),
        ("platform", "platform", "platform", "平台运行中心", None),
        ("mine", "mine", "140423900001", "云岭一号煤矿", county),
        ("second_mine", "mine", "140423900002", "云岭二号煤矿", county),
    ):
        city.units[name] = create_unit(
            actor=None, kind=kind, code=code, name=title, parent=parent, phone="000-0000", at=START
        )


def _user(city: SmallCity, username: str, unit: str, role: Role, title: str, name: str) -> User:
    certificate = f"示例-{username}" if role is Role.enforcement_officer else ""
    person = create_person(
        actor=None, name=name, unit=city.units[unit], phone="000-0001", certificate=certificate, at=START
    )
    post = create_post(actor=None, unit=city.units[unit], title=title, role=role, at=START)
    appoint(actor=None, post=post, person=person, at=START)
    return create_user(actor=None, username=username, person=person, password=PASSWORD)


def _mine(city: SmallCity, key: str, code: str, name: str) -> None:
    unit = city.units["mine" if key == "first" else "second_mine"]
    mine = create_mine(
        actor=None,
        unit=unit,
        county=city.units["county_area"],
        supervisor=city.units["county"],
        company=city.units["company"],
        inspectorate=city.units["inspectorate"],
        at=START,
    )
    city.mines[key] = mine
    set_attribute(actor=None, mine=mine, name="gas_grade", value="high_gas", valid_from=START.date(), at=START)
    set_attribute(actor=None, mine=mine, name="status", value="producing", valid_from=START.date(), at=START)
    for number in ("1301", "1302"):
        face = add_face(
            actor=None, mine=mine, kind="coal_face", name=f"{number}工作面", started_on=START.date(), at=START
        )
        city.faces[f"{key}-{number}"] = face
        for tail, place in (("T0", "return_corner"), ("T2", "coal_face_return")):
            city.points[f"{key}-{number}-{tail}"] = Point.objects.create(
                mine=mine,
                native_code=f"{code}01MN0001{number}{tail}",
                system="01",
                sensor_type="0001",
                value_kind="MN",
                unit="%CH4",
                place_text=f"{number}工作面{'上隅角' if tail == 'T0' else '回风巷'}{tail}",
                place_proposed=place,
                first_seen_at=START,
            )
        where = dict.fromkeys((f"{code}01MN0001{number}{tail}" for tail in ("T0", "T2")), face)
        set_faces(actor=None, mine=mine, faces=where, at=START)
        for tail in ("T0", "T2"):
            city.points[f"{key}-{number}-{tail}"].refresh_from_db()
