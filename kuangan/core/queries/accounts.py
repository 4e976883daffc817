"""Reads about accounts."""

import re
from datetime import datetime
from typing import Final

from django.db.models import F, Func, Value
from django.db.models.functions import Right

from kuangan.base import clock
from kuangan.core.models import Post, Tenure, User
from kuangan.core.queries.roles import held_at, own_tenures
from kuangan.core.sealed import is_of_this_key, key_path
from kuangan.law.role import Role

MOBILE_DIGITS: Final = 11


def user_named(username: str) -> User | None:
    """The account with this name, active or not."""
    return User.objects.select_related("person").filter(username=username).first()


def totp_required(user: User) -> bool:
    """Whether the user must give a one-time code: one of his posts signs, or one he is deputy of would when absent."""
    if user.person_id is None:
        return False
    posts = [tenure.post for tenure in own_tenures(user, clock.now())]
    stood_in_for = Post.objects.filter(deputy__in=posts).values_list("role", flat=True)
    return any(Role(role).needs_totp for role in [*(post.role for post in posts), *stood_in_for])


def sealed_trouble() -> str:
    """Why the sealed secrets cannot be read, in words: their key is gone or another one; empty when all is well."""
    sealed = User.objects.exclude(totp_secret="").order_by("-pk").values_list("totp_secret", flat=True).first()
    if sealed is None or is_of_this_key(sealed):
        return ""
    lost = "不存在" if not key_path().exists() else "与数据库中的密文不符"
    return (
        f"{key_path()} {lost}，动态口令无法核验：请从密钥备份中恢复该文件；"
        "确已丢失的，运行 kuangan operator forget-codes 后重新绑定。"
    )


def may_sign_from(user: User, at: datetime | None = None) -> datetime | None:
    """The moment before which the user may not sign, when it lies after ``at`` (the wall clock's now); else None.

    After a reset of password or one-time code nobody signs for the local value ``account.sign_wait``, so that the owner,
    who was told, can object.
    """
    moment = at or clock.wall_now()
    return user.signs_from if user.signs_from is not None and user.signs_from > moment else None


def has_left(user: User) -> bool:
    """Whether the person held posts and holds none any more; nobody who is still to get a first one has left."""
    held = Tenure.objects.filter(person=user.person_id)
    return held.exists() and not held.filter(held_at(clock.now())).exists()


def active_user(key: int) -> User | None:
    """The account in use of this key."""
    return User.objects.select_related("person__unit").filter(pk=key, is_active=True).first()


def user_of_claim(matches: str, value: str) -> User | None:
    """The one account in use whose person has this personnel number (``number``) or telephone (``phone``); None where none or several have.

    Of telephones the digits count, without the country's prefix.
    """
    users = User.objects.select_related("person__unit").filter(is_active=True)
    if matches == "number":
        alike = users.filter(person__number=value.strip()).exclude(person__number="")
    else:
        digits = re.sub(r"\D", "", value)[-MOBILE_DIGITS:]
        plain = Func(F("person__phone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace")
        alike = users.alias(plain=Right(plain, MOBILE_DIGITS)).filter(plain=digits) if digits else users.none()
    alike_users = list(alike[:2])
    return alike_users[0] if len(alike_users) == 1 else None
