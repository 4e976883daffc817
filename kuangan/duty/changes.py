"""What changes open duties without being done: a newer corpus or calendar, a mine that stops, a corrected event."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from kuangan.base import clock
from kuangan.base.clock import civil_date
from kuangan.base.period import parse_period
from kuangan.core.actions import Line, record, record_many, tell_aside
from kuangan.core.apart import apart
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.core.queries.go_live import GoLiveDays, go_live_days
from kuangan.duty.credit import Counted
from kuangan.duty.credits import CHANGED, set_done
from kuangan.duty.models import Duty, Fulfilment
from kuangan.duty.owing import binds, is_owed_still
from kuangan.duty.queries import OPEN
from kuangan.duty.terms import event_period, event_terms, first_wake, last_day_in_time
from kuangan.duty.terms_now import Fresh, fresh_terms
from kuangan.law.duty.obligation_file import EVENT, ONCE, Obligation, obligations
from kuangan.mine.models import Mine, MineStatus
from kuangan.mine.queries import attributes_on

STAGE: Final = "duty_changes"
"""The key of the incident that some duties could not be brought up to date."""
AT_ONCE: Final = 5000
ENDED: Final = "所依据的义务已不再施行"
STOPPED: Final = "煤矿已停产停建或者关闭"
REGRADED: Final = "煤矿的类别、等级或者状况已变化，本事项不再适用"
NOT_LIVE: Final = "单位尚未启用平台，启用日之前的事项不计"
_TERMS: Final = ("due_at", "grace_at", "provisional", "needed", "period", "first_on", "last_on")


@transaction.atomic
def cancel(
    *, actor: User | None, duties: Iterable[Duty], reason: str, done_too: bool = False, at: datetime | None = None
) -> int:
    """Say that duties are owed no more, and why. Refused without a reason.

    Those cancelled stay as they are, and so do those done unless ``done_too``: these were never owed.
    """
    moment = at or clock.now()
    if not reason.strip():
        raise Refused("请写明取消的原因。")
    keys = [duty.pk for duty in duties]
    standing = Duty.objects.select_for_update().filter(pk__in=keys, cancelled_at=None)
    cancelled = list((standing if done_too else standing.filter(done_at=None)).order_by("pk"))
    Duty.objects.filter(pk__in=[duty.pk for duty in cancelled]).update(
        cancelled_at=moment, cancelled_for=reason.strip()[:200], wakes_at=None
    )
    record_many([Line(duty, "duty_cancelled", {"reason": reason}, actor) for duty in cancelled], moment)
    return len(cancelled)


@transaction.atomic
def excuse(*, actor: User | None, duty: Duty, case: str, at: datetime) -> None:
    """Free an open duty from urging, by the case of this number. It never counts as done. Refused when it is settled."""
    freed = Duty.objects.filter(OPEN, pk=duty.pk).update(excused_at=at, wakes_at=None)
    if freed != 1:
        raise Refused(f"“{duty.title}”已办结、已取消或已认可免责，无需免责。")
    record(actor=actor, action="excuse_accepted", subject=duty, data={"case": case}, at=at)


@transaction.atomic
def reinstate(*, actor: User | None, duties: Iterable[Duty], at: datetime) -> int:
    """What was cancelled is owed again, as it was; what had been done stays done."""
    keys = [duty.pk for duty in duties]
    reinstated = list(Duty.objects.select_for_update().filter(pk__in=keys, cancelled_at__isnull=False).order_by("pk"))
    lines = []
    for duty in reinstated:
        obligation = obligations().get(duty.obligation)
        lines.append(Line(duty, "duty_reinstated", {"cancelled_for": duty.cancelled_for}, actor))
        duty.cancelled_at, duty.cancelled_for, duty.rung = None, "", 0
        duty.wakes_at = first_wake(obligation, duty.due_at) if obligation and duty.done_at is None else None
    Duty.objects.bulk_update(reinstated, ("cancelled_at", "cancelled_for", "wakes_at", "rung"), batch_size=500)
    record_many(lines, at)
    return len(reinstated)


@transaction.atomic
def reschedule(*, actor: User | None, duty: Duty, start: datetime, due_at: datetime | None, at: datetime) -> bool:
    """The event that a duty follows was corrected: its due time is counted anew. True if it changed."""
    obligation = obligations().get(duty.obligation)
    locked = Duty.objects.select_for_update().get(pk=duty.pk)
    if obligation is None or locked.done_at is not None:
        return False
    terms = event_terms(obligation, start, due_at)
    locked.first_on = civil_date(start)
    return bool(_changed([Fresh(locked, obligation, terms, locked.needed)], actor, at))


def recompute_open(at: datetime) -> int:
    """Bring duties in step with the corpus, the calendar and the mines of now; each change is recorded.

    Due times and counts follow the obligation and the published calendar; what has fallen due already is given more time, never
    less, and is asked for no more than before, unless its time was provisional; what has not keeps its time where the new one has
    passed. What is done and not yet due is open again where the city asks for more of it. Duties of obligations that ended or
    changed their owner's kind, and duties not yet due about mines that stopped or are of another class or grade now, are
    cancelled; those of mines that run again, or of which the decision was taken back, come back. So it is with what a unit owes before it
    works on the platform.
    """
    changed = 0
    by_obligation: dict[str, list[Duty]] = defaultdict(list)
    for duty in Duty.objects.filter(_unsettled(at)).select_related("unit").order_by("pk"):
        by_obligation[duty.obligation].append(duty)
    for duties in by_obligation.values():
        changed += _each_apart(duties, _in_step, at)
    every = [duty for duties in by_obligation.values() for duty in duties]
    changed += _each_apart(every, _no_more_bound, at) + _each_apart(_cancelled_for_the_mine(at), _bound_again, at)
    return changed + follow_go_live(at)


def follow_go_live(at: datetime) -> int:
    """Bring open duties in step with the days from which units work on the platform; what was not owed for that alone comes back."""
    days = go_live_days()
    if not days.by_path:
        return 0
    begun = Duty.objects.filter(OPEN, _within(days.by_path), first_on__lt=max(days.by_path.values()))
    early = [duty for duty in begun.order_by("pk") if not _is_live(duty, days)]
    waiting = Duty.objects.filter(cancelled_for=NOT_LIVE, done_at=None).order_by("pk")
    back = [duty for duty in waiting if _is_live(duty, days)]
    return cancel(actor=None, duties=early, reason=NOT_LIVE, at=at) + reinstate(actor=None, duties=back, at=at)


def _within(paths: Iterable[str]) -> Q:
    return reduce(or_, (Q(path__startswith=path) for path in paths))


def _is_live(duty: Duty, days: GoLiveDays) -> bool:
    obligation = obligations().get(duty.obligation)
    return obligation is None or is_owed_still(obligation, duty, days)


def terms_of_now(obligation_ids: Collection[str], at: datetime) -> dict[int, Fresh]:
    """Duties of these obligations with the terms and the count that :func:`recompute_open` would give each now."""
    terms: dict[int, Fresh] = {}
    for obligation_id in obligation_ids:
        obligation = obligations()[obligation_id]
        duties = Duty.objects.filter(_unsettled(at), obligation=obligation_id).select_related("unit").order_by("pk")
        owed = [duty for duty in duties if _owed_still(obligation, duty)]
        terms |= {fresh.duty.pk: fresh for fresh in fresh_terms(obligation, owed, at)}
    return terms


def _unsettled(at: datetime) -> Q:
    """Open duties, and those done before their time whose count is the city's to say: another count may open them again."""
    counted = [obligation.id for obligation in obligations().values() if obligation.times_key]
    return OPEN | Q(obligation__in=counted, done_at__isnull=False, cancelled_at=None, due_at__gt=at)


