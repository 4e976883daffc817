"""A small city made through the real actions: one county, its bureau, one mine, four people."""

from dataclasses import dataclass
from datetime import UTC, datetime

from kuangan.core import actions
from kuangan.core.models import Person, Post, Unit, User
from kuangan.law.role import Role

START = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
PASSWORD = "ancient-lamp-17"


@dataclass(frozen=True)
class World:
    city: Unit
    county: Unit
    other_county: Unit
    bureau: Unit
    mine: Unit
    other_mine: Unit
    head: User
    deputy: User
    dispatcher: User
    head_post: Post
    deputy_post: Post
    dispatcher_post: Post


def account(name: str, unit: Unit, phone: str = "") -> User:
    person = actions.create_person(actor=None, name=name, unit=unit, phone=phone)
    return actions.create_user(actor=None, username=f"u{person.pk}", person=person, password=PASSWORD)


def person_of(user: User) -> Person:
    assert user.person is not None
    return user.person


def holder(unit: Unit, name: str, title: str, role: Role, phone: str = "") -> tuple[User, Post]:
    user = account(name, unit, phone)
    post = actions.create_post(actor=None, unit=unit, title=title, role=role)
    actions.appoint(actor=None, post=post, person=person_of(user), at=START)
    return user, post


def build() -> World:
    city = actions.create_unit(actor=None, kind="city", code="1404", name="某市")
    county = actions.create_unit(actor=None, kind="county", code="140423", name="甲县", parent=city)
    other = actions.create_unit(actor=None, kind="county", code="140425", name="乙县", parent=city)
    bureau = actions.create_unit(
        actor=None, kind="county_bureau", code="140423-yj", name="甲县应急管理局", parent=county, phone="0355-100"
    )
    mine = actions.create_unit(actor=None, kind="mine", code="140423900001", name="甲一煤矿", parent=county)
    other_mine = actions.create_unit(actor=None, kind="mine", code="140425900001", name="乙一煤矿", parent=other)
    head, head_post = holder(bureau, "局长甲", "局长", Role.bureau_head, "13900000001")
    deputy, deputy_post = holder(bureau, "副局长乙", "副局长", Role.section_head, "13900000002")
    dispatcher, dispatcher_post = holder(mine, "调度丙", "调度员", Role.mine_dispatcher, "13900000003")
    actions.set_deputy(actor=None, post=head_post, deputy=deputy_post, at=START)
    return World(
        city=city,
        county=county,
        other_county=other,
        bureau=bureau,
        mine=mine,
        other_mine=other_mine,
        head=head,
        deputy=deputy,
        dispatcher=dispatcher,
        head_post=head_post,
        deputy_post=deputy_post,
        dispatcher_post=dispatcher_post,
    )
