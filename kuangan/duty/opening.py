"""Opening duties of every current period. Idempotent."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db.models import Max

from kuangan.base.clock import civil_date
from kuangan.base.period import Period, parse_period, period_of, periods_between
from kuangan.core.actions import Line, record_many, tell_aside
from kuangan.core.apart import Aside, apart, is_lost
from kuangan.duty.models import Duty, Opening
from kuangan.duty.owing import BY_MINE, Owing, World, is_owed, owing
from kuangan.duty.rows import count_duties, duty_row, insert_duties, openings_for
from kuangan.duty.terms import Terms, event_period, last_day_in_time, once_terms, period_terms
from kuangan.law.duty.obligation_file import EVENT, ONCE, Obligation, obligations

log = logging.getLogger("kuangan.duty")
STAGE: Final = "duty_opening"
"""The key of the incident that some duties could not be opened."""
AT_ONCE: Final = 20_000
"""Duties of one transaction at most; its statements are smaller (see ``core.bulk``). A month of a city is fewer."""


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
                bound = owing(obligation, spell.first, world, spell.today(at))
                live = (owed for owed in bound if spell.binds(obligation, world.go_live.day_of(owed.unit.path)))
                missing = [owed for owed in live if not _is_there(obligation, owed, known)]
                if missing:
                    plan.append(_Batch(obligation, spell, missing))
        except Exception as error:
            if is_lost(error):
                raise
            log.exception("the duties of %s were not opened; the others go on, tried again next time", obligation.id)
    return _written(plan, at)


def _is_there(obligation: Obligation, owed: Owing, known: Collection["Key"]) -> bool:
    """Whether it is owed already: by this unit, or, about a mine that another body supervised when it was opened, by that one."""
    if owed.key in known:
        return True
    if obligation.owner not in BY_MINE or obligation.scope != "mine":
        return False
    return any(mine == owed.key[2] for _, _, mine in known)


class _Spell:
    """A stretch of time for which an obligation's duties are opened at once, with its terms."""

    def __init__(self, obligation: Obligation, period: Period | None) -> None:
        self.terms: Terms = period_terms(obligation, period) if period else once_terms(obligation)
        self.key = period.key if period else event_period(self.terms.due_at)
        self.first = period.first if period else obligation.valid_from
        self.last = period.last if period else last_day_in_time(self.terms.due_at, self.first)
        self.needed = obligation.needed(period or period_of("year", self.first))
        self.once = period is None

    def today(self, at: datetime) -> date:
        """The day of it that has come by a moment; what is owed once is judged by its first day."""
        return self.first if self.once else min(max(civil_date(at), self.first), self.last)

    def binds(self, obligation: Obligation, live_from: date) -> bool:
        """Whether a unit that works on the platform from a day on owes it."""
        return is_owed(obligation, live_from, self.first, self.terms.due_at, self.needed)


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
    openings = Opening.objects.exclude(period__startswith="E").values("obligation").annotate(newest=Max("period"))
    return {opening["obligation"]: opening["newest"] for opening in openings}


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
            duties = Duty.objects.filter(period=period) if period else Duty.objects.filter(obligation__in=_once_ids())
            for obligation_id, *key in duties.values_list("obligation", "unit_id", "post_id", "mine_id"):
                self.setdefault((obligation_id, period), set()).add((key[0], key[1], key[2]))
        return self.setdefault(name, set())


def _once_ids() -> list[str]:
    return [obligation.id for obligation in obligations().values() if obligation.cadence == ONCE]


class _Batch(NamedTuple):
    """Those who lack their duty of an obligation for a stretch of time."""

    obligation: Obligation
    spell: _Spell
    missing: Sequence[Owing]


class _Lacking(NamedTuple):
    """A unit that lacks its duty of this obligation and spell."""

    obligation: Obligation
    spell: _Spell
    who: Owing


def _written(plan: Sequence[_Batch], at: datetime) -> int:
    """Write all batches together; where that fails each duty that can be written is, and the others are said."""
    lacking = [_Lacking(batch.obligation, batch.spell, owed) for batch in plan for owed in batch.missing]
    opened, aside = apart(lacking, lambda part: _write(_batches(part), at), at_once=AT_ONCE, most=len(lacking))
    told = [Aside(f"{failed.row.who.unit.name}“{failed.row.obligation.title}”", failed.error) for failed in aside]
    tell_aside(stage=STAGE, label="履职事项生成", aside=told, at=at)
    return sum(opened)


def _batches(part: Sequence[_Lacking]) -> list[_Batch]:
    """Those who lack a duty, together again by obligation and stretch of time."""
    groups: dict[tuple[str, str], list[_Lacking]] = defaultdict(list)
    for lacking in part:
        groups[lacking.obligation.id, lacking.spell.key].append(lacking)
    return [
        _Batch(lacking[0].obligation, lacking[0].spell, [group.who for group in lacking]) for lacking in groups.values()
    ]


def _write(plan: Sequence[_Batch], at: datetime) -> int:
    openings = openings_for([(batch.obligation.id, batch.spell.key) for batch in plan], at)
    insert_duties(
        [line for batch in plan for line in _duty_values(batch, openings[batch.obligation.id, batch.spell.key].pk, at)]
    )
    added = count_duties(openings.values())
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


def _duty_values(batch: _Batch, opening: int, at: datetime) -> list[tuple[Any, ...]]:
    spell = batch.spell
    return [
        duty_row(
            batch.obligation,
            owed,
            spell.terms,
            opening=opening,
            period=spell.key,
            days=(spell.first, spell.last),
            needed=spell.needed,
            at=at,
        )
        for owed in batch.missing
    ]
