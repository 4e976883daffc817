"""Proofs of the person within a session: the password again, a one-time code, the token that binds a phone.

Each is paced like the log-in, for the account alone: whoever sits at a session left open must not guess on.
All moments are the wall clock's.
"""

import hashlib
import secrets
from collections.abc import Callable

from django.conf import settings
from django.db import transaction

from kuangan.base import clock
from kuangan.core.access import pace
from kuangan.core.access.hashing import Crowded, matches
from kuangan.core.access.values import lasting
from kuangan.core.actions.access.accounts import enrol_totp, verify_totp
from kuangan.core.actions.access.api_tokens import issue_api_token
from kuangan.core.actions.audit import record
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.core.queries.accounts import totp_required
from kuangan.core.queries.invitations import READABLE

SIGNS_OF_TOKEN = 12


def confirm_password(*, user: User, password: str) -> None:
    """Go on only with the account's password. Raises Refused when it is wrong or tries come too fast."""
    _prove(user, "password", lambda: matches(password, user.password), "原密码不正确")


def confirm_code(*, user: User, code: str) -> None:
    """Go on only with a one-time code of this moment. Raises Refused without one bound, for a wrong one, too fast tries."""
    if not user.totp_secret:
        raise Refused("您的账号未绑定动态口令，请先在本页绑定。")
    _prove(user, "code", lambda: verify_totp(user=user, code=code), "动态口令不正确或已使用，请输入手机上最新的口令")


def issue_confirmed_token(*, actor: User, name: str, code: str) -> str:
    """As ``issue_api_token``, confirmed by a one-time code: the key outlives the session in which it is made."""
    confirm_code(user=actor, code=code)
    return issue_api_token(actor=actor, name=name)


@transaction.atomic
def issue_binding_token(*, actor: User | None, user: User) -> str:
    """A token to hand over in person, with which the owner binds his phone; kept as a digest, one at a time."""
    token = "".join(secrets.choice(READABLE) for _ in range(SIGNS_OF_TOKEN))
    user.binding_sha256 = _token_digest(user, token)
    user.binding_until = clock.wall_now() + lasting("binding_life")
    user.save(update_fields=["binding_sha256", "binding_until"])
    record(actor=actor, action="binding_token_issued", subject=user, data={"until": user.binding_until})
    return "-".join(token[start : start + 4] for start in range(0, SIGNS_OF_TOKEN, 4))


def begin_binding(*, user: User, proof: str) -> str:
    """Start to bind a phone: the secret, in force once a code made with it is seen. The token is used up.

    ``proof``: whose posts sign gives the token that was handed over, all others their password: they bind because they
    want to. Raises Refused for a wrong or old one.
    """
    if user.totp_secret:
        raise Refused("您的账号已绑定动态口令。")
    if totp_required(user):
        _prove(user, "token", lambda: _use_token(user, proof), "绑定凭证不正确、已使用或已过期，请向系统管理员申请")
    else:
        _prove(user, "password", lambda: matches(proof, user.password), "密码不正确")
    return enrol_totp(actor=user, user=user)


def _use_token(user: User, token: str) -> bool:
    """Whether it is the account's token in force; of two requests at once, one uses it."""
    given = "".join(sign for sign in token.upper() if sign in READABLE)
    usable = User.objects.filter(
        pk=user.pk, binding_sha256=_token_digest(user, given), binding_until__gt=clock.wall_now()
    )
    return usable.update(binding_sha256="", binding_until=None) == 1


def _token_digest(user: User, token: str) -> str:
    return hashlib.sha256(f"kuangan binding {user.pk} {token}".encode()).hexdigest()


def _prove(user: User, kind: str, is_right: Callable[[], bool], words: str) -> None:
    """Judge one proof at its pace; a failure is recorded. Raises Refused with ``words``."""
    moment = clock.wall_now()
    own_lane = pace.lane(f"proof.{kind}", str(user.pk), free=settings.KUANGAN_LOGIN_MAX_FAILURES)
    attempt = pace.begin([own_lane], moment)
    if attempt.wait_until is not None:
        raise Refused(f"尝试过于频繁，请于{clock.civil(attempt.wait_until):%H:%M:%S}后再试。")
    try:
        right = is_right()
    except Crowded:
        pace.give_back(attempt, forget=False)
        raise
    if right:
        pace.give_back(attempt, forget=True)
        return
    with transaction.atomic():
        data = {"proof": kind, "refused": attempt.refused}
        record(actor=user, action="proof_failed", subject=user, data=data, at=moment)
    raise Refused(f"{words}。")
