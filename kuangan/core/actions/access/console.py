"""What only the console of the server does: the first administrators, their way back in, and a lost key.

Whoever has the console has the data; so it is recorded, and all administrators are told.
"""

from dataclasses import dataclass

from django.db import transaction

from kuangan.base.text import person_name
from kuangan.core.access.passwords import given_password
from kuangan.core.actions.access.accounts import create_user, hold_signature, reset_totp, set_password
from kuangan.core.actions.access.proofs import issue_binding_token
from kuangan.core.actions.audit import record
from kuangan.core.actions.notices import send_notice
from kuangan.core.actions.posts import appoint, create_person, create_post
from kuangan.core.actions.units import create_unit
from kuangan.core.errors import Refused
from kuangan.core.models import Post, Unit, UnitKind, User, WarningLevel
from kuangan.core.queries.roles import units_with_role
from kuangan.core.sealed import is_of_this_key
from kuangan.law.role import ADMINISTRATORS, Role

PLATFORM_CODE, PLATFORM_NAME = "platform", "平台运行单位"


@dataclass(frozen=True)
class FirstLogin:
    """What opens an account for the first time; shown once on the console and kept nowhere."""

    user: User
    password: str
    token: str

    def lines(self) -> list[str]:
        """What the console says of it."""
        return [
            f"用户名：{self.user.username}",
            f"一次性密码（只显示这一次，首次登录须更改）：{self.password}",
            f"绑定动态口令的凭证（只显示这一次，72 小时内有效）：{self.token}",
        ]


@transaction.atomic
def create_administrator(*, role: Role, name: str, username: str, phone: str = "", unit_code: str = "") -> FirstLogin:
    """One of the three administrators: person, post and account at the unit, by default the one that runs the platform.

    Refused: another role, an unknown unit, a user name in use or empty.
    """
    if role not in ADMINISTRATORS:
        raise Refused(f"控制台只建立平台管理员，不建立“{role.label}”。")
    if not username or not person_name(name):
        raise Refused("请写明姓名和用户名。")
    unit = _unit(unit_code)
    person = create_person(actor=None, name=person_name(name), unit=unit, phone=phone)
    count = Post.objects.filter(unit=unit, title__startswith=role.label).count()
    title = role.label if count == 0 else f"{role.label}（{count + 1}）"
    password = given_password()
    user = create_user(actor=None, username=username, person=person, password=password, given=True)
    appoint(actor=None, post=create_post(actor=None, unit=unit, title=title, role=role), person=person)
    token = issue_binding_token(actor=None, user=user)
    _told(user, "administrator_created", f"已在服务器控制台建立{role.label}{person.name}（用户名{username}）")
    return FirstLogin(user, password, token)


@transaction.atomic
def reset_administrator(*, username: str) -> FirstLogin:
    """A new one-time password and a token for an administrator who has lost both. Refused for anybody else."""
    user = User.objects.select_related("person").filter(username=username, is_active=True).first()
    held = Post.objects.filter(tenures__person__user=user, tenures__to_at=None).values_list("role", flat=True)
    if user is None or not any(Role(role).administers for role in held):
        raise Refused(f"“{username}”不是在用的平台管理员账号；其他人员的重置请在页面上申请和审批。")
    password = given_password()
    set_password(actor=None, user=user, password=password, given=True)
    reset_totp(actor=None, user=user)
    hold_signature(actor=None, user=user)
    token = issue_binding_token(actor=None, user=user)
    _told(user, "administrator_reset", f"已在服务器控制台重置管理员{user.display_name}的密码和动态口令")
    return FirstLogin(user, password, token)


@transaction.atomic
def forget_lost_codes() -> int:
    """Forget all one-time codes that the key at hand does not open, when their key is lost for good; how many."""
    lost = [user for user in User.objects.exclude(totp_secret="") if not is_of_this_key(user.totp_secret)]
    for user in lost:
        reset_totp(actor=None, user=user)
    return len(lost)


def _unit(code: str) -> Unit:
    if code:
        unit = Unit.objects.filter(code=code).first()
        if unit is None:
            raise Refused(f"没有编码为“{code}”的单位，请核对单位编码。")
        return unit
    known = Unit.objects.filter(kind=UnitKind.platform).order_by("pk").first()
    return known or create_unit(actor=None, kind=UnitKind.platform, code=PLATFORM_CODE, name=PLATFORM_NAME)


def _told(user: User, action: str, words: str) -> None:
    """On record, and told to all administrators there are."""
    record(actor=None, action=action, subject=user, data={"console": True})
    for role in ADMINISTRATORS:
        for unit in units_with_role(role):
            send_notice(
                actor=None,
                unit=unit,
                role=role,
                kind="account_request",
                title=words,
                body="",
                level=WarningLevel.orange,
            )
