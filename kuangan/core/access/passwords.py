"""Which passwords are accepted (等保 level 3), and when one must be changed. Refusals are in Chinese."""

import secrets
from datetime import datetime
from difflib import SequenceMatcher
from functools import cache
from unicodedata import category

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator

from kuangan.base import clock
from kuangan.core.access.hashing import matches
from kuangan.core.access.values import lasting
from kuangan.core.errors import Refused
from kuangan.core.models import OldPassword, User

SHORTEST, LONGEST = 10, 128
KINDS = 3
"""How many of capital letters, small letters, digits, Chinese characters and signs a password mixes."""
DIFFERENT = 5
"""How many different characters it has at least."""
REMEMBERED = 5
"""How many passwords, the present one among them, are not taken again."""
SHORTEST_OWN = 2
"""Characters from which on a name, user name or number is looked for in the password."""
TOO_LIKE = 0.7
"""From this share of common characters on a password counts as the name."""
RULES_IN_WORDS = (
    f"至少{SHORTEST}位，含大写字母、小写字母、数字、汉字、符号中的{KINDS}类；"
    f"不得与用户名、姓名、手机号相近，不得使用常见密码和最近{REMEMBERED}次用过的密码"
)
_GIVEN_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789", "-+="
"""Characters of given passwords: none that is taken for another when read from paper."""


def require_good(password: str, user: User) -> None:
    """Raise Refused, with every reason, for a password that the rules do not accept for this account."""
    wrong = _faults(password, user)
    if not wrong and _was_used(password, user):
        wrong = [f"不得与最近{REMEMBERED}次用过的密码相同"]
    if wrong:
        raise Refused(f"密码不合要求：{'；'.join(wrong)}。")


def _faults(password: str, user: User) -> list[str]:
    rules = (
        (len(password) < SHORTEST, f"至少{SHORTEST}位"),
        (len(password) > LONGEST, f"不超过{LONGEST}位"),
        (len({_kind(sign) for sign in password}) < KINDS, f"须含大写字母、小写字母、数字、汉字、符号中的{KINDS}类"),
        (len(set(password)) < DIFFERENT, f"不同的字符至少{DIFFERENT}个"),
        (password.lower().strip() in _common(), "属于常见密码"),
        (any(_is_like(password, own) for own in _own_words(user)), "与用户名、姓名或手机号相近"),
    )
    return [words for broken, words in rules if broken]


def _kind(sign: str) -> str:
    return {"Lu": "capital", "Ll": "small", "Nd": "digit", "Lo": "han"}.get(category(sign), "sign")


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def _own_words(user: User) -> list[str]:
    person = user.person
    words = (user.username, person.name if person else "", person.phone if person else "")
    return [word for word in words if len(word) >= SHORTEST_OWN]


def _is_like(password: str, own: str) -> bool:
    """Whether one holds the other, or most of their characters agree in order."""
    mine, given = own.lower(), password.lower()[:LONGEST]
    return mine in given or given in mine or SequenceMatcher(None, given, mine).ratio() >= TOO_LIKE


def _was_used(password: str, user: User) -> bool:
    if user.pk is None:
        return False
    old = OldPassword.objects.filter(user=user).order_by("-pk").values_list("password", flat=True)
    return any(matches(password, kept) for kept in [user.password, *old[: REMEMBERED - 1]] if kept)


def given_password() -> str:
    """A password to hand over once: 16 characters of all kinds, none of which is taken for another."""
    signs = [secrets.choice(kind) for kind in _GIVEN_SIGNS]
    signs += [secrets.choice("".join(_GIVEN_SIGNS)) for _ in range(12)]
    secrets.SystemRandom().shuffle(signs)
    return "".join(signs)


def change_due(user: User, at: datetime | None = None) -> str:
    """Why the password must be changed before anything else, in words; empty when it need not be. By the wall clock.

    In a demonstration, whose passwords stand on the log-in page, none grows old.
    """
    if user.password_given:
        return "当前密码由他人设置，请先改为只有本人知道的密码。"
    moment, set_at = at or clock.wall_now(), user.password_set_at
    if set_at is None or settings.DEMONSTRATION:
        return ""
    age = lasting("password_age")
    return f"当前密码已使用满{age.days}天，请先更改密码。" if set_at + age <= moment else ""
