"""Writes on accounts: passwords, one-time codes, lock-out. All of it on the wall clock, never the movable one."""

from datetime import datetime, timedelta

import pyotp
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from kuangan.base import clock
from kuangan.core.actions.audit import record
from kuangan.core.errors import Refused
from kuangan.core.models import Person, User
from kuangan.core.models.user import SYSTEM_USERNAME
from kuangan.core.sealed import seal, unseal

TOTP_STEP_S = 30
TOTP_TOLERATED_STEPS = 1
"""Steps before and after the present one whose code is accepted, for phones whose clock is off."""


@transaction.atomic
def create_user(*, actor: User | None, username: str, person: Person, password: str) -> User:
    """Open the account of `person`. Refused: name used, person has one, password too weak (says why)."""
    if User.objects.filter(username=username).exists():
        raise Refused(f"用户名“{username}”已被使用，请换一个。")
    if User.objects.filter(person=person).exists():
        raise Refused(f"{person.name}已有账号，不能重复开通。")
    user = User(username=username, person=person)
    _put_password(user, password)
    user.save()
    record(actor=actor, action="user_created", subject=user, data={"username": username, "person": person.pk})
    return user


@transaction.atomic
def set_password(*, actor: User | None, user: User, password: str) -> User:
    """Give the account a new password; sessions opened with the old one end. Refused when it is too weak (says why)."""
    _put_password(user, password)
    user.save(update_fields=["password"])
    record(actor=actor, action="password_set", subject=user)
    return user


def _put_password(user: User, password: str) -> None:
    try:
        password_validation.validate_password(password, user)
    except ValidationError as weak:
        raise Refused("密码不合要求：" + "".join(weak.messages)) from weak
    user.set_password(password)


@transaction.atomic
def disable_user(*, actor: User | None, user: User) -> User:
    """Close the account: no login, no roles, no sight; what it did stays on record."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(actor=actor, action="user_disabled", subject=user)
    return user


@transaction.atomic
def reset_totp(*, actor: User, user: User) -> User:
    """Forget the authenticator of a lost or changed phone: a new one is bound at the next login."""
    user.totp_secret = ""
    user.save(update_fields=["totp_secret"])
    record(actor=actor, action="totp_reset", subject=user)
    return user


def system_user() -> User:
    """The platform's own account, made when first asked for; it cannot log in and holds no post."""
    user, _ = User.objects.get_or_create(username=SYSTEM_USERNAME, defaults={"is_active": False, "password": "!"})
    return user


@transaction.atomic
def record_login_success(*, user: User, at: datetime | None = None) -> None:
    """Note a login: failures so far are forgotten."""
    moment = at or clock.wall_now()
    User.objects.filter(pk=user.pk).update(failed_attempts=0, locked_until=None, last_login=moment)
    record(actor=user, action="logged_in", subject=user, at=moment)


@transaction.atomic
def record_login_failure(*, user: User, at: datetime | None = None) -> User:
    """Count a failed login; the last one allowed locks the account for the set time and starts a new count.

    The row's lock makes parallel guesses count one by one. Returns the account as it is now.
    """
    moment = at or clock.wall_now()
    current = User.objects.select_for_update().get(pk=user.pk)
    current.failed_attempts += 1
    locks = current.failed_attempts >= settings.KUANGAN_LOGIN_MAX_FAILURES
    if locks:
        minutes = settings.KUANGAN_LOGIN_LOCK_MINUTES
        current.failed_attempts = 0
        current.locked_until = moment + timedelta(minutes=minutes)
    current.save(update_fields=["failed_attempts", "locked_until"])
    record(actor=None, action="login_locked" if locks else "login_failed", subject=current, at=moment)
    return current


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
