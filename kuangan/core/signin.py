"""Login and logout: the rules of who gets in, and the session that remembers it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.contrib.auth import login
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from kuangan.base import clock
from kuangan.core import actions, queries
from kuangan.core.models import User

SESSION_BACKEND = "kuangan.core"
"""What Django's session helper notes as the source of the login; nothing is loaded by this name."""


class Outcome(StrEnum):
    """How a login ended."""

    accepted = "accepted"
    must_enrol = "must_enrol"
    needs_code = "needs_code"
    wrong = "wrong"
    locked = "locked"


@dataclass(frozen=True)
class SignIn:
    """A login's end. `user` is set when the password was right; only `accepted` and `must_enrol` may open a session.

    `must_enrol`: the user's posts sign, and no one-time code is bound to the account yet; the next page binds it.
    """

    outcome: Outcome
    message: str
    user: User | None = None


WRONG = SignIn(Outcome.wrong, "用户名、密码或动态口令不正确。")


def authenticate(username: str, password: str, code: str = "", at: datetime | None = None) -> SignIn:
    """Judge a login by the wall clock and record it.

    Unknown names cost the same time as known ones and get the same words. A locked account is refused before its
    password is looked at, until the very moment the lock ends. A wrong code counts like a wrong password.
    """
    moment = at or clock.wall_now()
    user = queries.user_named(username)
    if user is None or not user.is_active:
        make_password(password)
        return WRONG
    if user.locked_until is not None and moment < user.locked_until:
        return _locked(user)
    if not user.check_password(password):
        return _failed(user, moment)
    return _second_step(user, code, moment)


def _second_step(user: User, code: str, at: datetime) -> SignIn:
    """The one-time code, for accounts that have one bound or whose posts require it."""
    if user.totp_secret:
        if not code.strip():
            return SignIn(Outcome.needs_code, "请输入动态口令。", user)
        if not actions.verify_totp(user=user, code=code, at=at):
            return _failed(user, at)
    elif queries.totp_required(user):
        actions.record_login_success(user=user, at=at)
        return SignIn(Outcome.must_enrol, "您的岗位需签署文书，请先绑定动态口令。", user)
    actions.record_login_success(user=user, at=at)
    return SignIn(Outcome.accepted, "登录成功。", user)


def _failed(user: User, at: datetime) -> SignIn:
    current = actions.record_login_failure(user=user, at=at)
    return _locked(current) if current.locked_until is not None and at < current.locked_until else WRONG


def _locked(user: User) -> SignIn:
    until = f"{clock.civil(user.locked_until):%H:%M:%S}" if user.locked_until else ""
    return SignIn(Outcome.locked, f"连续登录失败次数过多，账号已锁定至{until}，请稍后再试或联系系统管理员。")


def sign_in(request: HttpRequest, user: User) -> None:
    """Open a session under a new key; the wall clock ends it."""
    login(request, user, backend=SESSION_BACKEND)


def sign_out(request: HttpRequest) -> None:
    """End the session and forget what it held."""
    request.session.flush()
