import pytest
from django.db import IntegrityError, transaction

from kuangan.core import actions, queries
from kuangan.core.access.middleware import Nobody
from kuangan.core.errors import Refused
from kuangan.core.models import Unit
from kuangan.core.queries.roles import keep_answers
from kuangan.law.role import Role
from tests.db.core.test_roles import LEAVE_FROM, LEAVE_TO
from tests.db.core.world import holder


def seen_by(user) -> set[str]:
    return set(queries.visible_to(user, Unit.objects.all()).values_list("code", flat=True))


def test_each_user_sees_exactly_his_area(world):
    assert seen_by(world.head) == {"140423", "140423-yj", "140423900001"}
    assert seen_by(world.dispatcher) == {"140423900001"}
    city_bureau = actions.create_unit(actor=None, kind="city_bureau", code="1404-yj", name="市局", parent=world.city)
    section = actions.create_unit(
        actor=None, kind="city_coal_section", code="1404-mk", name="煤矿科", parent=city_bureau
    )
    chief, _ = holder(section, "科长庚", "科长", Role.section_head)
    assert seen_by(chief) == set(Unit.objects.values_list("code", flat=True))


def test_a_company_sees_only_what_it_oversees(world):
    company = actions.create_unit(actor=None, kind="company", code="jt-1", name="某集团", parent=world.city)
    officer, _ = holder(company, "集团辛", "安全总监", Role.company_officer)
    assert seen_by(officer) == {"jt-1"}
    oversight = actions.add_oversight(actor=None, unit=company, path=world.other_mine.path)
    assert seen_by(officer) == {"jt-1", "140425900001"}
    actions.remove_oversight(actor=None, oversight=oversight)
    assert seen_by(officer) == {"jt-1"}
    with pytest.raises(Refused, match="没有路径"):
        actions.add_oversight(actor=None, unit=company, path="1404/9")


def test_an_operator_sees_no_mine_unless_another_post_says_so(world):
    platform = actions.create_unit(actor=None, kind="platform", code="pt", name="平台", parent=world.city)
    operator, _ = holder(platform, "运维壬", "管理员", Role.operator)
    assert seen_by(operator) == set()
    post = actions.create_post(actor=None, unit=world.mine, title="总工程师", role=Role.mine_engineer)
    actions.appoint(actor=None, post=post, person=operator.person)
    assert seen_by(operator) == {"140423900001"}


def test_nobody_and_people_without_posts_see_nothing(world):
    assert seen_by(Nobody()) == set()
    actions.relieve(actor=None, post=world.dispatcher_post)
    assert seen_by(world.dispatcher) == set()


def test_a_path_that_only_looks_alike_is_not_below(world):
    actions.create_unit(actor=None, kind="mine", code="140423900001x", name="形近煤矿", parent=world.county)
    actions.create_unit(actor=None, kind="mine", code="14042_900001", name="通配煤矿", parent=world.county)
    assert seen_by(world.dispatcher) == {"140423900001"}


def test_sight_stays_with_an_absent_holder(world):
    actions.set_absence(actor=None, post=world.head_post, from_at=LEAVE_FROM, to_at=LEAVE_TO, reason="休假")
    assert queries.visible_paths(world.head, LEAVE_FROM) == [world.county.path]


def test_the_door_works_through_relations(world):
    rows = queries.visible_to(world.dispatcher, Unit.objects.all(), "parent__path")
    assert list(rows) == []
    assert world.mine in queries.visible_to(world.head, Unit.objects.all(), "parent__path")


@pytest.mark.parametrize("code", ["1404/x", "", "甲", "a b", "%"])
def test_a_code_that_could_break_paths_is_refused(world, code):
    with pytest.raises(Refused, match="编码"):
        actions.create_unit(actor=None, kind="mine", code=code, name="某矿", parent=world.county)


def test_a_code_is_used_once_and_paths_end_in_a_slash(world):
    with pytest.raises(Refused, match="已被使用"):
        actions.create_unit(actor=None, kind="mine", code="140423900001", name="某矿", parent=world.county)
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.create(kind="mine", code="z", name="z", path="1404/z", scope_path="1404/z/")


def test_an_unknown_code_says_so(world):
    assert queries.unit_at("140423") == world.county
    with pytest.raises(Refused, match="没有编码为“9”"):
        queries.unit_at("9")


def test_a_reading_request_asks_for_roles_and_sight_once(world, django_assert_num_queries):
    keep_answers(world.head)
    first = (queries.roles_of(world.head), queries.visible_paths(world.head))
    with django_assert_num_queries(0):
        assert (queries.roles_of(world.head), queries.visible_paths(world.head)) == first
    with django_assert_num_queries(3):
        assert queries.roles_of(world.head, LEAVE_FROM) == first[0]
