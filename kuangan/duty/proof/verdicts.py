"""What a verdict of the level above, confirmed by a second person, does to the credits of a duty: proven, taken away for good, restored."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from kuangan.core.actions import Line
from kuangan.core.models import Unit, User
from kuangan.duty.credit import known_credits
from kuangan.duty.credits import lock_duties, settle
from kuangan.duty.models import Duty, Fulfilment, Judgement, Source
from kuangan.duty.proof.grades import Grade


@dataclass(frozen=True)
class Seen:
    """Who looked at a duty for which unit, at what (the first of it), and what he wrote; ``before``: only what was recorded by then."""

    unit: Unit
    by: User
    sight: str
    account: str
    before: datetime


@transaction.atomic
def prove_duty(*, actor: User, duty: Duty, seen: Seen, at: datetime) -> int:
    """The credits that rest on the owing unit's word are proven by another unit now; how many."""
    fulfilments = _looked_at(duty, seen).filter(grade=Grade.own)
    return _judged(actor, duty, _keys(fulfilments), seen, at, confirmed=True)


@transaction.atomic
def bar_duty(*, actor: User, duty: Duty, seen: Seen, at: datetime) -> int:
    """The credits that rest on somebody's word are taken away, and none of them nor their files counts again; how many."""
    return _judged(actor, duty, _keys(_looked_at(duty, seen).exclude(grade=Grade.machine)), seen, at, confirmed=False)


@transaction.atomic
def restore_duty(*, actor: User, duty: Duty, barred_at: datetime, changed: Collection[str] = (), at: datetime) -> int:
    """What was taken away at ``barred_at`` counts again, as it did, since the verdict was withdrawn; how many credits.

    ``changed``: entries that were corrected or voided since, by their key; they stay taken away.
    """
    locked = lock_duties({duty.pk})[duty.pk]
    fulfilments = Fulfilment.objects.filter(duty=duty, barred_at=barred_at)
    keys = _keys(fulfilments.exclude(source=Source.entry, key__in=changed))
    Judgement.objects.filter(fulfilment__in=keys, at=barred_at, ended_at=None).update(ended_at=at)
    Fulfilment.objects.filter(pk__in=keys).update(revoked_at=None, barred_at=None)
    lines = [Line(locked, "duty_credit_restored", {"credits": keys}, actor)] if keys else []
    settle([locked], known_credits([duty.pk]), lines, at)
    return len(keys)


def _looked_at(duty: Duty, seen: Seen) -> QuerySet[Fulfilment]:
    return Fulfilment.objects.filter(duty=duty, revoked_at=None, recorded_at__lte=seen.before)


def _keys(fulfilments: QuerySet[Fulfilment]) -> list[int]:
    """The keys of credits, in order."""
    return list(fulfilments.order_by("pk").values_list("pk", flat=True))


def _judged(actor: User, duty: Duty, keys: list[int], seen: Seen, at: datetime, *, confirmed: bool) -> int:
    """Judge the credits and bring the duty in step; ``at`` stands on each judgement and each bar."""
    locked = lock_duties({duty.pk})[duty.pk]
    Judgement.objects.bulk_create(
        Judgement(
            fulfilment_id=key,
            unit=seen.unit,
            by=seen.by,
            at=at,
            confirmed=confirmed,
            sight=seen.sight,
            opinion=seen.account[:300],
        )
        for key in keys
    )
    change = {"grade": Grade.accepted.value} if confirmed else {"revoked_at": at, "barred_at": at}
    Fulfilment.objects.filter(pk__in=keys).update(**change)
    action = "duty_credit_confirmed" if confirmed else "duty_credit_barred"
    data = {"credits": keys, "sight": seen.sight, "opinion": seen.account[:300]}
    settle([locked], known_credits([duty.pk]), [Line(locked, action, data, actor)] if keys else [], at)
    return len(keys)
