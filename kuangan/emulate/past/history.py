"""What the demonstration's units wrote into their ledgers before the story, and the duties of that time.

Entries are written at once, as an import writes them, with one audit event a ledger; duties are opened and credited by the engine.
"""

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import connection, transaction

from kuangan.base import clock
from kuangan.base.clock import beijing_midnight, civil_date
from kuangan.base.period import period_of
from kuangan.core.actions import record
from kuangan.core.models import Unit, UnitKind, User
from kuangan.core.values.kinds import typed
from kuangan.emulate.past import consistent
from kuangan.emulate.past.confirmed import PastParts, with_parts
from kuangan.emulate.past.consistent import Written, made_consistent
from kuangan.emulate.past.copying import FILE, Copier, PastEntry
from kuangan.emulate.past.known import (
    as_stored,
    attributes_by_mine,
    faces_by_mine,
    holder_fields,
    holders_by_unit,
    measured,
    satisfy,
)
from kuangan.emulate.past.rates import BUSY
from kuangan.emulate.past.records import EntryKeeper, EntryMaker, spread
from kuangan.emulate.past.referring import Referring
from kuangan.emulate.past.schedule import HistorySpan, PlannedEntry, Planner, names_mine, noon
from kuangan.flow.credit.credits import open_and_credit
from kuangan.law.demo import Demo
from kuangan.law.ledger import Ledger, ledgers
from kuangan.law.procedure.confirming import CITY, Confirming
from kuangan.ledger.values import key_of
from kuangan.mine.models import Mine

AT_ONCE: Final = 20_000
"""How many entries are made before they are written."""
RECENT: Final = timedelta(days=40)
SEVERE: Final = {
    "gas_grade": ("outburst", "high_gas"), "hydrology": ("complex", "extremely_complex"),
    "spontaneous_combustion": ("easy",), "rock_burst": ("yes",),
}  # fmt: skip
"""What puts a mine on the list of severe disasters."""


def beginning(end: datetime, years: int) -> date:
    """The first day of the history: so many years back, or of the month before the last where no years are asked for."""
    today = civil_date(end)
    if years:
        return today.replace(year=today.year - years, day=1)
    return period_of("month", today.replace(day=1) - timedelta(days=1)).first


