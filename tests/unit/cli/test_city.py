"""A city begins on the console of an empty installation, by its code."""

import re

from kuangan.core.models import Post, Tenure, Unit, UnitKind, User
from kuangan.core.queries import roles_of

FIRST = ("--username", "first", "--name", "张三")


def test_a_city_by_its_code_has_all_offices_with_vacant_posts_and_one_administrator(kuangan):
    made = kuangan("city", "new", "140400", *FIRST)
    assert made.returncode == 0, made.stderr
    city = Unit.objects.get(kind=UnitKind.city)
    assert (city.code, city.name) == ("1404", "长治市")
    counties = Unit.objects.filter(kind=UnitKind.county, parent=city)
    assert counties.count() == 12
    for kind in (UnitKind.county_government, UnitKind.county_bureau):
        offices = Unit.objects.filter(kind=kind, parent__in=counties)
        assert [offices.count(), {office.scope_path for office in offices}] == [
            12,
            {county.path for county in counties},
        ]
    bureau = Unit.objects.get(kind=UnitKind.city_bureau)
    assert set(bureau.posts.values_list("role", flat=True)) == {
        "bureau_head", "bureau_deputy", "section_head", "legal_reviewer", "enforcement_officer",
        "supervision_commissioner", "clerk", "duty_officer",
    }  # fmt: skip
    assert bureau.posts.get(title="执法岗（二）").deputy.title == "执法岗（一）"
    assert [tenure.person.name for tenure in Tenure.objects.all()] == ["张三"]
    user = User.objects.get(username="first")
    assert user.check_password(re.search("一次性密码.*：(.+)", made.stdout).group(1))
    assert [hold.role.value for hold in roles_of(user)] == ["operator"]
    assert f"岗位 {Post.objects.count() - 1} 个" in made.stdout


def test_an_unknown_code_and_a_second_city_make_nothing_and_say_what_there_is(kuangan):
    unknown = kuangan("city", "new", "149900", *FIRST)
    assert (unknown.returncode, "140400 长治市" in unknown.stderr, Unit.objects.count()) == (1, True, 0)
    county = kuangan("city", "new", "140423", *FIRST)
    assert (county.returncode, Unit.objects.count(), User.objects.filter(username="first").exists()) == (1, 0, False)
    kuangan("city", "new", "140400", *FIRST)
    before = Unit.objects.count()
    second = kuangan("city", "new", "140500", "--username", "other", "--name", "李四")
    assert (second.returncode, "已建立长治市" in second.stderr, Unit.objects.count()) == (1, True, before)


def test_a_user_name_in_use_leaves_no_half_city(kuangan):
    kuangan("operator", "create", "first", "--name", "王五")
    refused = kuangan("city", "new", "140400", *FIRST)
    assert (refused.returncode, "已被使用" in refused.stderr) == (1, True)
    assert not Unit.objects.filter(kind=UnitKind.city).exists()
