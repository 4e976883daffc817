from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pyotp
import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from kuangan.core import actions, queries
from kuangan.core.access import signin
from kuangan.core.access.middleware import CurrentUser
from kuangan.core.access.sessions import SessionStore
from kuangan.core.access.signin import LoginOutcome
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.core.source import source_address
from kuangan.site import settings as product_settings
from tests.db.core.world import PASSWORD, World, build
from tests.hashing import QUICK_HASHER

AT = datetime(2026, 3, 2, 1, 0, 0, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
STEP = timedelta(seconds=30)
WRONG = "not-the-lamp-99"


def attempt(user: User, password: str = WRONG, at: datetime = AT, code: str = "") -> LoginOutcome:
    return signin.authenticate(user.username, password, code, at).outcome


def bound(user: User) -> str:
    """Bind a one-time code to the account, one hour before AT."""
    secret = actions.enrol_totp(actor=user, user=user)
    earlier = AT - timedelta(hours=1)
    actions.confirm_totp(actor=user, user=user, code=pyotp.TOTP(secret).at(earlier), at=earlier)
    return secret


def test_a_dispatcher_gets_in_with_the_password_alone(world: World):
    assert attempt(world.dispatcher, PASSWORD) is LoginOutcome.accepted
    assert queries.events_of(world.dispatcher).last().action == "logged_in"


def test_the_products_own_settings_store_argon2_only(world: World):
    assert product_settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert world.dispatcher.password.startswith("argon2$argon2id$")


def test_the_first_five_failures_are_judged_then_each_waits_twice_as_long(world: World):
    outcomes = [attempt(world.dispatcher) for _ in range(7)]
    assert outcomes == [LoginOutcome.wrong] * 5 + [LoginOutcome.slowed] * 2
    assert attempt(world.dispatcher, PASSWORD, at=AT + 2 * SECOND - INSTANT) is LoginOutcome.slowed
    assert attempt(world.dispatcher, at=AT + 2 * SECOND) is LoginOutcome.wrong
    assert attempt(world.dispatcher, PASSWORD, at=AT + 6 * SECOND - INSTANT) is LoginOutcome.slowed
    assert attempt(world.dispatcher, PASSWORD, at=AT + 6 * SECOND) is LoginOutcome.accepted
    events = [event for event in queries.events_of(world.dispatcher) if event.action == "login_failed"]
    assert [event.data["refused"] for event in events] == [0] * 5 + [3]


def test_no_wait_is_longer_than_a_minute_however_many_failures(world: World):
    moment = AT
    for _ in range(40):
        attempt(world.dispatcher, at=moment)
        moment += timedelta(minutes=1)
    assert attempt(world.dispatcher, PASSWORD, at=moment) is LoginOutcome.accepted


def test_guesses_by_others_never_slow_a_browser_in_which_the_owner_has_logged_in(world: World):
    for _ in range(60):
        attempt(world.dispatcher)
    assert attempt(world.dispatcher, PASSWORD) is LoginOutcome.slowed
    known = signin.authenticate(world.dispatcher.username, PASSWORD, at=AT, browser="mark-of-this-browser")
    assert known.outcome is LoginOutcome.accepted


def test_guesses_from_one_address_do_not_slow_another(world: World, monkeypatch):
    for _ in range(12):
        attempt(world.dispatcher)
    address = source_address.set("10.0.0.9")
    assert attempt(world.dispatcher, PASSWORD) is LoginOutcome.accepted
    source_address.reset(address)


def test_many_names_from_one_address_are_slowed_too(world: World):
    answers = [signin.authenticate(f"name{number}", WRONG, at=AT).outcome for number in range(50)]
    assert answers == [LoginOutcome.wrong] * 40 + [LoginOutcome.slowed] * 10


def test_forty_tries_at_once_are_judged_five_times(committed_db, settings):
    settings.PASSWORD_HASHERS = QUICK_HASHER
    world = build()
    together = Barrier(8)

    def guess(_: int) -> LoginOutcome:
        together.wait()
        try:
            return attempt(User.objects.get(pk=world.dispatcher.pk))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(guess, range(40)))
    assert (outcomes.count(LoginOutcome.wrong), outcomes.count(LoginOutcome.slowed)) == (5, 35)


def test_a_success_forgets_the_failures_before_it(world: World):
    for _ in range(4):
        attempt(world.dispatcher)
    assert attempt(world.dispatcher, PASSWORD) is LoginOutcome.accepted
    assert [attempt(world.dispatcher) for _ in range(6)] == [LoginOutcome.wrong] * 5 + [LoginOutcome.slowed]