def told(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


class History:
    """Writes the entries of one city.

    ``end``: when the story begins; the units go on writing until ``until``, when the demonstration is looked at.
    """

    def __init__(self, end: datetime, until: datetime, years: int, seed: int) -> None:
        first, last = beginning(until, years), civil_date(until)
        self.years = years
        self.end, self.until, self.span = (
            end,
            until,
            HistorySpan(first, last, first if years else max(first, last - RECENT)),
        )
        self.planner = Planner(end, self.span, seed)
        self._faces, self._holders = faces_by_mine(), holders_by_unit()
        self._books = consistent.PastWorld(attributes_by_mine(), self._counts(), last)
        self._measured = {ledger.id: measured(ledger) for ledger in ledgers().values()}
        self._referring = Referring(self.planner.world.mines)
        self._copier = Copier(User.objects.get(username="city_clerk"), end)
        self._taken: dict[tuple[str, int], set[str]] = defaultdict(set)
        self._made: Counter[tuple[str, int]] = Counter()
        self._severe = {
            mine_id for (mine_id, name), value in self._books.attributes.items() if value in SEVERE.get(name, ())
        }

    def write_all(self) -> int:
        """Every ledger's entries; how many."""
        planned, total = self.planner.calls(), 0
        for number, ledger in enumerate(ledgers().values(), 1):
            if ledger.demo.when != "never":
                total += len(self.write(ledger, [*planned.get(ledger.id, ()), *self._others(ledger, planned)]))
            if number % 20 == 0:
                told(f"台账{number}/{len(ledgers())}，已写入{total}条")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE ledger_entry")
        return total

    @transaction.atomic
    def write(self, ledger: Ledger, calls: Iterable[PlannedEntry]) -> list[int]:
        """Write what is called for, in order of days; the serials."""
        maker = EntryMaker(ledger, self.planner.chance(ledger.id), holder_fields(ledger))
        days: Counter[tuple[int, int | None, date]] = Counter()
        ordered, serials = sorted(calls, key=lambda call: call.on), []
        for begin in range(0, len(ordered), AT_ONCE):
            made = (self._entry(maker, call, days) for call in ordered[begin : begin + AT_ONCE])
            serials += self._copier.write(ledger.id, [entry for entry in made if entry is not None])
        if serials:
            content = {"ledger": ledger.id, "entries": len(serials), "source": "演示历史"}
            record(actor=None, action="entries_imported", subject=("ledger", ledger.id), data=content)
        return serials

    def _entry(
        self, maker: EntryMaker, call: PlannedEntry, days: Counter[tuple[int, int | None, date]]
    ) -> PastEntry | None:
        """The entry, on the first free day where its key is taken; None where no day is free, or nobody is there to be named."""
        keeper, ledger = self._keeper(call, maker.ledger), maker.ledger
        if self._referring.lacks(ledger, call.unit):
            return None
        name = (ledger.id, keeper.unit_id)
        for on in _tries(call, self.span.last, monthly=ledger.dated == "month_end"):
            place = (keeper.unit_id, keeper.mine_id, on)
            values = maker.values_of(keeper, on, days[place], self._made[name])
            written = Written(values, keeper, on, days[place], self._made[name], maker.rng, self._books)
            values = made_consistent(ledger, written)
            if call.evidence:
                satisfy(ledger, values, call.evidence, call.holder)
            values |= call.named
            as_stored(values, self._measured[ledger.id])
            values |= self._referring.stored(ledger, values, call.unit)
            key = key_of(ledger, values)
            if key and key in self._taken[name]:
                continue
            self._taken[name].add(key)
            days[place] += 1
            self._made[name] += 1
            kind, last = call.unit.kind, self.span.last
            parts = with_parts(ledger, values, on, last, kind, call.mine, maker.rng, maker.names)
            return self._done(ledger, keeper, call, on, key, parts, maker)
        return None

    def _done(
        self,
        ledger: Ledger,
        keeper: EntryKeeper,
        call: PlannedEntry,
        on: date,
        key: str,
        parts: PastParts,
        maker: EntryMaker,
    ) -> PastEntry:
        values = parts.values
        recorded = call.recorded_at or min(noon(on) + timedelta(hours=maker.rng.randrange(30)), self.until)
        files = tuple(name for name, value in values.items() if value == FILE and ledger.field(name).kind == "files")
        until = values.get(ledger.until) if ledger.until else None
        dated = typed(ledger.field(ledger.dated), values[ledger.dated])
        day = civil_date(dated) if isinstance(dated, datetime) else dated
        acts = {part: self._writer(ledger.part(part), call) for part in parts.parts}
        return PastEntry(
            keeper.unit_id, keeper.mine_id, keeper.path, day, until, key, values, recorded, files, acts, parts.waits_for
        )

    def _writer(self, part: Confirming, call: PlannedEntry) -> int:
        """The unit whose people wrote a part of the entry."""
        if part.by == CITY:
            return next(unit.pk for unit in self.planner.world.units if unit.kind == UnitKind.city_bureau)
        return call.mine.supervisor_id if call.mine and part.official else call.unit.pk

    def _keeper(self, call: PlannedEntry, ledger: Ledger) -> EntryKeeper:
        unit, mine = call.unit, call.mine
        own = mine is not None and unit.kind == UnitKind.mine
        over = own or any(field.over for field in ledger.fields)
        refers = mine.supervisor if mine and over else mine.unit if mine else self._named(unit, ledger)
        return EntryKeeper(
            unit_id=unit.pk,
            path=mine.unit.path if mine else unit.path,
            mine_id=mine.pk if mine else None,
            mine_code=mine.code if mine else "",
            unit_code=unit.code,
            refers_to=refers.code,
            faces=tuple(self._faces.get(mine.pk, ())) if mine else (),
            holders=self._holders.get(unit.pk, ()),
        )

    def _named(self, unit: Unit, ledger: Ledger) -> Unit:
        """A unit that this one gives tasks to: of the kind that the ledger's field asks for, in turn; otherwise the bureau of its area."""
        usual = UnitKind.county_bureau if unit.kind.startswith("county") else UnitKind.city_bureau
        kind = next((field.of[0] for field in ledger.fields if field.kind == "unit" and field.of), usual)
        units = self.planner.world.units
        known = [below for below in units if below.kind == kind and below.path.startswith(unit.scope_path)]
        return known[self._made[ledger.id, unit.pk] % len(known)] if known else unit

    def _counts(self) -> dict[int, int]:
        """How many mines each government has."""
        units = (unit for unit in self.planner.world.units if unit.kind.endswith("government"))
        return {unit.pk: len(self.planner.mines_of(unit)) for unit in units}

    def _others(self, ledger: Ledger, planned: dict[str, list[PlannedEntry]]) -> Iterator[PlannedEntry]:
        """Entries beside those by which duties are done."""
        for unit, mine in self._places(ledger):
            for on in self._days(ledger, unit, mine, alone=ledger.id not in planned):
                yield PlannedEntry(unit, mine, on, on, self.span.last)

    def _places(self, ledger: Ledger) -> Iterator[tuple[Unit, Mine | None]]:
        for unit in self.planner.world.units:
            if unit.kind in ledger.keepers:
                about = self.planner.mines_of(unit) if names_mine(ledger) or unit.kind == UnitKind.mine else (None,)
                yield from ((unit, mine) for mine in about)

    def _days(self, ledger: Ledger, unit: Unit, mine: Mine | None, *, alone: bool) -> Sequence[date]:
        span, demo = self.span, ledger.demo
        if demo.when == "shifts":
            first = span.first if demo.from_start else span.shifts_from
            running = mine is not None and mine.pk in self.planner.running
            return [first + timedelta(days=n // 3) for n in range(((span.last - first).days) * 3)] if running else []
        if demo.when == "january":
            count = self._in_january(ledger.demo, unit, mine)
            begins = span.last.year if demo.only == "severe" else span.first.year
            return [date(year, 1, 3) for year in range(begins, span.last.year + 1) for _ in range(count)]
        if demo.when == "monthly":
            days = ((span.last - span.first).days + 60) // 30 if self._concerned(demo, unit, mine) else 0
            return [span.last - timedelta(days=12 + 30 * back) for back in range(days)]
        usual = 1 if alone else 0
        rate = (usual if demo.times is None else demo.times) * (BUSY if self.years and demo.busy else 1)
        chance = self.planner.chance(ledger.id, unit.code, mine.code if mine else "")
        return spread(span.first, span.last, rate, chance)

    def _in_january(self, demo: Demo, unit: Unit, mine: Mine | None) -> int:
        """How many entries a year's beginning brings."""
        placed = demo.at.get(mine.code[-6:]) if mine else None
        if demo.only == "by_mines":
            return max(3, self._books.mines_of.get(unit.pk, 0))
        if not self._concerned(demo, unit, mine):
            return 0
        return (demo.times or 0) if placed is None else placed

    def _concerned(self, demo: Demo, unit: Unit, mine: Mine | None) -> bool:
        """Whether the unit writes about the mine at all."""
        supervises = mine is not None and mine.supervisor_id == unit.pk
        if demo.only == "severe":
            own = supervises or unit.kind == UnitKind.mine
            return mine is not None and mine.pk in self._severe and (own or demo.when == "monthly")
        return supervises or demo.only != "supervised"


def _tries(call: PlannedEntry, last: date, *, monthly: bool) -> Iterator[date]:
    """The day that is called for, then others of its time."""
    if monthly:
        end = period_of("month", call.on).last
        if end <= last:
            yield end
        return
    yield call.on
    for days in range(1, 7):
        for on in (call.on + timedelta(days=days), call.on - timedelta(days=days)):
            if call.first <= on <= min(call.last, last):
                yield on


def open_duties(first: date, end: datetime) -> int:
    """Open the duties of all that time month by month, and credit what the entries show."""
    opened, moment = 0, beijing_midnight(first) + timedelta(hours=1)
    while moment < end:
        opened += open_and_credit(moment, known_at=end)
        told(f"履职事项开至{clock.civil_date(moment)}，已开{opened}件")
        moment += timedelta(days=30)
    return opened + open_and_credit(end)
