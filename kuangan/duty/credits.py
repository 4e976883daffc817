"""Credits towards duties, and when they make a duty done."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from kuangan.base import clock
from kuangan.base.numerals import date_text
from kuangan.core.actions import Line, record_many
from kuangan.core.bulk import insert_rows, update_rows
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment, User
from kuangan.duty.credit import COLUMNS, SAID, Counted, Credit, Known, Name, known_credits, row_of
from kuangan.duty.models import Duty, Fulfilment, Judgement, Source
from kuangan.duty.proof.grades import Grade, proven
from kuangan.duty.terms import EVENT_MARK, first_wake
from kuangan.law.duty.obligation_file import obligations


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
    """Give one credit. The same source and key count once.

    Refused for a cancelled duty, for a moment that has not come or lies before the duty's period, and for files of which
    none is new: a file that counts already shows no further doing.
    """
    moment = at or clock.now()
    lock_duties({duty.pk})
    duty.refresh_from_db()
    if duty.cancelled_at is not None:
        raise Refused(f"“{duty.title}”已取消（{duty.cancelled_for}），无需办理。")
    if done_at > moment:
        raise Refused("办理时间晚于当前时间，请核对后再报。")
    if done_at < clock.beijing_midnight(duty.first_on):
        raise Refused(f"办理时间早于期间首日（{date_text(duty.first_on)}），不能计入本事项，请填写本期的办理日期。")
    credit = Credit(duty.pk, Source(source).value, key, done_at, moment, actor, note, tuple(attachments))
    _refuse_files_given(duty, credit)
    fulfil_many([credit], at=moment)
    duty.refresh_from_db()
    return Fulfilment.objects.get(duty=duty, source=credit.source, key=key)


def _refuse_files_given(duty: Duty, credit: Credit) -> None:
    """Refused when every file counts already, or was found untrue, for the duty or another period of what the unit owes there."""
    given = {file.sha256 for file in credit.attachments}
    if not given:
        return
    owed = Duty.objects.filter(pk=duty.pk)
    if not duty.period.startswith(EVENT_MARK):
        whose = {"unit": duty.unit_id, "post": duty.post_id, "mine": duty.mine_id}
        owed = Duty.objects.filter(obligation=duty.obligation, **whose)
    fulfilments = Fulfilment.objects.filter(Q(revoked_at=None) | Q(barred_at__isnull=False), duty__in=owed)
    fulfilments = fulfilments.exclude(duty=duty, source=credit.source, key=credit.key)
    if given <= set(fulfilments.filter(attachments__sha256__in=given).values_list("attachments__sha256", flat=True)):
        raise Refused("所附材料此前已用于本事项（或已核实不属实），同一文件不重复计入，请上传本次办理的材料。")


@transaction.atomic
def fulfil_many(credits_given: Iterable[Credit], *, at: datetime) -> set[int]:
    """Give many credits at once; returns the duties that changed. A credit that is there takes the newer day.

    The duties are locked, in the order of their keys, to the end of the transaction. Cancelled ones take no credit.
    """
    wanted = list(credits_given)
    duties = lock_duties({credit.duty_id for credit in wanted})
    return give(duties, wanted, known_credits(duties), at=at)


def give(
    duties: Mapping[int, Duty], credits_given: Iterable[Credit], known: dict["Name", "Known"], *, at: datetime
) -> set[int]:
    """As :func:`fulfil_many`, for duties that the caller has locked, with the credits they have; both are brought in step."""
    wanted = {
        (credit.duty_id, credit.source, credit.key): credit
        for credit in credits_given
        if duties[credit.duty_id].cancelled_at is None
    }
    new = [credit for name, credit in wanted.items() if name not in known]
    changed = _not_refuted(
        [(known[name], credit) for name, credit in wanted.items() if name in known and known[name].differs(credit)]
    )
    insert_rows("duty_fulfilment", COLUMNS, [row_of(credit) for credit in new])
    for credit in new:
        known[credit.duty_id, credit.source, credit.key] = Known(0, credit.recorded_at, None, *credit.said)
        if credit.attachments:
            made = Fulfilment.objects.get(duty=credit.duty_id, source=credit.source, key=credit.key)
            made.attachments.set(credit.attachments)
    for known_credit, credit in changed:
        known[credit.duty_id, credit.source, credit.key] = _renewed(known_credit, credit, at)
    lines = [_line(credit, "duty_credited") for credit in new]
    lines += [_line(credit, "duty_credit_changed") for _, credit in changed]
    touched = {credit.duty_id for credit in new} | {credit.duty_id for _, credit in changed}
    settle([duties[pk] for pk in sorted(touched)], known, lines, at)
    return touched


def _not_refuted(changed: list[tuple[Known, Credit]]) -> list[tuple[Known, Credit]]:
    """Without the credits that were found untrue: the same evidence brings none of them back."""
    revoked = [known_credit.pk for known_credit, _ in changed if known_credit.revoked_at is not None]
    if not revoked:
        return changed
    judged = Judgement.objects.filter(fulfilment__in=revoked, confirmed=False, ended_at=None)
    refuted = set(judged.values_list("fulfilment_id", flat=True))
    refuted |= set(Fulfilment.objects.filter(pk__in=revoked, barred_at__isnull=False).values_list("pk", flat=True))
    return [pair for pair in changed if pair[0].pk not in refuted]


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
    fulfilments = Fulfilment.objects.filter(source=Source(source).value, key=key, revoked_at=None)
    if duties is not None:
        fulfilments = fulfilments.filter(duty__in=list(duties))
    touched = set(fulfilments.values_list("duty_id", flat=True))
    locked = lock_duties(touched)
    fulfilments.filter(duty__in=touched).update(revoked_at=at)
    data = {"source": Source(source).value, "key": key, "reason": reason}
    lines = [Line(locked[pk], "duty_credit_revoked", data, actor) for pk in sorted(touched)]
    settle([locked[pk] for pk in sorted(touched)], known_credits(locked), lines, at)
    return touched


def lock_duties(keys: set[int]) -> dict[int, Duty]:
    """The duties, locked in the order of their keys to the end of the transaction."""
    duties = Duty.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    return {duty.pk: duty for duty in duties}


def _renewed(known_credit: Known, credit: Credit, at: datetime) -> Known:
    """A credit whose evidence was corrected: what it says now; one that had been taken back is known again only from now on."""
    recorded_at = known_credit.recorded_at if known_credit.revoked_at is None else at
    grade = credit.grade if known_credit.revoked_at is not None else proven([known_credit.grade, credit.grade])
    said = (credit.done_at, grade, *credit.said[2:])
    changes = dict(zip(SAID, said, strict=True))
    Fulfilment.objects.filter(pk=known_credit.pk).update(**changes, recorded_at=recorded_at, revoked_at=None)
    return Known(known_credit.pk, recorded_at, None, *said)


def _line(credit: Credit, action: str) -> Line:
    data: dict[str, Any] = {
        "source": credit.source,
        "key": credit.key,
        "done_at": credit.done_at,
        "grade": credit.grade,
    }
    if credit.note:
        data["note"] = credit.note
    return Line(("duty.duty", credit.duty_id), action, data, credit.actor)


_MOMENTS = {
    "done_at": "timestamptz",
    "recorded_at": "timestamptz",
    "wakes_at": "timestamptz",
    "rung": "smallint",
    "grade": "text",
}
CHANGED = tuple(_MOMENTS)


def settle(duties: Sequence[Duty], known: Mapping[Name, Known], lines: list[Line], at: datetime) -> None:
    """Bring done and recorded moments of locked duties in step with their credits; record what happened to each."""
    valid: dict[int, list[Counted]] = defaultdict(list)
    for (duty_id, _, _), known_credit in known.items():
        if known_credit.revoked_at is None:
            valid[duty_id].append(Counted(known_credit.recorded_at, *known_credit.said))
    changed = []
    for duty in duties:
        before = duty.done_at
        if set_done(duty, sorted(valid[duty.pk]), at):
            changed.append(duty)
            if (before is None) != (duty.done_at is None):
                action = "duty_done" if duty.done_at else "duty_reopened"
                lines.append(Line(duty, action, {"done_at": duty.done_at, "recorded_at": duty.recorded_at}))
    update_rows("duty_duty", _MOMENTS, [(duty.pk, *(getattr(duty, name) for name in CHANGED)) for duty in changed])
    record_many(lines, at)


def set_done(duty: Duty, credits_known: Sequence[Counted], at: datetime) -> bool:
    """Set the moments and the grade of a duty by its valid credits, in the order they became known; True if they changed.

    The first ``needed`` of them count (of several about the same person or thing the first; of a standing duty those that hold on the
    day, of what the level above must countersign those that it did): done at the latest of their moments,
    recorded with the last of them. Later credits only prove it better. A duty that lost one wakes again at its ladder's first step.
    """
    before = tuple(getattr(duty, name) for name in CHANGED)
    apart = list(_apart(_counting(duty, credits_known, at)))
    counted = apart[: duty.needed]
    if len(counted) >= duty.needed:
        duty.done_at, duty.recorded_at = max(credit.done_at for credit in counted), counted[-1].recorded_at
        duty.grade, duty.wakes_at = proven((credit.grade for credit in apart), duty.needed), None
    else:
        reopened = duty.done_at is not None
        duty.done_at = duty.recorded_at = None
        if reopened and duty.excused_at is None:
            obligation = obligations().get(duty.obligation)
            first = first_wake(obligation, duty.due_at) if obligation else None
            duty.wakes_at, duty.rung = (max(first, at) if first else None), 0
    return tuple(getattr(duty, name) for name in CHANGED) != before


def _counting(duty: Duty, credits_known: Iterable[Counted], at: datetime) -> Iterator[Counted]:
    """The credits that count on the day, or on the last day of a duty's period that has passed."""
    obligation, day = obligations().get(duty.obligation), min(clock.civil_date(at), duty.last_on)
    for credit in credits_known:
        if credit.holds_on(day) and not (obligation and obligation.accepted and credit.grade == Grade.own):
            yield credit


def _apart(credits_known: Iterable[Counted]) -> Iterator[Counted]:
    """Without further credits about whom there is one already."""
    seen: set[str] = set()
    for credit in credits_known:
        if not credit.about or credit.about not in seen:
            seen.add(credit.about)
            yield credit
