"""Writes on accounts: passwords, log-ins, one-time codes. All of it on the wall clock, never the movable one."""

import re
from datetime import datetime

import pyotp
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Least
from django.utils.crypto import salted_hmac

from kuangan.base import clock
from kuangan.core.access.approval import holds_such_post, require_approved
from kuangan.core.access.hashing import hashed
from kuangan.core.access.passwords import REMEMBERED, require_good
from kuangan.core.access.values import lasting
from kuangan.core.actions.access.api_tokens import end_api_tokens
from kuangan.core.actions.access.sessions import end_sessions
from kuangan.core.actions.audit import record
from kuangan.core.errors import Refused
from kuangan.core.models import AccountRequest, OldPassword, Person, User
from kuangan.core.models.user import SYSTEM_USERNAME
from kuangan.core.sealed import seal, unseal

TOTP_STEP_S = 30
TOTP_TOLERATED_STEPS = 1
"""Steps before and after the present one whose code is accepted, for phones whose clock is off."""

MOST_COUNTED = 32_000
"""Where the count of failures since the last login stops: its column holds no more."""

USERNAME = re.compile(r"[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff_.@-]{1,39}")
"""What a user name may be: 2 to 40 letters, digits, Han characters and a few signs, none of them a blank."""
SHOWN_OF_NAME = 2
"""Letters of an unknown name that the trail shows."""


def require_fit(username: str) -> None:
    """Refused: a name that nobody can type again as it was meant, such as one with a blank in it."""
    if not USERNAME.fullmatch(username):
        raise Refused("用户名由2至40个字母、数字、汉字或“_”“-”“.”“@”组成，以字母、数字或汉字开头，不含空格，请改正。")


@transaction.atomic
def create_user(
    *,
    actor: User | None,
    username: str,
    person: Person,
    password: str,
    given: bool = False,
    approval: AccountRequest | None = None,
) -> User:
    """Open the account of `person`. Refused: name unfit or used, person has one, password too weak (says why).

    ``given``: somebody else knows the password, so that it must be changed at the first log-in. Where the person holds
    a post that signs or administers, two must have agreed (``approval``).
    """
    if holds_such_post(person):
        require_approved(actor, approval, person, f"为{person.name}（签字或管理岗位）开通账号")
    require_fit(username)
    if User.objects.filter(username=username).exists():
        raise Refused(f"用户名“{username}”已被使用，请换一个。")
    if User.objects.filter(person=person).exists():
        raise Refused(f"{person.name}已有账号，不能重复开通。")
    user = User(username=username, person=person, password_given=given, password_set_at=clock.wall_now())
    require_good(password, user)
    user.password = hashed(password)
    user.save()
    record(actor=actor, action="user_created", subject=user, data={"username": username, "person": person.pk})
    return user


def set_password(
    *, actor: User | None, user: User, password: str, given: bool = False, approval: AccountRequest | None = None
) -> User:
    """Give the account a new password: its sessions and API keys end. Refused when it is too weak (says why).

    ``given``: somebody else knows it, so that it must be changed at the next log-in. For another's account two must have
    agreed (``approval``).
    """
    if actor is not None and actor.pk != user.pk:
        require_approved(actor, approval, user.person, "重置他人密码")
    require_good(password, user)
    return _put_password(actor, user, hashed(password), given=given)


@transaction.atomic
def _put_password(actor: User | None, user: User, password: str, *, given: bool) -> User:
    moment = clock.wall_now()
    before = User.objects.select_for_update().values_list("password", flat=True).get(pk=user.pk)
    OldPassword.objects.create(user=user, password=before, set_at=moment)
    kept = OldPassword.objects.filter(user=user).order_by("-pk").values_list("pk", flat=True)[: REMEMBERED - 1]
    OldPassword.objects.filter(user=user).exclude(pk__in=list(kept)).delete()
    user.password, user.password_given, user.password_set_at = password, given, moment
    user.save(update_fields=["password", "password_given", "password_set_at"])
    record(actor=actor, action="password_set", subject=user, data={"given": given})
    _end_access(actor, user)
    return user


def _end_access(actor: User | None, user: User) -> None:
    """What was opened with the old password or in the old phone's time ends with it."""
    end_sessions(actor=actor, user=user)
    end_api_tokens(actor=actor, user=user)


