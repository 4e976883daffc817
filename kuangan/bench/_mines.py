"""The mines of a measurement: invented, with tokens, their methane points placed by the text of the place."""

import json
import secrets
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from pyotp import TOTP

from kuangan.base import clock
from kuangan.bench._sensor_feed import bench_mine
from kuangan.core.access.sessions import SessionStore
from kuangan.core.access.signin import sign_in
from kuangan.core.actions import (
    appoint,
    confirm_totp,
    create_person,
    create_post,
    create_unit,
    create_user,
    enrol_totp,
    issue_api_token,
)
from kuangan.core.models import Unit, User
from kuangan.core.queries import totp_required
from kuangan.law.role import Role
from kuangan.mine.actions import create_mine, set_attribute
from kuangan.mine.models import AttributeName, GasGrade, Mine
from kuangan.monitor.actions import issue_token


@transaction.atomic
def make(mines: str, points: str, tokens: str) -> None:
    """Make them and write their tokens by code to the file `tokens`."""
    city = create_unit(actor=None, kind="city", code="1499", name="测量市")
    county = create_unit(actor=None, kind="county", code="149999", name="测量县", parent=city)
    create_unit(actor=None, kind="city_bureau", code="1499-yj", name="测量市应急管理局", parent=city)
    create_unit(actor=None, kind="city_government", code="1499-zf", name="测量市人民政府", parent=city)
    create_unit(actor=None, kind="county_government", code="149999-zf", name="测量县人民政府", parent=county)
    bureau = create_unit(actor=None, kind="county_bureau", code="149999-yj", name="测量县应急管理局", parent=county)
    token_by_code: dict[str, str] = {}
    today = clock.civil_date(clock.now())
    for number in range(int(mines)):
        code = bench_mine(number, int(points)).code
        unit = create_unit(actor=None, kind="mine", code=code, name=f"测量{number + 1}号煤矿", parent=county)
        mine = create_mine(actor=None, unit=unit, county=county, supervisor=bureau)
        set_attribute(actor=None, mine=mine, name=AttributeName.gas_grade, value=GasGrade.high_gas, valid_from=today)
        token_by_code[code] = issue_token(actor=None, mine=mine)
    Path(tokens).write_text(json.dumps(token_by_code))


@transaction.atomic
def open_session() -> None:
    """A duty officer of the city bureau, signed in; prints the cookie that his browser would send."""
    print(open_session_of(Unit.objects.get(code="1499-yj"), Role.duty_officer))


def open_session_of(unit: Unit, role: Role) -> str:
    """The cookie of somebody of a unit who is signed in."""
    return _cookie_of(_user("bench", unit, role))


@transaction.atomic
def open_clerk() -> None:
    """A clerk of the first mine, signed in, with a key to the API; prints ``{"cookie", "api_key"}``."""
    user = _user("clerk", Mine.objects.order_by("code")[0].unit, Role.clerk)
    print(json.dumps({"cookie": _cookie_of(user), "api_key": issue_api_token(actor=user, name="测量")}))


def _user(name: str, unit: Unit, role: Role) -> User:
    person = create_person(actor=None, name="测量员", unit=unit)
    post = create_post(actor=None, unit=unit, title=role.label, role=role)
    appoint(actor=None, post=post, person=person)
    user = create_user(actor=None, username=name, person=person, password=secrets.token_urlsafe(24))
    if totp_required(user):
        confirm_totp(actor=user, user=user, code=TOTP(enrol_totp(actor=user, user=user)).now())
    return user


def _cookie_of(user: User) -> str:
    """The cookie of a new session of the user."""
    request = HttpRequest()
    request.session = SessionStore()
    sign_in(request, user)
    request.session.save()
    return f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}"
