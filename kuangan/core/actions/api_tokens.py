"""Personal keys to the JSON API: issued and stopped by their owner."""

import secrets
from datetime import datetime

from django.db import transaction

from kuangan.base import clock
from kuangan.core.account_values import lasting
from kuangan.core.actions.audit import record
from kuangan.core.errors import Refused
from kuangan.core.models import ApiToken, User
from kuangan.core.queries.api_tokens import token_digest

LONGEST_NAME = 60
MOST = 10
"""Keys of one person in force at once."""


@transaction.atomic
def issue_api_token(*, actor: User, name: str, at: datetime | None = None) -> str:
    """A new key of the actor; it is shown this once and kept only as a digest. Refused: no name, a long one, too many keys."""
    moment, name = at or clock.now(), name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise Refused(f"请填写密钥名称（不超过{LONGEST_NAME}字），说明用于哪个程序。")
    User.objects.select_for_update().get(pk=actor.pk)
    if ApiToken.objects.filter(user=actor, stopped_at=None).count() >= MOST:
        raise Refused(f"在用密钥已有{MOST}个，请先停用不再使用的密钥。")
    token = f"ka_{secrets.token_urlsafe(32)}"
    ends = clock.wall_now() + lasting("key_life")
    row = ApiToken.objects.create(user=actor, name=name, sha256=token_digest(token), issued_at=moment, expires_at=ends)
    data = {"user": actor.pk, "name": name, "expires_at": ends}
    record(actor=actor, action="api_token_issued", subject=row, data=data, at=moment)
    return token


@transaction.atomic
def stop_api_token(*, actor: User, token: ApiToken, at: datetime | None = None) -> None:
    """Stop accepting a key. Refused when it is another person's, or was stopped before."""
    moment = at or clock.now()
    if token.user_id != actor.pk:
        raise Refused("只能停用本人的接口密钥。")
    if not ApiToken.objects.filter(pk=token.pk, stopped_at=None).update(stopped_at=moment):
        raise Refused(f"接口密钥“{token.name}”已停用，无需重复操作。")
    record(
        actor=actor, action="api_token_stopped", subject=token, data={"user": actor.pk, "name": token.name}, at=moment
    )
