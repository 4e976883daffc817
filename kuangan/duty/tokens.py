"""Keys by which a unit's own systems report what was done."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, User
from kuangan.core.queries import roles_of
from kuangan.duty.models import CheckinToken
from kuangan.duty.queries import ISSUING, STOPPING, tokens_in_force
from kuangan.law.local import local_span
from kuangan.law.role import Role
from kuangan.law.time.calendar import calendar
from kuangan.law.time.span import deadline

MOST = 10
"""Keys of one unit in force at once."""


def token_digest(token: str) -> str:
    """How a token is kept: SHA-256, hexadecimal. Tokens are long and random, so a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue_checkin_token(*, actor: User | None, unit: Unit, at: datetime | None = None) -> str:
    """A new key of the unit for the check-in API; it is shown this once, kept only as a digest, and expires.

    Refused: the actor neither leads the unit nor is its clerk, or too many keys. ``actor`` None is the platform itself.
    """
    moment = at or clock.now()
    if actor is not None and not _may(actor, unit, moment, ISSUING):
        raise Refused(f"{unit.name}的报送密钥由本单位的文书或负责人签发，您没有相应岗位。")
    Unit.objects.select_for_update().get(pk=unit.pk)
    if tokens_in_force(moment).filter(unit=unit).count() >= MOST:
        raise Refused(f"{unit.name}在用的报送密钥已有{MOST}个，请先停用不再使用的密钥。")
    expires_at = deadline(local_span("sending.checkin_key_valid", clock.civil_date(moment)), moment, calendar())
    token = f"kd_{unit.code}_{secrets.token_urlsafe(24)}"
    checkin_token = CheckinToken.objects.create(
        unit=unit, sha256=token_digest(token), created_at=moment, created_by=actor, expires_at=expires_at
    )
    data = {"unit": unit.code, "expires_at": expires_at}
    record(actor=actor, action="checkin_token_issued", subject=checkin_token, data=data, at=moment)
    return token


def _may(actor: User, unit: Unit, at: datetime, roles: Collection[Role]) -> bool:
    return any(hold.unit.pk == unit.pk and hold.role in roles for hold in roles_of(actor, at))


def _may_stop(actor: User, token: CheckinToken, at: datetime) -> bool:
    administers = any(hold.role in STOPPING for hold in roles_of(actor, at))
    return administers or _may(actor, token.unit, at, ISSUING)


@transaction.atomic
def stop_checkin_token(*, actor: User | None, token: CheckinToken, at: datetime | None = None) -> None:
    """Stop accepting a key. Refused: neither of its unit's clerk or leaders nor an administrator, or stopped before."""
    moment = at or clock.now()
    if actor is not None and not _may_stop(actor, token, moment):
        raise Refused(f"{token.unit.name}的报送密钥由本单位的文书、负责人或系统管理员停用。")
    if not CheckinToken.objects.filter(pk=token.pk, stopped_at=None).update(stopped_at=moment):
        raise Refused(f"{token.unit.name}的该报送密钥已停用，无需重复操作。")
    record(actor=actor, action="checkin_token_stopped", subject=token, data={"unit": token.unit.code}, at=moment)
