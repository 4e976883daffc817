"""Opening one's own account by invitation: who one is, the code, then user name and password.

Wrong tries are slowed by name and by address, the same words for whatever was wrong. Where the person's posts sign or administer, the code
that the security administrator handed over is asked for too, and a phone is bound next.
"""

import re
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare

from kuangan.base import clock
from kuangan.base.text import person_name
from kuangan.core import actions
from kuangan.core.access import pace
from kuangan.core.access.approval import holds_such_post, roles_held
from kuangan.core.actions.access.accounts import hint_of
from kuangan.core.errors import Refused
from kuangan.core.models import Invitee, User
from kuangan.core.queries.invitations import OPEN, code_digest, invitee_by_code, is_agreed
from kuangan.core.source import source_address

UNKNOWN: Final = "姓名、手机号或邀请码不正确，或者邀请码已使用、已过期。请逐项核对；仍不能开通的，请联系系统管理员。"
UNBOUND: Final = "绑定凭证不正确。请核对安全管理员交付的信函；遗失或过期的，请联系安全管理员重新办理。"


def recognised(*, name: str, phone: str, code: str) -> Invitee:
    """Whose invitation it is. Refused, always in the same words, when anything is wrong, and when tries come too fast."""
    lanes = [
        pace.lane("join.name", person_name(name), free=settings.KUANGAN_LOGIN_MAX_FAILURES),
        pace.lane("join.address", source_address.get(), free=pace.FREE_FOR_ADDRESS),
    ]
    attempt = _begun(lanes)
    invitee = invitee_by_code(code)
    if invitee is None or not _is_of(invitee, name, phone):
        with transaction.atomic():
            told = {"digest": hint_of(person_name(name)), "refused": attempt.refused}
            actions.record(actor=None, action="invitation_refused", subject=("core.login", "invitation"), data=told)
        raise Refused(UNKNOWN)
    pace.give_back(attempt, forget=True)
    return invitee


def open_account(*, invitee: Invitee, code: str, username: str, password: str, binding: str = "") -> User:
    """The account of who was :func:`recognised`; the codes are used up. For posts that two must give a phone is to be bound next.

    Refused: user name or password unfit, no post any more, a post that signs of which nobody approved, a wrong second code.
    """
    two = holds_such_post(invitee.person)
    if not roles_held(invitee.person):
        raise Refused("您目前没有任职岗位，不能开通账号；请联系系统管理员核对岗位登记。")
    if two:
        _require_second(invitee, binding)
    return _opened(invitee, code, username, password, two=two)


@transaction.atomic
def _opened(invitee: Invitee, code: str, username: str, password: str, *, two: bool) -> User:
    used = Invitee.objects.filter(OPEN, pk=invitee.pk, code_digest=code_digest(code), expires_at__gt=clock.wall_now())
    if not used.update(used_at=clock.wall_now(), code_digest="", binding_digest=""):
        raise Refused(UNKNOWN)
    user = actions.create_user(actor=None, username=username, person=invitee.person, password=password)
    data = {"person": invitee.person_id, "user": user.pk}
    actions.record(actor=user, action="invitation_used", subject=invitee.invitation, data=data)
    if two:
        actions.enrol_totp(actor=user, user=user)
    return user


def _require_second(invitee: Invitee, binding: str) -> None:
    """Raise Refused without the approval of the security administrator or without the code that he handed over, at the pace of guesses."""
    if not invitee.signs or not is_agreed(invitee.invitation):
        raise Refused("您的岗位需签署文书或管理平台，须经两名管理员办理，请联系系统管理员重新邀请。")
    attempt = _begun([pace.lane("join.second", str(invitee.pk), free=settings.KUANGAN_LOGIN_MAX_FAILURES)])
    held = invitee.binding_digest
    if not held or not constant_time_compare(held, code_digest(binding)):
        with transaction.atomic():
            data = {"proof": "binding", "refused": attempt.refused}
            actions.record(actor=None, action="proof_failed", subject=invitee.invitation, data=data)
        raise Refused(UNBOUND)
    pace.give_back(attempt, forget=True)


def _begun(lanes: list[pace.Lane]) -> pace.Try:
    attempt = pace.begin(lanes, clock.wall_now())
    if attempt.wait_until is not None:
        raise Refused(f"尝试过于频繁，请于{clock.civil(attempt.wait_until):%H:%M:%S}后再试。")
    return attempt


def _is_of(invitee: Invitee, name: str, phone: str) -> bool:
    """Whether name and telephone are the person's; a telephone that was never registered is not asked about."""
    known = _digits(invitee.person.phone)
    return person_name(name) == invitee.person.name and (not known or known == _digits(phone))


def _digits(phone: str) -> str:
    return re.sub(r"\D", "", phone)
