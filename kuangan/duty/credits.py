"""Credits towards duties, and when they make a duty done."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from kuangan.base import clock
from kuangan.core.actions import Line, record_many
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment, User
from kuangan.duty.models import Duty, Fulfilment, Source
from kuangan.duty.opening import first_wake
from kuangan.law.obligation import obligations

CHANGED = ("done_at", "recorded_at", "wakes_at", "rung")


@dataclass(frozen=True)
class Credit:
    """One credit to be given: which duty, on what it rests, when it was done, and when that became known here."""

    duty_id: int
    source: str
    key: str
    done_at: datetime
    recorded_at: datetime
    actor: User | None = None
    note: str = ""
    attachments: Sequence[Attachment] = field(default_factory=tuple)


@transaction.atomic
def fulfil(
    *,
    actor: User | None,
    duty: Duty,
    source: Source | str,
    key: str,
    done_at: datetime,
    note: str = "",
    attachments: Sequence[Attachment] = (),
    at: datetime | None = None,
) -> Fulfilment:
    """Give one credit. The same source and key count once. Refused for a cancelled duty, and for a moment that has not come."""
    moment = at or clock.now()
    duty.refresh_from_db()
    if duty.cancelled_at is not None:
        raise Refused(f"“{duty.title}”已取消（{duty.cancelled_for}），无需办理。")
    if done_at > moment:
        raise Refused("办理时间晚于当前时间，请核对后再报。")
    credit = Credit(duty.pk, Source(source).value, key, done_at, moment, actor, note, tuple(attachments))
    fulfil_many([credit], at=moment)
    duty.refresh_from_db()
    return Fulfilment.objects.get(duty=duty, source=credit.source, key=key)


@transaction.atomic
def fulfil_many(credits_given: Iterable[Credit], *, at: datetime) -> set[int]:
    """Give many credits at once; returns the duties that changed. A credit that is there takes the newer day.

    The duties are locked, in the order of their keys, to the end of the transaction. Cancelled ones take no credit.
    """
    wanted = {(credit.duty_id, credit.source, credit.key): credit for credit in credits_given}
    duties = _locked({duty_id for duty_id, _, _ in wanted})
    wanted = {name: credit for name, credit in wanted.items() if duties[name[0]].cancelled_at is None}
    known = _known(wanted, duties)
    new = [credit for name, credit in wanted.items() if name not in known]
    changed = [
        (known[name], credit) for name, credit in wanted.items() if name in known and _differs(known[name], credit)
    ]
    made = Fulfilment.objects.bulk_create([_row(credit) for credit in new], batch_size=2000)
    for row, credit in zip(made, new, strict=True):
        if credit.attachments:
            row.attachments.set(credit.attachments)
    for row, credit in changed:
        _renew(row, credit, at)
    lines = [_line(credit, "duty_credited") for credit in new] + [
        _line(credit, "duty_credit_changed") for _, credit in changed
    ]
    touched = {credit.duty_id for credit in new} | {credit.duty_id for _, credit in changed}
    _settle([duties[pk] for pk in sorted(touched)], lines, at)
    return touched


@transaction.atomic
def revoke(
    *,
    actor: User | None,
    source: Source | str,
    key: str,
    reason: str,
    duties: Iterable[int] | None = None,
    at: datetime,
) -> set[int]:
    """Take back the credits that rest on a source, of ``duties`` or of all; a duty that lacks one then is open again."""
    rows = Fulfilment.objects.filter(source=Source(source).value, key=key, revoked_at=None)
    if duties is not None:
        rows = rows.filter(duty__in=list(duties))
    touched = set(rows.values_list("duty_id", flat=True))
    locked = _locked(touched)
    rows.filter(duty__in=touched).update(revoked_at=at)
    data = {"source": Source(source).value, "key": key, "reason": reason}
    lines = [Line(locked[pk], "duty_credit_revoked", data, actor) for pk in sorted(touched)]
    _settle([locked[pk] for pk in sorted(touched)], lines, at)
    return touched


def _locked(keys: set[int]) -> dict[int, Duty]:
    rows = Duty.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    return {duty.pk: duty for duty in rows}


def _known(
    wanted: dict[tuple[int, str, str], Credit], duties: dict[int, Duty]
) -> dict[tuple[int, str, str], Fulfilment]:
    rows = Fulfilment.objects.filter(duty__in=duties.keys(), key__in={key for _, _, key in wanted})
    return {(row.duty_id, row.source, row.key): row for row in rows}


def _differs(row: Fulfilment, credit: Credit) -> bool:
    return row.revoked_at is not None or row.done_at != credit.done_at


def _renew(row: Fulfilment, credit: Credit, at: datetime) -> None:
    """A credit whose evidence was corrected: its new day; one that had been taken back is known again only from now on."""
    recorded_at = row.recorded_at if row.revoked_at is None else at
    Fulfilment.objects.filter(pk=row.pk).update(done_at=credit.done_at, recorded_at=recorded_at, revoked_at=None)


def _row(credit: Credit) -> Fulfilment:
    return Fulfilment(
        duty_id=credit.duty_id,
        source=credit.source,
        key=credit.key,
        done_at=credit.done_at,
        recorded_at=credit.recorded_at,
        by=credit.actor,
        note=credit.note,
    )


def _line(credit: Credit, action: str) -> Line:
    data: dict[str, Any] = {"source": credit.source, "key": credit.key, "done_at": credit.done_at}
    if credit.note:
        data["note"] = credit.note
    return Line(("duty.duty", credit.duty_id), action, data, credit.actor)


def _settle(duties: Sequence[Duty], lines: list[Line], at: datetime) -> None:
    """Bring done and recorded moments of locked duties in step with their credits; record what happened to each."""
    valid: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    rows = Fulfilment.objects.filter(duty__in=[duty.pk for duty in duties], revoked_at=None)
    for duty_id, done_at, recorded_at in rows.order_by("recorded_at", "done_at", "pk").values_list(
        "duty_id", "done_at", "recorded_at"
    ):
        valid[duty_id].append((recorded_at, done_at))
    changed = []
    for duty in duties:
        before = duty.done_at
        if set_done(duty, valid[duty.pk], at):
            changed.append(duty)
            if (before is None) != (duty.done_at is None):
                action = "duty_done" if duty.done_at else "duty_reopened"
                lines.append(Line(duty, action, {"done_at": duty.done_at, "recorded_at": duty.recorded_at}))
    _store(changed)
    record_many(lines, at)


def _store(duties: Sequence[Duty]) -> None:
    """Write the moments of duties in one statement, which stays quick however many there are."""
    if not duties:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE duty_duty AS d SET done_at = n.done_at, recorded_at = n.recorded_at, wakes_at = n.wakes_at,"
            " rung = n.rung FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[],"
            " %s::smallint[]) AS n(id, done_at, recorded_at, wakes_at, rung) WHERE d.id = n.id",
            [[getattr(duty, name) for duty in duties] for name in ("pk", *CHANGED)],
        )


def set_done(duty: Duty, credits_known: Sequence[tuple[datetime, datetime]], at: datetime) -> bool:
    """Set the moments of a duty by its valid credits (recorded, done), in the order they became known; True if they changed.

    The first ``needed`` of them count: done at the latest of their moments, recorded with the last of them. Later
    credits change nothing; a duty that lost one wakes again at its ladder's first step.
    """
    before = tuple(getattr(duty, name) for name in CHANGED)
    counted = credits_known[: duty.needed]
    if len(counted) >= duty.needed:
        duty.done_at, duty.recorded_at = max(done for _, done in counted), counted[-1][0]
        duty.wakes_at = None
    else:
        reopened = duty.done_at is not None
        duty.done_at = duty.recorded_at = None
        if reopened and duty.excused_at is None:
            found = obligations().get(duty.obligation)
            first = first_wake(found, duty.due_at) if found else None
            duty.wakes_at, duty.rung = (max(first, at) if first else None), 0
    return tuple(getattr(duty, name) for name in CHANGED) != before
