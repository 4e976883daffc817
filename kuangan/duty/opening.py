"""Opening duties: those of every current period, and those that follow an event. Idempotent."""

import logging
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

from kuangan.base.clock import civil_date
from kuangan.base.period import Period, parse_period, period_of, periods_between
from kuangan.core.actions import record
from kuangan.core.bulk import insert_rows
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
    world, newest, there, opened = World(at), _newest_periods(), _There(), 0
    for obligation in obligations().values():
        try:
            for spell in _spells(obligation, newest.get(obligation.id), at):
                opened += _open(obligation, spell, world, there[obligation.id, "" if spell.once else spell.key])
        except Exception:
            log.exception("the duties of %s were not opened; the others go on, tried again next time", obligation.id)
    return opened


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


def _open(obligation: Obligation, spell: _Spell, world: World, there: set[Key]) -> int:
    missing = [each for each in owing(obligation, spell.first, world) if each.key not in there]
    return _write(obligation, spell, missing, world.at) if missing else 0


@transaction.atomic
def _write(obligation: Obligation, spell: _Spell, missing: Sequence[Owing], at: datetime) -> int:
    if spell.terms.missing:
        years = "、".join(str(year) for year in sorted(spell.terms.missing))
        log.error("%s %s: no calendar of %s; plain weeks are assumed until it comes", obligation.id, spell.key, years)
    opening = _opening(obligation, spell.key, at)
    _insert(obligation, spell, missing, opening, at)
    count = opening.duties.count()
    added = count - opening.count
    Opening.objects.filter(pk=opening.pk).update(count=count)
    data = {"obligation": obligation.id, "period": spell.key, "opened": added, "missing_calendars": spell.terms.missing}
    record(actor=None, action="duties_opened", subject=opening, data=data, at=at)
    return added


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


def _insert(obligation: Obligation, spell: _Spell, missing: Sequence[Owing], opening: Opening, at: datetime) -> None:
    terms = spell.terms
    wakes_at = first_wake(obligation, terms.due_at)
    rows = [
        (
            opening.pk,
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
    insert_rows("duty_duty", _COLUMNS, rows, once=True)


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
