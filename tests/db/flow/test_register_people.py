"""Posts and people of the register: opened, handed over, given by two, left; access ends, papers stay with the post."""

from datetime import date, timedelta

import pytest

from kuangan.base import clock
from kuangan.core import actions
from kuangan.core.errors import Refused
from kuangan.core.models import AccountRequest, Person, Post, RequestState, Roster, Tenure
from kuangan.core.queries import roles_of
from kuangan.flow.changes import due
from kuangan.flow.changes.kinds import change_kinds
from kuangan.flow.changes.making import Stated, accept_change, ask_change
from kuangan.flow.changes.queries import changes_visible_to, offered_kinds
from kuangan.flow.changes.subjects import change_subject
from kuangan.flow.models import RegisterChange
from kuangan.law.role import Role
from tests.city import START
from tests.db.flow.conftest import MORNING

TODAY = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def morning(monkeypatch):
    """It is ten in the morning."""
    monkeypatch.setattr(clock, "now", lambda: MORNING)


@pytest.fixture
def admin(city):
    """The administrator of the first mine."""
    person = actions.create_person(actor=None, name="辛一", unit=city.units["mine"], at=START)
    post = actions.create_post(actor=None, unit=city.units["mine"], title="单位管理员", role=Role.unit_admin, at=START)
    actions.appoint(actor=None, post=post, person=person, at=START)
    return actions.create_user(actor=None, username="mine_admin", person=person, password="三号-巷道风门-坚固81")


def change(actor, kind: str, key: object, on: date = TODAY, **values) -> RegisterChange:
    declared = change_kinds()[kind]
    subject = change_subject(declared.subject, str(key))
    assert subject is not None
    return ask_change(
        actor=actor, kind=declared, subject=subject, values=values, stated=Stated(on, "工作需要", "示干〔2026〕1号")
    )


def post_of(city, username: str) -> Post:
    return Tenure.objects.select_related("post").get(person=city[username].person, to_at=None).post


def holder(post: Post) -> str:
    return Tenure.objects.get(post=post, to_at=None).person.name


def test_a_units_administrator_keeps_its_people_and_posts_and_no_others(city, admin):
    mine = city.units["mine"].code
    change(admin, "person_add", mine, name="甲九", phone="13900000009")
    change(admin, "post_open", mine, title="调度员（二）", role="mine_dispatcher")
    added, post = Person.objects.get(name="甲九"), Post.objects.get(title="调度员（二）")
    change(admin, "post_hand_over", post.pk, person=str(added.pk))
    assert holder(post) == "甲九"
    with pytest.raises(Refused, match="不能办理或者提出"):
        change(admin, "person_add", city.units["county"].code, name="乙九")
    with pytest.raises(Refused, match="不在可选项内"):
        change(admin, "post_open", mine, title="局长", role="bureau_head")
    with pytest.raises(Refused, match="不在可选项内"):
        change(admin, "post_hand_over", post.pk, person=str(city["county_duty"].person_id))


def test_a_signing_post_is_proposed_by_the_unit_and_given_by_two_administrators(city, admin):
    post, added = (
        post_of(city, "mine_director"),
        actions.create_person(actor=None, name="甲九", unit=city.units["mine"], at=START),
    )
    proposed = change(admin, "post_hand_over_signing", post.pk, person=str(added.pk))
    assert (proposed.state, holder(post)) == ("proposed", "甲二")
    accept_change(actor=city["operator"], change=proposed)
    request = AccountRequest.objects.get(state=RequestState.waiting)
    assert (due.due(MORNING).count(), holder(post)) == (0, "甲二")
    actions.approve_request(actor=city["security_admin"], request=request)
    assert holder(post) == "甲二"
    assert [due.change(waiting, MORNING) for waiting in due.due(MORNING)] == [True]
    proposed.refresh_from_db()
    assert (proposed.state, holder(post)) == ("in_effect", "甲九")


def test_what_the_second_administrator_refuses_does_not_come_about_and_is_said(city):
    post = post_of(city, "county_head")
    asked = change(
        city["operator"],
        "post_hand_over_signing",
        post.pk,
        person=str(city["county_clerk"].person_id)
        if "county_clerk" in city.users
        else str(city["county_duty"].person_id),
    )
    actions.refuse_request(actor=city["security_admin"], request=AccountRequest.objects.get(), answer="任免文件不符")
    assert [due.change(waiting, MORNING) for waiting in due.due(MORNING)] == [True]
    asked.refresh_from_db()
    assert (asked.state, "任免文件不符" in asked.answer, holder(post)) == ("failed", True, "乙六")


def test_who_leaves_is_out_of_posts_shifts_and_access(city):
    user = city["county_duty"]
    actions.roster_person(
        actor=None, unit=city.units["county"], person=user.person, on=TODAY + timedelta(days=2), shift="early"
    )
    left = change(city["operator"], "person_leave", user.person_id)
    assert (roles_of(user), Roster.objects.count(), left.state) == ((), 0, "in_effect")
    assert Person.objects.get(pk=user.person_id).left_on == TODAY
    with pytest.raises(Refused, match="不适用于"):
        change(city["operator"], "person_leave", user.person_id)
    back = ask_change(
        actor=city["operator"],
        kind=change_kinds()["person_leave"],
        subject=change_subject("person", str(user.person_id)),
        values={},
        stated=Stated(TODAY, "误办"),
        corrects=left,
        takes_back=True,
    )
    assert (back.state, Person.objects.get(pk=user.person_id).left_on) == ("in_effect", None)


def test_a_person_moves_and_the_posts_stay_behind(city):
    user = city["county_duty"]
    post = post_of(city, "county_duty")
    change(city["operator"], "person_move", user.person_id, unit=city.units["city"].code)
    assert Person.objects.get(pk=user.person_id).unit == city.units["city"]
    assert not Tenure.objects.filter(post=post, to_at=None).exists()


def test_a_post_is_closed_only_when_it_is_vacant_and_comes_back_by_a_correction(city):
    post = post_of(city, "county_duty")
    with pytest.raises(Refused, match="现由乙一任职"):
        change(city["operator"], "post_close", post.pk)
    change(city["operator"], "post_relieve", post.pk)
    closed = change(city["operator"], "post_close", post.pk)
    post.refresh_from_db()
    assert post.closed_on == TODAY
    ask_change(
        actor=city["operator"],
        kind=change_kinds()["post_close"],
        subject=change_subject("post", str(post.pk)),
        values={},
        stated=Stated(TODAY, "误撤"),
        corrects=closed,
        takes_back=True,
    )
    post.refresh_from_db()
    assert post.closed_on is None


def test_changes_of_people_are_seen_by_those_who_keep_them_alone(city, admin):
    made = change(admin, "person_add", city.units["mine"].code, name="甲九")
    seen = {
        user: made in changes_visible_to(user)
        for user in (admin, city["operator"], city["mine_director"], city["county_section"], city["security_admin"])
    }
    assert list(seen.values()) == [True, True, False, False, False]
    post = change_subject("post", str(post_of(city, "county_head").pk))
    assert [kind.id for kind in offered_kinds(admin, post)] == []


def test_nothing_is_backdated_that_gives_rights(city):
    post = post_of(city, "county_duty")
    with pytest.raises(Refused, match="不得早于今日"):
        change(city["operator"], "post_relieve", post.pk, on=TODAY - timedelta(days=1))