def test_how_many_are_free_is_a_setting(world: World, settings):
    settings.KUANGAN_LOGIN_MAX_FAILURES = 2
    assert [attempt(world.dispatcher) for _ in range(3)] == [
        LoginOutcome.wrong,
        LoginOutcome.wrong,
        LoginOutcome.slowed,
    ]


def test_unknown_and_known_names_are_slowed_with_the_same_words(world: World):
    known = [signin.authenticate(world.dispatcher.username, WRONG, at=AT) for _ in range(6)]
    unknown = [signin.authenticate("nobody", WRONG, at=AT) for _ in range(6)]
    assert [answer.message for answer in known] == [answer.message for answer in unknown]


def test_a_try_on_an_unknown_name_is_recorded_without_the_name_and_with_its_address(world: World):
    address = source_address.set("10.0.0.9")
    signin.authenticate("my-secret-password" * 2, "x" * 200, at=AT)
    source_address.reset(address)
    event = queries.events_of(("core.login", "unknown")).last()
    assert (event.action, event.source, event.data["begins"]) == ("login_failed", "10.0.0.9", "my")
    assert "secret" not in str(event.data)
    assert len(str(event.data)) < 100


def test_as_much_work_is_done_for_an_unknown_name_as_for_a_known_one(world: World, monkeypatch):
    made = []
    hasher = hashers.get_hasher()
    monkeypatch.setattr(type(hasher), "encode", counted(type(hasher).encode, made))
    monkeypatch.setattr(type(hasher), "verify", counted(type(hasher).verify, made))
    signin.authenticate("nobody", WRONG, at=AT)
    unknown = len(made)
    signin.authenticate(world.dispatcher.username, WRONG, at=AT)
    assert (unknown, len(made) - unknown) == (1, 1)


def counted(function, made):
    def counting(self, *args):
        made.append(args[0])
        return function(self, *args)

    return counting


def test_unknown_closed_and_system_accounts_get_the_same_words(world: World):
    actions.disable_user(actor=None, user=world.dispatcher)
    actions.system_user()
    answers = {signin.authenticate(name, PASSWORD, at=AT) for name in ("nobody", "system", world.dispatcher.username)}
    assert answers == {signin.WRONG}


def test_who_signs_must_bind_a_code_first(world: World):
    assert attempt(world.head, PASSWORD) is LoginOutcome.must_enrol
    secret = bound(world.head)
    assert attempt(world.head, PASSWORD) is LoginOutcome.needs_code
    assert attempt(world.head, PASSWORD, code=pyotp.TOTP(secret).at(AT)) is LoginOutcome.accepted


def test_a_code_opens_one_session_only(world: World):
    code = pyotp.TOTP(bound(world.head)).at(AT)
    assert attempt(world.head, PASSWORD, code=code) is LoginOutcome.accepted
    assert attempt(world.head, PASSWORD, code=code) is LoginOutcome.wrong


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phones_clock_may_be_one_step_off(world: World, steps, right):
    code = pyotp.TOTP(bound(world.head)).at(AT + steps * STEP)
    assert actions.verify_totp(user=world.head, code=code, at=AT) is right


def test_an_older_code_is_used_up_by_a_newer_one(world: World):
    totp = pyotp.TOTP(bound(world.head))
    assert actions.verify_totp(user=world.head, code=totp.at(AT), at=AT)
    assert not actions.verify_totp(user=world.head, code=totp.at(AT - STEP), at=AT)


def test_wrong_codes_slow_like_wrong_passwords(world: World):
    bound(world.head)
    outcomes = [attempt(world.head, PASSWORD, code="000000x") for _ in range(6)]
    assert outcomes == [LoginOutcome.wrong] * 5 + [LoginOutcome.slowed]


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


def test_one_account_per_person_and_name(world: World):
    with pytest.raises(Refused, match="已有账号"):
        actions.create_user(actor=None, username="other", person=world.head.person, password=PASSWORD)
    newcomer = actions.create_person(actor=None, name="新人", unit=world.bureau)
    with pytest.raises(Refused, match="已被使用"):
        actions.create_user(actor=None, username=world.head.username, person=newcomer, password=PASSWORD)


def asking(session: SessionStore | None = None):
    request = RequestFactory().get("/")
    request.session = session or SessionStore()
    CurrentUser(lambda _: HttpResponse())(request)
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
