"""Opening duties: those of every current period, and those that follow an event. Idempotent."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import DatabaseError, transaction
from django.db.models import Count, Max

from kuangan.base.clock import civil_date
from kuangan.base.period import Period, parse_period, period_of, periods_between
from kuangan.core.actions import Line, record, record_many
from kuangan.core.bulk import insert_rows, update_rows
from kuangan.core.models import Post, Unit, User
from kuangan.duty.models import Duty, Opening
from kuangan.duty.owing import Owing, World, owing
from kuangan.duty.terms import INSTANT, Terms, event_terms, once_terms, period_terms
from kuangan.law.content import corpus_digest
from kuangan.law.obligation import EVENT, ONCE, Obligation, obligations
from kuangan.mine.models import Mine

log = logging.getLogger("kuangan.duty")


def open_due(at: datetime) -> int:
    """Open every obligation's duties of every period that has begun and is not opened yet; returns how many rows came new.

    Periods between the last opening and ``at`` are caught up. A duty that is there stays as it is. An obligation that fails is
    logged and left for the next call; the others are opened.
    """
    world, newest, there = World(at), _newest_periods(), _There()
    plan: list[_Batch] = []
    for obligation in obligations().values():
        try:
            for spell in _spells(obligation, newest.get(obligation.id), at):
                known = there[obligation.id, "" if spell.once else spell.key]
                missing = [each for each in owing(obligation, spell.first, world) if each.key not in known]
                if missing:
                    plan.append(_Batch(obligation, spell, missing))
        except Exception:
            log.exception("the duties of %s were not opened; the others go on, tried again next time", obligation.id)
    return _written(plan, at)


@transaction.atomic
def open_event(
    *,
    obligation: Obligation,
    unit: Unit,
    start: datetime,
    due_at: datetime | None,
    subject: str,
    title: str,
    mine: Mine | None = None,
    post: Post | None = None,
    role: str = "",
    actor: User | None = None,
    at: datetime,
) -> Duty:
    """Open the duty that follows an event at ``start``, due at ``due_at`` or after the obligation's span.

    ``subject`` names the event; the same one opens the same duty once. ``role`` where the obligation's is not known at the unit.
    """
    known = Duty.objects.filter(obligation=obligation.id, unit=unit, post=post, mine=mine, subject=subject).first()
    if known is not None:
        return known
    terms = event_terms(obligation, start, due_at)
    period = event_period(terms.due_at)
    opening = _opening(obligation, period, at)
    duty = _duty(obligation, Owing(unit, World(at).county_of(unit), post, mine), terms, opening, at)
    duty.role, duty.title, duty.subject = role or obligation.role.value, title[:200], subject
    duty.period, duty.first_on, duty.last_on = period, civil_date(start), last_day(terms.due_at, civil_date(start))
    duty.needed = obligation.needed(period_of("year", civil_date(start)))
    Duty.objects.bulk_create([duty], ignore_conflicts=True)
    made = Duty.objects.get(
        obligation=obligation.id, unit=unit, post=post, mine=mine, period=duty.period, subject=subject
    )
    Opening.objects.filter(pk=opening.pk).update(count=opening.duties.count())
    data = {"obligation": obligation.id, "unit": unit.code, "due_at": terms.due_at, "subject": subject}
    record(actor=actor, action="duty_opened", subject=made, data=data, at=at)
    return made


def event_period(due_at: datetime) -> str:
    """The key of the month in which something bound to an event falls due."""
    return f"E{civil_date(due_at - INSTANT):%Y-%m}"


def last_day(due_at: datetime, first: date) -> date:
    """The last day on which something due at ``due_at`` is in time."""
    return max(first, civil_date(due_at - INSTANT))


def first_wake(obligation: Obligation, due_at: datetime) -> datetime | None:
    """The moment of the ladder's first rung."""
    return min((due_at + rung.after for rung in obligation.ladder), default=None)


class _Spell:
    """A stretch of time for which an obligation's duties are opened at once, with its terms."""

    def __init__(self, obligation: Obligation, period: Period | None) -> None:
        self.terms: Terms = period_terms(obligation, period) if period else once_terms(obligation)
        self.key = period.key if period else event_period(self.terms.due_at)
        self.first = period.first if period else obligation.valid_from
        self.last = period.last if period else last_day(self.terms.due_at, self.first)
        self.needed = obligation.needed(period or period_of("year", self.first))
        self.once = period is None


def _spells(obligation: Obligation, newest: str | None, at: datetime) -> Iterator[_Spell]:
    today = civil_date(at)
    if obligation.cadence == EVENT:
        return
    if obligation.cadence == ONCE:
        if obligation.in_force(today):
            yield _Spell(obligation, None)
        return
    current = obligation.period_on(today)
    begin = parse_period(newest).last + timedelta(days=1) if newest else current.first
    for period in periods_between(current.kind, min(begin, current.first), today):
        if obligation.in_force(min(today, period.last)):
            yield _Spell(obligation, period)


def _newest_periods() -> dict[str, str]:
    """The last period that was opened, by obligation bound to periods."""
    rows = Opening.objects.exclude(period__startswith="E").values("obligation").annotate(newest=Max("period"))
    return {row["obligation"]: row["newest"] for row in rows}


Key = tuple[int, int | None, int | None]