def _each_apart(duties: Sequence[Duty], change: Callable[[Sequence[Duty], datetime], int], at: datetime) -> int:
    """Change duties; one that cannot be changed stays as it is and is said, the others go on."""
    counts, aside = apart(duties, lambda part: change(part, at), at_once=AT_ONCE, most=len(duties))
    tell_aside(stage=STAGE, label="履职事项重算", aside=aside, at=at)
    return sum(counts)


def _in_step(duties: Sequence[Duty], at: datetime) -> int:
    """Cancel those duties of an obligation that it owes no more, bring the others in step with it."""
    obligation = obligations().get(duties[0].obligation)
    ended = [duty for duty in duties if obligation is None or not _owed_still(obligation, duty)]
    changed = cancel(actor=None, duties=ended, reason=ENDED, at=at) if ended else 0
    if obligation is not None:
        gone = {duty.pk for duty in ended}
        changed += _recomputed(obligation, [duty for duty in duties if duty.pk not in gone], at)
    return changed


def _owed_still(obligation: Obligation, duty: Duty) -> bool:
    """Whether the obligation binds on some day of the duty's time, and still by periods of that kind, or by events."""
    if duty.last_on < obligation.valid_from or (
        obligation.valid_to is not None and obligation.valid_to <= duty.first_on
    ):
        return False
    if duty.subject or duty.period.startswith("E"):
        return obligation.cadence == (EVENT if duty.subject else ONCE)
    if obligation.cadence in (EVENT, ONCE):
        return False
    return parse_period(duty.period).kind == obligation.period_on(duty.first_on).kind