@transaction.atomic
def disable_user(*, actor: User | None, user: User) -> User:
    """Close the account: no login, no roles, no sight, no session, no key; what it did stays on record."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(actor=actor, action="user_disabled", subject=user)
    _end_access(actor, user)
    return user


@transaction.atomic
def reset_totp(*, actor: User | None, user: User, approval: AccountRequest | None = None) -> User:
    """Forget the authenticator of a lost or changed phone, with sessions and keys; a new one is bound with a token.

    Two must have agreed (``approval``).
    """
    require_approved(actor, approval, user.person, "解除动态口令绑定")
    user.totp_secret, user.totp_pending_secret = "", ""
    user.save(update_fields=["totp_secret", "totp_pending_secret"])
    record(actor=actor, action="totp_reset", subject=user)
    _end_access(actor, user)
    return user


@transaction.atomic
def hold_signature(*, actor: User | None, user: User) -> datetime:
    """Nobody signs with the account for the local value ``account.sign_wait``; until when."""
    user.signs_from = clock.wall_now() + lasting("sign_wait")
    user.save(update_fields=["signs_from"])
    record(actor=actor, action="signature_held", subject=user, data={"until": user.signs_from})
    return user.signs_from


def system_user() -> User:
    """The platform's own account, made when first asked for; it cannot log in and holds no post."""
    user, _ = User.objects.get_or_create(username=SYSTEM_USERNAME, defaults={"is_active": False, "password": "!"})
    return user


@transaction.atomic
def record_login_success(*, user: User, at: datetime | None = None) -> None:
    """Note a login: failures so far are forgotten."""
    moment = at or clock.wall_now()
    User.objects.filter(pk=user.pk).update(failed_attempts=0, last_login=moment)
    record(actor=user, action="logged_in", subject=user, at=moment)


@transaction.atomic
def record_login_failure(*, user: User | None, name: str, refused: int, at: datetime) -> None:
    """Note a failed login with its address; ``refused``: tries before it that were sent away unread.

    A name that no account has is told by its first letters and a digest only: people type passwords there, too.
    """
    if user is not None:
        User.objects.filter(pk=user.pk).update(failed_attempts=Least(F("failed_attempts") + 1, MOST_COUNTED))
        record(actor=None, action="login_failed", subject=user, data={"refused": refused}, at=at)
        return
    told = {"begins": name[:SHOWN_OF_NAME], "digest": hint_of(name), "refused": refused}
    record(actor=None, action="login_failed", subject=("core.login", "unknown"), data=told, at=at)


def hint_of(name: str) -> str:
    """Twelve digits by which tries under the same unknown name are recognised, without giving it away."""
    return salted_hmac("kuangan.unknown_name", name, algorithm="sha256").hexdigest()[:12]


@transaction.atomic
def record_logout(*, user: User) -> None:
    """Note that somebody logged out."""
    record(actor=user, action="logged_out", subject=user, at=clock.wall_now())


@transaction.atomic
def enrol_totp(*, actor: User | None, user: User) -> str:
    """A new secret for the user's phone (base32); in force only after `confirm_totp` has seen a code made with it."""
    secret = pyotp.random_base32()
    user.totp_pending_secret = seal(secret, user.place("totp_pending_secret"))
    user.save(update_fields=["totp_pending_secret"])
    record(actor=actor, action="totp_enrolment_started", subject=user)
    return secret


@transaction.atomic
def confirm_totp(*, actor: User | None, user: User, code: str, at: datetime | None = None) -> User:
    """Put the enrolled secret in force. Refused when nothing is enrolled or the code is not made with it."""
    if not user.totp_pending_secret:
        raise Refused("没有待绑定的动态口令，请先生成二维码。")
    secret = pending_secret(user)
    step = _matching_step(secret, code, at or clock.wall_now())
    if step is None:
        raise Refused("动态口令不正确，请核对手机时间后输入最新的口令。")
    user.totp_secret, user.totp_pending_secret = seal(secret, user.place("totp_secret")), ""
    user.totp_last_step = step
    user.save(update_fields=["totp_secret", "totp_pending_secret", "totp_last_step"])
    record(actor=actor, action="totp_enrolled", subject=user)
    return user


def pending_secret(user: User) -> str:
    """The secret that waits for its first code, in clear, for the page that shows it to its owner."""
    return unseal(user.totp_pending_secret, user.place("totp_pending_secret"))


def verify_totp(*, user: User, code: str, at: datetime | None = None) -> bool:
    """Whether `code` is right now; a step is used up by its first success, also when two requests race for it."""
    if not user.totp_secret:
        return False
    step = _matching_step(unseal(user.totp_secret, user.place("totp_secret")), code, at or clock.wall_now())
    if step is None:
        return False
    unused = Q(totp_last_step__isnull=True) | Q(totp_last_step__lt=step)
    return User.objects.filter(unused, pk=user.pk).update(totp_last_step=step) == 1


def _matching_step(secret: str, code: str, at: datetime) -> int | None:
    """The step around `at` whose code this is, the earliest first; None when there is none."""
    totp = pyotp.TOTP(secret, interval=TOTP_STEP_S)
    now = int(at.timestamp()) // TOTP_STEP_S
    for step in range(now - TOTP_TOLERATED_STEPS, now + TOTP_TOLERATED_STEPS + 1):
        if pyotp.utils.strings_equal(totp.generate_otp(step), code.strip()):
            return step
    return None
