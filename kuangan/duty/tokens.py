"""Keys by which a unit's own systems report what was done."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, User
from kuangan.duty.models import CheckinToken


def token_digest(token: str) -> str:
    """How a token is kept: SHA-256, hexadecimal. Tokens are long and random, so a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue_checkin_token(*, actor: User | None, unit: Unit, at: datetime | None = None) -> str:
    """A new key of the unit for the check-in API; it is shown this once and kept only as a digest."""
    moment = at or clock.now()
    token = f"kd_{unit.code}_{secrets.token_urlsafe(24)}"
    row = CheckinToken.objects.create(unit=unit, sha256=token_digest(token), created_at=moment)
    record(actor=actor, action="checkin_token_issued", subject=row, data={"unit": unit.code}, at=moment)
    return token


@transaction.atomic
def stop_checkin_token(*, actor: User | None, token: CheckinToken, at: datetime | None = None) -> None:
    """Stop accepting a key. Refused when it was stopped before."""
    moment = at or clock.now()
    if not CheckinToken.objects.filter(pk=token.pk, stopped_at=None).update(stopped_at=moment):
        raise Refused(f"{token.unit.name}的该报送密钥已停用，无需重复操作。")
    record(actor=actor, action="checkin_token_stopped", subject=token, data={"unit": token.unit.code}, at=moment)