@transaction.atomic
def _recomputed(obligation: Obligation, duties: Sequence[Duty], at: datetime) -> int:
    differing = {fresh.duty.pk for fresh in fresh_terms(obligation, duties, at) if fresh.differs}
    if not differing:
        return 0
    locked = Duty.objects.select_for_update().filter(_unsettled(at), pk__in=differing).order_by("pk")
    return _changed(fresh_terms(obligation, list(locked), at), None, at)


def _changed(fresh_duties: Sequence[Fresh], actor: User | None, at: datetime) -> int:
    """Write the differing terms of locked duties, with a record each; a smaller count may make a duty done, a larger open it again."""
    changed, lines = [], []
    differing = [fresh for fresh in fresh_duties if fresh.differs]
    credits_known = _credits([fresh.duty for fresh in differing])
    for fresh in differing:
        duty, terms = fresh.duty, fresh.terms
        data: dict[str, Any] = {
            "before": {"due_at": duty.due_at, "grace_at": duty.grace_at, "needed": duty.needed},
            "after": {"due_at": terms.due_at, "grace_at": terms.grace_at, "needed": fresh.needed},
        }
        if terms.due_at != duty.due_at:
            duty.wakes_at, duty.rung = first_wake(fresh.obligation, terms.due_at), 0
            if duty.period.startswith("E"):
                duty.period, duty.last_on = event_period(terms.due_at), last_day_in_time(terms.due_at, duty.first_on)
        duty.due_at, duty.grace_at = terms.due_at, terms.grace_at
        duty.provisional, duty.needed = terms.provisional, fresh.needed
        set_done(duty, credits_known[duty.pk], at)
        changed.append(duty)
        lines.append(Line(duty, "duty_recomputed", {**data, "provisional": terms.provisional}, actor))
    Duty.objects.bulk_update(changed, sorted({*_TERMS, *CHANGED}), batch_size=500)
    record_many(lines, at)
    return len(changed)


def _credits(duties: Sequence[Duty]) -> dict[int, list[Counted]]:
    by_duty: dict[int, list[Counted]] = defaultdict(list)
    fulfilments = Fulfilment.objects.filter(duty__in=[duty.pk for duty in duties], revoked_at=None)
    for fulfilment in fulfilments.order_by("recorded_at", "done_at", "pk"):
        said = (fulfilment.done_at, fulfilment.grade, fulfilment.about, fulfilment.holds_from, fulfilment.holds_until)
        by_duty[fulfilment.duty_id].append(Counted(fulfilment.recorded_at, *said))
    return by_duty


def _no_more_bound(duties: Sequence[Duty], at: datetime) -> int:
    """Duties of a period, not yet due, that would not be opened any more: the mine stands still, is closed, or of another class or grade."""
    today = civil_date(at)
    to_come = [duty for duty in duties if duty.mine_id and duty.due_at > at and duty.first_on <= today]
    known = _properties(to_come, at)
    gone: dict[str, list[Duty]] = defaultdict(list)
    for duty in to_come:
        obligation, properties = obligations().get(duty.obligation), known.get(duty.mine_id or 0, {})
        if obligation is None or (duty.subject and properties.get("status") != MineStatus.closed):
            continue
        if not binds(obligation, properties):
            idle = "status" in properties and not binds(obligation, {"status": properties["status"]})
            gone[STOPPED if idle else REGRADED].append(duty)
    return sum(cancel(actor=None, duties=ended, reason=reason, at=at) for reason, ended in gone.items())


def _cancelled_for_the_mine(at: datetime) -> list[Duty]:
    return list(Duty.objects.filter(cancelled_for__in=(STOPPED, REGRADED), done_at=None, due_at__gt=at).order_by("pk"))


def _bound_again(duties: Sequence[Duty], at: datetime) -> int:
    """What was cancelled for the sake of the mine is owed again when it binds before it falls due."""
    known = _properties(duties, at)
    back = []
    for duty in duties:
        obligation, properties = obligations().get(duty.obligation), known.get(duty.mine_id or 0, {})
        if obligation is not None and binds(obligation, properties):
            back.append(duty)
    return reinstate(actor=None, duties=back, at=at)


def _properties(duties: Iterable[Duty], at: datetime) -> dict[int, dict[str, str]]:
    """The dated attributes that the mines of these duties have now."""
    mines = {duty.mine_id for duty in duties if duty.mine_id}
    return attributes_on(Mine.objects.filter(pk__in=mines), civil_date(at))
