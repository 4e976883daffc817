"""Passwords as level 3 wants them; every refusal in Chinese."""

import pytest

from kuangan.core import actions
from kuangan.core.access.passwords import _faults, given_password
from kuangan.core.errors import Refused
from tests.db.core.world import PASSWORD, World, person_of


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("Ab1-short", "至少10位"),
        ("Ab1-" + "长文本很多字" * 21, "不超过128位"),
        ("1234567890123", "须含大写字母"),
        ("onlysmall-letters", "3类"),
        ("Password123", "常见密码"),
        ("Aa1Aa1Aa1Aa1", "不同的字符至少5个"),
        ("Xy-局长甲-2026", "与用户名、姓名或手机号相近"),
        ("Xy-13900000001-q", "与用户名、姓名或手机号相近"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason_in_chinese(world: World, password, words):
    with pytest.raises(Refused, match="密码不合要求：") as refused:
        actions.set_password(actor=None, user=world.head, password=password)
    assert words in refused.value.message
    assert not any("a" <= sign <= "z" for sign in refused.value.message)


def test_a_password_of_the_shortest_length_and_three_kinds_is_accepted(world: World):
    assert actions.set_password(actor=None, user=world.head, password="Rivers-9xq").check_password("Rivers-9xq")


def test_the_user_name_with_a_year_is_no_password(world: World):
    person = actions.create_person(actor=None, name="工程师", unit=world.mine)
    with pytest.raises(Refused, match="相近"):
        actions.create_user(actor=None, username="mine_engineer", person=person, password="Mine_engineer1")


def test_the_last_five_passwords_are_not_taken_again_the_sixth_is(world: World):
    passwords = [PASSWORD, *(f"Rivers-{number}-abcd" for number in range(5))]
    for password in passwords[1:5]:
        actions.set_password(actor=None, user=world.head, password=password)
    for password in passwords[:5]:
        with pytest.raises(Refused, match="最近5次"):
            actions.set_password(actor=None, user=world.head, password=password)
    actions.set_password(actor=None, user=world.head, password=passwords[5])
    actions.set_password(actor=None, user=world.head, password=PASSWORD)


def test_given_passwords_keep_the_rules(world: World):
    given = {given_password() for _ in range(50)}
    assert len(given) == 50
    assert all(_faults(password, world.head) == [] for password in given)


def test_a_new_password_ends_sessions_and_keys_and_names_the_giver(world: World):
    actions.issue_api_token(actor=world.head, name="程序")
    actions.set_password(actor=None, user=world.head, password="Rivers-9xq-ab", given=True)
    assert (world.head.password_given, world.head.api_tokens.filter(stopped_at=None).exists()) == (True, False)
    assert person_of(world.head).user.password_set_at is not None
