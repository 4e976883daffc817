"""Personal keys to the JSON API: issued by their owner, stopped by him or by those who run the platform."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from kuangan.base import clock
from kuangan.core.access.values import lasting
from kuangan.core.actions.audit import record
from kuangan.core.actions.notices import send_notice
from kuangan.core.errors import Refused
from kuangan.core.models import ApiToken, User
from kuangan.core.queries.api_tokens import api_tokens_of, ending_api_tokens, token_digest
from kuangan.core.queries.roles import roles_of
from kuangan.law.role import Role

LONGEST_NAME = 60
MOST = 10
"""Keys of one person in force at once."""
STAMP_EVERY = timedelta(minutes=1)
TOLD_AT_ONCE = 200


@transaction.atomic
def issue_api_token(*, actor: User, name: str, at: datetime | None = None) -> str:
    """A new key of the actor; it is shown this once and kept only as a digest. Refused: no name, a long one, too many keys."""
    moment, name = at or clock.now(), name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise Refused(f"请填写密钥名称（不超过{LONGEST_NAME}字），说明用于哪个程序。")
    User.objects.select_for_update().get(pk=actor.pk)
    if api_tokens_of(actor).count() >= MOST:
        raise Refused(f"在用密钥已有{MOST}个，请先停用不再使用的密钥。")
    token = f"ka_{secrets.token_urlsafe(32)}"
    ends = clock.wall_now() + lasting("key_life")
    api_token = ApiToken.objects.create(
        user=actor, name=name, sha256=token_digest(token), issued_at=moment, expires_at=ends
    )
    data = {"user": actor.pk, "name": name, "expires_at": ends}
    record(actor=actor, action="api_token_issued", subject=api_token, data=data, at=moment)
    return token


@transaction.atomic
def stop_api_token(*, actor: User, token: ApiToken, at: datetime | None = None) -> None:
    """Stop accepting a key: one's own, or any where one is security administrator. Refused when it was stopped before."""
    moment = at or clock.now()
    if token.user_id != actor.pk and not may_stop_keys(actor):
        raise Refused("只能停用本人的接口密钥；他人的密钥由安全管理员停用。")
    if not ApiToken.objects.filter(pk=token.pk, stopped_at=None).update(stopped_at=moment):
        raise Refused(f"接口密钥“{token.name}”已停用，无需重复操作。")
    record(
        actor=actor,
        action="api_token_stopped",
        subject=token,
        data={"user": token.user_id, "name": token.name},
        at=moment,
    )


def note_key_use(token: str) -> None:
    """Note when a key was last used, at most once a minute, so that reading seldom writes."""
    moment = clock.wall_now()
    stale = Q(last_used_at=None) | Q(last_used_at__lte=moment - STAMP_EVERY)
    ApiToken.objects.filter(stale, sha256=token_digest(token)).update(last_used_at=moment)


@transaction.atomic
def tell_ending_keys() -> int:
    """Tell the owners of keys that end within the local value ``account.key_notice``, once for each key; how many."""
    tokens = list(ending_api_tokens(lasting("key_notice"))[:TOLD_AT_ONCE])
    for token in tokens:
        person = token.user.person
        if person is not None:
            ends = f"{clock.civil(token.expires_at):%Y-%m-%d %H:%M}"
            send_notice(
                actor=None,
                unit=person.unit,
                person=person,
                kind="api_token",
                title=f"接口密钥“{token.name}”将于{ends}到期",
                body="到期后使用该密钥的程序不能再读写数据，请在“本人账号”签发新密钥并更换",
            )
        token.end_told_at = clock.wall_now()
        token.save(update_fields=["end_told_at"])
    return len(tokens)


def may_stop_keys(user: User) -> bool:
    """Whether the user may stop other people's keys."""
    return any(hold.role is Role.security_admin for hold in roles_of(user))


@transaction.atomic
def end_api_tokens(*, actor: User | None, user: User) -> int:
    """Stop all keys of an account: its password or phone changed, or it was closed; how many."""
    moment = clock.now()
    tokens = list(ApiToken.objects.select_for_update().filter(user=user, stopped_at=None).order_by("pk"))
    for token in tokens:
        token.stopped_at = moment
        token.save(update_fields=["stopped_at"])
        data = {"user": user.pk, "name": token.name, "with": "account"}
        record(actor=actor, action="api_token_stopped", subject=token, data=data, at=moment)
    return len(tokens)
