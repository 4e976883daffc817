"""The first administrators come from the console; what it shows opens the account once."""

import re

from kuangan.core.models import Notice, Person, User
from kuangan.core.queries import events_of, roles_of, sealed_trouble
from kuangan.core.sealed import key_path, seal


def test_an_empty_installation_begins_with_an_operator_of_the_console(kuangan):
    made = kuangan("operator", "create", "first", "--name", "张 三")
    assert made.returncode == 0, made.stderr
    password = re.search("一次性密码.*：(.+)", made.stdout).group(1)
    user = User.objects.get(username="first")
    assert user.check_password(password)
    assert (user.password_given, user.person.name) == (True, "张三")
    assert [hold.role.value for hold in roles_of(user)] == ["operator"]
    assert password not in str(list(events_of(user).values_list("data", flat=True)))
    kuangan("operator", "create", "second", "--name", "李四", "--role", "security")
    assert [hold.role.value for hold in roles_of(User.objects.get(username="second"))] == ["security_admin"]
    assert Notice.objects.filter(role="operator", title__contains="李四").exists()
    again = kuangan("operator", "create", "first", "--name", "王五")
    assert (again.returncode, "已被使用" in again.stderr) == (1, True)
    assert Person.objects.count() == 2


def test_the_console_resets_administrators_only(kuangan):
    kuangan("operator", "create", "first", "--name", "张三")
    before = User.objects.get(username="first").password
    assert kuangan("operator", "reset", "first").returncode == 0
    assert User.objects.get(username="first").password != before
    refused = kuangan("operator", "reset", "nobody")
    assert (refused.returncode, "不是在用的平台管理员" in refused.stderr) == (1, True)


def test_a_missing_key_is_said_in_words_and_the_codes_can_be_forgotten(kuangan):
    kuangan("operator", "create", "first", "--name", "张三")
    user = User.objects.get(username="first")
    user.totp_secret = seal("JBSWY3DPEHPK3PXP", user.place("totp_secret"))
    user.save()
    assert sealed_trouble() == ""
    key_path().unlink()
    assert "不存在" in sealed_trouble()
    refused = kuangan("web", "--port", "0")
    assert (refused.returncode, "请从密钥备份中恢复" in refused.stderr) == (1, True)
    assert not key_path().exists()
    assert "1 个账号" in kuangan("operator", "forget-codes").stdout
    assert sealed_trouble() == ""
