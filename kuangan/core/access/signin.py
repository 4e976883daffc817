"""Login and logout: the rules of who gets in, and the session that remembers it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.contrib.auth import login
from django.http import HttpRequest

from kuangan.base import clock
from kuangan.core import actions, queries
from kuangan.core.access import pace
from kuangan.core.access.hashing import Crowded, matches
from kuangan.core.access.sessions import SessionStore
from kuangan.core.access.values import lasting
from kuangan.core.models import User
from kuangan.core.source import source_address
from kuangan.law.role import Role

SESSION_BACKEND = "kuangan.core"
"""What Django's session helper notes as the source of the login; nothing is loaded by this name."""
ON_WATCH = frozenset({Role.duty_officer, Role.mine_dispatcher})
"""Whose screens must go on showing alarms while nobody touches them."""
LONGEST_BROWSER = 200


class LoginOutcome(StrEnum):
    accepted = "accepted"
    must_enrol = "must_enrol"
    needs_code = "needs_code"
    wrong = "wrong"
    left = "left"
    slowed = "slowed"


@dataclass(frozen=True)
class SignIn:
    """A login's end. `user` is set when the password was right; only `accepted` and `must_enrol` may open a session.

    `must_enrol`: the user's posts sign, and no one-time code is bound to the account yet; the next page binds it.
    """

    outcome: LoginOutcome
    message: str
    user: User | None = None


WRONG = SignIn(LoginOutcome.wrong, "用户名、密码或动态口令不正确。")


def authenticate(username: str, password: str, code: str = "", at: datetime | None = None, browser: str = "") -> SignIn:
    """Judge a login by the wall clock and record it. ``browser``: the mark of one in which this person has logged in before.

    Unknown names cost the same work as known ones and get the same words, also when tries come too fast; then the
    password is not looked at. A wrong code counts like a wrong password. Raises Crowded when too many log in at once.
    """
    moment = at or clock.wall_now()
    attempt = pace.begin(pace.login_lanes(username, source_address.get(), browser), moment)
    if attempt.wait_until is not None:
        return SignIn(LoginOutcome.slowed, f"登录尝试过于频繁，请于{clock.civil(attempt.wait_until):%H:%M:%S}后再试。")
    known = queries.user_named(username)
    user = known if known is not None and known.is_active else None
    try:
        right = matches(password, user.password if user else None)
    except Crowded:
        pace.give_back(attempt, forget=False)
        raise
    if user is None or not right:
        actions.record_login_failure(user=known, name=username, refused=attempt.refused, at=moment)
        return WRONG
    return _second_step(user, code, attempt)


def _second_step(user: User, code: str, attempt: pace.Try) -> SignIn:
    """The one-time code, for accounts that have one bound or whose posts require it."""
    if user.totp_secret and not code.strip():
        pace.give_back(attempt, forget=False)
        return SignIn(LoginOutcome.needs_code, "请输入密码和动态口令。", user)
    if user.totp_secret and not actions.verify_totp(user=user, code=code, at=attempt.at):
        actions.record_login_failure(user=user, name=user.username, refused=attempt.refused, at=attempt.at)
        return WRONG
    pace.give_back(attempt, forget=True)
    return admitted(user, attempt.at)


def admitted(user: User, at: datetime) -> SignIn:
    """The log-in of somebody whose proofs were right, recorded. Who has left every post is not let in."""
    if queries.has_left(user):
        actions.record_login_failure(user=user, name=user.username, refused=0, at=at)
        return SignIn(LoginOutcome.left, "您目前没有任职岗位，不能登录；仍在任的，请联系系统管理员核对岗位登记。")
    actions.record_login_success(user=user, at=at)
    if not user.totp_secret and queries.totp_required(user):
        return SignIn(LoginOutcome.must_enrol, "您的岗位需签署文书，请先绑定动态口令。", user)
    return SignIn(LoginOutcome.accepted, "登录成功。", user)


def sign_in(request: HttpRequest, user: User) -> None:
    """Open a session under a new key; the wall clock ends it, or that nobody uses it. The oldest ones too many end."""
    session = request.session
    session.flush()  # Django keeps the key, and the end, of a session that is the person's already
    if isinstance(session, SessionStore):
        session.idle = _idle(user)
        session.browser = request.headers.get("User-Agent", "")[:LONGEST_BROWSER]
    login(request, user, backend=SESSION_BACKEND)
    session.save()
    actions.end_crowding_sessions(user=user)


def _idle(user: User) -> timedelta:
    """After how long without use the session ends."""
    watches = any(hold.role in ON_WATCH for hold in queries.roles_of(user))
    return lasting("idle_on_watch" if watches else "idle")


def sign_out(request: HttpRequest) -> None:
    """End the session and forget what it held."""
    if request.user.is_authenticated:
        actions.record_logout(user=User.objects.get(pk=request.user.pk))
    request.session.flush()