class _There(dict[tuple[str, str], set[Key]]):
    """Who has a duty already, by obligation and period ("" for what is owed once); a period is read when first asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._read: set[str] = set()

    def __missing__(self, name: tuple[str, str]) -> set[Key]:
        _, period = name
        if period not in self._read:
            self._read.add(period)
            rows = Duty.objects.filter(period=period) if period else Duty.objects.filter(obligation__in=_once_ids())
            for obligation_id, *key in rows.values_list("obligation", "unit_id", "post_id", "mine_id"):
                self.setdefault((obligation_id, period), set()).add((key[0], key[1], key[2]))
        return self.setdefault(name, set())


def _once_ids() -> list[str]:
    return [each.id for each in obligations().values() if each.cadence == ONCE]


class _Batch(NamedTuple):
    """Those who lack their duty of an obligation for a stretch of time."""

    obligation: Obligation
    spell: _Spell
    missing: Sequence[Owing]


def _written(plan: Sequence[_Batch], at: datetime) -> int:
    """Write all batches together; when the database refuses that, each by itself, so that one bad one keeps no other."""
    try:
        return _write(plan, at)
    except DatabaseError:
        log.exception("%d batches of duties were refused together; each is tried by itself", len(plan))
    opened = 0
    for batch in plan:
        try:
            opened += _write([batch], at)
        except DatabaseError:
            log.exception("the duties of %s were refused; the others go on", batch.obligation.id)
    return opened


@transaction.atomic
def _write(plan: Sequence[_Batch], at: datetime) -> int:
    if not plan:
        return 0
    openings = _openings(plan, at)
    rows = [row for batch in plan for row in _rows(batch, openings[batch.obligation.id, batch.spell.key].pk, at)]
    insert_rows("duty_duty", _COLUMNS, rows, once=True)
    found = Duty.objects.filter(opening__in=[each.pk for each in openings.values()]).values("opening")
    counts = {row["opening"]: row["number"] for row in found.annotate(number=Count("pk"))}
    update_rows("duty_opening", {"count": "integer"}, list(counts.items()))
    added = {each.pk: counts.get(each.pk, 0) - each.count for each in openings.values()}
    record_many([_line(batch, openings[batch.obligation.id, batch.spell.key], added) for batch in plan], at)
    return sum(added.values())


def _line(batch: _Batch, opening: Opening, added: Mapping[int, int]) -> Line:
    missing = sorted(batch.spell.terms.missing)
    if missing:
        years = "、".join(str(year) for year in missing)
        log.warning("%s %s: no calendar of %s; plain weeks until it comes", batch.obligation.id, batch.spell.key, years)
    data = {
        "obligation": batch.obligation.id,
        "period": batch.spell.key,
        "opened": added[opening.pk],
        "missing_calendars": missing,
    }
    return Line(opening, "duties_opened", data)


def _openings(plan: Sequence[_Batch], at: datetime) -> dict[tuple[str, str], Opening]:
    """The openings of the batches, made where they are new, locked to the end of the transaction."""
    columns = {"obligation": "text", "period": "text", "corpus_digest": "text", "at": "timestamptz", "count": "integer"}
    rows = [(batch.obligation.id, batch.spell.key, corpus_digest(), at, 0) for batch in plan]
    insert_rows("duty_opening", columns, rows, once=True)
    found = Opening.objects.select_for_update().filter(
        corpus_digest=corpus_digest(), period__in={row[1] for row in rows}, obligation__in={row[0] for row in rows}
    )
    return {(each.obligation, each.period): each for each in found.order_by("pk")}


_COLUMNS = {
    "opening_id": "bigint",
    "obligation": "text",
    "measure": "text",
    "unit_id": "bigint",
    "role": "text",
    "post_id": "bigint",
    "mine_id": "bigint",
    "county_id": "bigint",
    "path": "text",
    "title": "text",
    "subject": "text",
    "period": "text",
    "first_on": "date",
    "last_on": "date",
    "needed": "smallint",
    "opened_at": "timestamptz",
    "due_at": "timestamptz",
    "grace_at": "timestamptz",
    "provisional": "boolean",
    "cancelled_for": "text",
    "rung": "smallint",
    "wakes_at": "timestamptz",
}


def _rows(batch: _Batch, opening: int, at: datetime) -> list[tuple[Any, ...]]:
    """The new rows of a batch, in the order of the columns."""
    obligation, spell, missing = batch
    terms = spell.terms
    wakes_at = first_wake(obligation, terms.due_at)
    return [
        (
            opening,
            obligation.id,
            obligation.measure,
            each.unit.pk,
            obligation.role.value,
            each.post.pk if each.post else None,
            each.mine.pk if each.mine else None,
            each.county.pk if each.county else None,
            each.unit.path,
            each.title(obligation)[:200],
            "",
            spell.key,
            spell.first,
            spell.last,
            spell.needed,
            at,
            terms.due_at,
            terms.grace_at,
            terms.provisional,
            "",
            0,
            wakes_at,
        )
        for each in missing
    ]


def _opening(obligation: Obligation, period: str, at: datetime) -> Opening:
    opening, _ = Opening.objects.get_or_create(
        obligation=obligation.id, period=period, corpus_digest=corpus_digest(), defaults={"at": at}
    )
    return Opening.objects.select_for_update().get(pk=opening.pk)


def _duty(obligation: Obligation, who: Owing, terms: Terms, opening: Opening, at: datetime) -> Duty:
    return Duty(
        opening=opening,
        obligation=obligation.id,
        measure=obligation.measure,
        unit=who.unit,
        role=obligation.role.value,
        post=who.post,
        mine=who.mine,
        county=who.county,
        path=who.unit.path,
        title=who.title(obligation)[:200],
        opened_at=at,
        due_at=terms.due_at,
        grace_at=terms.grace_at,
        provisional=terms.provisional,
        wakes_at=first_wake(obligation, terms.due_at),
    )
