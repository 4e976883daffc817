"""Writes of people on monitoring, and the marks by which sweeps take work; what ingest writes is in `ingest_rows`."""

import hashlib
import secrets
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from kuangan.base import clock
from kuangan.base.text import person_name as as_kept
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment, Person, User
from kuangan.mine.models import Mine, Point
from kuangan.mine.queries import is_methane
from kuangan.monitor.models import CalibrationFiling, Episode, FeedToken, Silence

LONGEST_CALIBRATION = timedelta(hours=8)
"""One shift: a filing that covers more would be a licence, no calibration."""

SHORTEST_TOKEN = 36
"""`kt_`, the mine's code, `_` and at least 20 characters nobody can guess."""


def token_digest(token: str) -> str:
    """How a token is kept: SHA-256, hexadecimal. Tokens are long and random, so a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue_token(*, actor: User | None, mine: Mine, token: str | None = None, at: datetime | None = None) -> str:
    """A new key of the mine for `POST /api/feeds`; it is shown this once and kept only as a digest.

    `token` takes over a key that was made elsewhere; refused when it is short, foreign in form, or used already.
    """
    moment = at or clock.now()
    token = token or f"kt_{mine.code}_{secrets.token_urlsafe(24)}"
    if not token.startswith(f"kt_{mine.code}_") or len(token) < SHORTEST_TOKEN:
        raise Refused(f"接入密钥应以“kt_{mine.code}_”开头，且不少于{SHORTEST_TOKEN}个字符。")
    if FeedToken.objects.filter(sha256=token_digest(token)).exists():
        raise Refused("该接入密钥已经登记过，请重新签发。")
    feed_token = FeedToken.objects.create(mine=mine, sha256=token_digest(token), created_at=moment)
    record(actor=actor, action="feed_token_issued", subject=feed_token, data={"mine": mine.code}, at=moment)
    return token


@transaction.atomic
def revoke_token(*, actor: User, token: FeedToken, at: datetime | None = None) -> None:
    """Stop accepting a key. Refused when it was revoked before."""
    moment = at or clock.now()
    if not FeedToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=moment):
        raise Refused(f"{token.mine.name}的该接入密钥已停用，无需重复操作。")
    record(actor=actor, action="feed_token_revoked", subject=token, data={"mine": token.mine.code}, at=moment)


@transaction.atomic
def file_calibration(
    *,
    actor: User,
    point: Point,
    from_at: datetime,
    to_at: datetime,
    gas_value: Decimal,
    person_name: str,
    person: Person | None = None,
    attachment: Attachment | None = None,
    at: datetime | None = None,
) -> CalibrationFiling:
    """File a calibration of a methane point before or while it happens.

    Refused: no methane point, an end before the start, more than one shift, already over, no gas value, or nobody named.
    """
    moment = at or clock.now()
    if not is_methane(point):
        raise Refused(f"{point}不是甲烷测点，无需报备标校。")
    _require_to_come(from_at, to_at, moment)
    if gas_value <= 0:
        raise Refused("标准气样浓度应大于0。")
    if not person_name.strip():
        raise Refused("请填写调校人员姓名。")
    filing = CalibrationFiling.objects.create(
        mine=point.mine,
        point=point,
        from_at=from_at,
        to_at=to_at,
        gas_value=gas_value,
        person=person,
        person_name=as_kept(person_name),
        filed_by=actor,
        filed_at=moment,
        attachment=attachment,
    )
    content = {"point": point.native_code, "from_at": from_at, "to_at": to_at, "gas_value": gas_value}
    record(actor=actor, action="calibration_filed", subject=filing, data=content, at=moment)
    return filing


def _require_to_come(from_at: datetime, to_at: datetime, at: datetime) -> None:
    if not from_at < to_at <= from_at + LONGEST_CALIBRATION:
        raise Refused("标校的结束时间应晚于开始时间，且不超过8小时。")
    if to_at < at:
        raise Refused("标校时段已经结束，不能事后报备；请在报警核查中说明情况并附调校记录。")


@transaction.atomic
def withdraw_calibration(*, actor: User, filing: CalibrationFiling, at: datetime | None = None) -> None:
    """Take a filing back before it starts. Refused when it started or was taken back."""
    moment = at or clock.now()
    filings = CalibrationFiling.objects.filter(pk=filing.pk, withdrawn_at__isnull=True, from_at__gt=moment)
    if not filings.update(withdrawn_at=moment):
        raise Refused("该标校已开始或已撤回，不能撤回。")
    record(actor=actor, action="calibration_withdrawn", subject=filing, at=moment)


def mark_reacted(*, episode: Episode, at: datetime) -> bool:
    """Take an episode as it was read. False: it changed or was taken meanwhile; read it again."""
    episodes = Episode.objects.filter(pk=episode.pk, revision=episode.revision, reacted_at__isnull=True)
    taken = bool(episodes.update(reacted_at=at))
    if taken and episode.final_at is not None:
        record(actor=None, action="episode_final", subject=episode, data=_final_facts(episode), at=at)
    return taken


def _final_facts(episode: Episode) -> dict[str, Any]:
    """What the trail keeps of an over-limit that cannot change any more."""
    return {
        "point": episode.point_id,
        "started_at": episode.started_at,
        "ended_at": episode.ended_at,
        "peak": episode.peak,
        "peak_at": episode.peak_at,
        "excluded": episode.excluded,
        "withdrawn": episode.withdrawn,
    }


def mark_silence_reacted(*, silence: Silence, at: datetime) -> bool:
    """Take a silence as it was read. False: it changed or was taken meanwhile; read it again."""
    silences = Silence.objects.filter(pk=silence.pk, revision=silence.revision, reacted_at__isnull=True)
    return bool(silences.update(reacted_at=at))
