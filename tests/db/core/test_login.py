from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pyotp
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import RequestFactory

from kuangan.core import actions, queries, signin
from kuangan.core.errors import Refused
from kuangan.core.middleware import CurrentUser
from kuangan.core.models import User
from kuangan.core.signin import Outcome
from kuangan.site import settings as product_settings
from tests.db.core.world import PASSWORD, World, build

AT = datetime(2026, 3, 2, 1, 0, 0, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
STEP = timedelta(seconds=30)
WRONG = "not-the-lamp-99"


def attempt(user: User, password: str = WRONG, at: datetime = AT, code: str = "") -> Outcome:
    return signin.authenticate(user.username, password, code, at).outcome


def bound(user: User) -> str:
    """Bind a one-time code to the account, one hour before AT."""
    secret = actions.enrol_totp(actor=user, user=user)
    earlier = AT - timedelta(hours=1)
    actions.confirm_totp(actor=user, user=user, code=pyotp.TOTP(secret).at(earlier), at=earlier)
    return secret


def test_a_dispatcher_gets_in_with_the_password_alone(world: World):
    assert attempt(world.dispatcher, PASSWORD) is Outcome.accepted
    assert queries.events_of(world.dispatcher).last().action == "logged_in"


def test_the_products_own_settings_store_argon2_only(world: World):
    assert product_settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert world.dispatcher.password.startswith("argon2$argon2id$")


def test_five_failures_lock_until_the_very_end_of_the_quarter_hour(world: World):
    outcomes = [attempt(world.dispatcher) for _ in range(5)]
    assert outcomes == [Outcome.wrong] * 4 + [Outcome.locked]
    end = AT + timedelta(minutes=15)
    assert attempt(world.dispatcher, PASSWORD, at=end - INSTANT) is Outcome.locked
    assert attempt(world.dispatcher, PASSWORD, at=end) is Outcome.accepted
    actions_seen = [event.action for event in queries.events_of(world.dispatcher)]
    assert actions_seen[-6:] == ["login_failed"] * 4 + ["login_locked", "logged_in"]


def test_a_success_forgets_the_failures_before_it(world: World):
    for _ in range(4):
        attempt(world.dispatcher)
    assert attempt(world.dispatcher, PASSWORD) is Outcome.accepted
    assert attempt(world.dispatcher) is Outcome.wrong
    world.dispatcher.refresh_from_db()
    assert world.dispatcher.failed_attempts == 1


def test_guesses_during_the_lock_do_not_lengthen_it(world: World):
    for _ in range(5):
        attempt(world.dispatcher)
    attempt(world.dispatcher, at=AT + timedelta(minutes=14))
    assert attempt(world.dispatcher, PASSWORD, at=AT + timedelta(minutes=15)) is Outcome.accepted


def test_the_limits_are_settings(world: World, settings):
    settings.KUANGAN_LOGIN_MAX_FAILURES, settings.KUANGAN_LOGIN_LOCK_MINUTES = 2, 1
    assert [attempt(world.dispatcher) for _ in range(2)] == [Outcome.wrong, Outcome.locked]
    assert attempt(world.dispatcher, PASSWORD, at=AT + timedelta(minutes=1)) is Outcome.accepted


def test_unknown_closed_and_system_accounts_get_the_same_words(world: World):
    actions.disable_user(actor=None, user=world.dispatcher)
    actions.system_user()
    answers = {signin.authenticate(name, PASSWORD, at=AT) for name in ("nobody", "system", world.dispatcher.username)}
    assert answers == {signin.WRONG}


def test_who_signs_must_bind_a_code_first(world: World):
    assert attempt(world.head, PASSWORD) is Outcome.must_enrol
    secret = bound(world.head)
    assert attempt(world.head, PASSWORD) is Outcome.needs_code
    assert attempt(world.head, PASSWORD, code=pyotp.TOTP(secret).at(AT)) is Outcome.accepted


def test_a_code_opens_one_session_only(world: World):
    code = pyotp.TOTP(bound(world.head)).at(AT)
    assert attempt(world.head, PASSWORD, code=code) is Outcome.accepted
    assert attempt(world.head, PASSWORD, code=code) is Outcome.wrong


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phones_clock_may_be_one_step_off(world: World, steps, right):
    code = pyotp.TOTP(bound(world.head)).at(AT + steps * STEP)
    assert actions.verify_totp(user=world.head, code=code, at=AT) is right


def test_an_older_code_is_used_up_by_a_newer_one(world: World):
    totp = pyotp.TOTP(bound(world.head))
    assert actions.verify_totp(user=world.head, code=totp.at(AT), at=AT)
    assert not actions.verify_totp(user=world.head, code=totp.at(AT - STEP), at=AT)


def test_wrong_codes_lock_like_wrong_passwords(world: World):
    bound(world.head)
    outcomes = [attempt(world.head, PASSWORD, code="000000x") for _ in range(5)]
    assert outcomes[-1] is Outcome.locked


def test_two_requests_racing_with_one_code_get_one_session(committed_db):
    world = build()
    code = pyotp.TOTP(bound(world.head)).at(AT)
    together = Barrier(4)

    def use(_: int) -> bool:
        together.wait()
        try:
            return actions.verify_totp(user=User.objects.get(pk=world.head.pk), code=code, at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [False, False, False, True]


def test_binding_needs_a_code_made_with_the_new_secret(world: World):
    with pytest.raises(Refused, match="没有待绑定"):
        actions.confirm_totp(actor=world.head, user=world.head, code="123456", at=AT)
    actions.enrol_totp(actor=world.head, user=world.head)
    with pytest.raises(Refused, match="动态口令不正确"):
        actions.confirm_totp(actor=world.head, user=world.head, code="abcdef", at=AT)
    assert world.head.totp_secret == ""


@pytest.mark.parametrize("password", ["short", "1234567890123", "password123"])
def test_a_weak_password_is_refused_with_the_reason(world: World, password):
    with pytest.raises(Refused, match=r"密码不合要求：.+"):
        actions.set_password(actor=None, user=world.head, password=password)


def test_one_account_per_person_and_name(world: World):
    with pytest.raises(Refused, match="已有账号"):
        actions.create_user(actor=None, username="other", person=world.head.person, password=PASSWORD)
    newcomer = actions.create_person(actor=None, name="新人", unit=world.bureau)
    with pytest.raises(Refused, match="已被使用"):
        actions.create_user(actor=None, username=world.head.username, person=newcomer, password=PASSWORD)


def asking(session: SessionStore | None = None):
    request = RequestFactory().get("/")
    request.session = session or SessionStore()
    CurrentUser(lambda _: None)(request)
    return request


def test_a_session_carries_the_user_until_logout(world: World):
    visitor = asking()
    assert not visitor.user.is_authenticated
    signin.sign_in(visitor, world.head)
    assert asking(visitor.session).user == world.head
    signin.sign_out(visitor)
    assert not asking(visitor.session).user.is_authenticated


@pytest.mark.parametrize("how", ["password", "disabled"])
def test_a_new_password_or_a_closed_account_ends_its_sessions(world: World, how):
    visitor = asking()
    signin.sign_in(visitor, world.head)
    if how == "password":
        actions.set_password(actor=None, user=User.objects.get(pk=world.head.pk), password="another-lamp-18")
    else:
        actions.disable_user(actor=None, user=User.objects.get(pk=world.head.pk))
    later = asking(visitor.session)
    assert not later.user.is_authenticated
    assert list(later.session.keys()) == []


def test_djangos_test_client_works_with_our_session(world: World, client):
    client.force_login(world.head, backend=signin.SESSION_BACKEND)
    assert asking(client.session).user == world.head
