"""Invented rows of ledgers, varied from the sample rows of the corpus."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

from kuangan.core.values.kinds import stored
from kuangan.emulate.plan.words import GIVEN, SURNAMES
from kuangan.law.field import Field
from kuangan.law.ledger import Ledger

ODD: Final = 0.3
"""Share of rows in which a choice that may vary differs from the sample's."""


@dataclass(frozen=True)
class EntryKeeper:
    """Who writes: the unit and, where the ledger is about mines, the mine; with what a row may refer to."""

    unit_id: int
    path: str
    mine_id: int | None
    mine_code: str
    unit_code: str
    refers_to: str
    faces: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()


@dataclass(frozen=True)
class EntryPlace:
    """Where a row stands: by whom, how far its day lies from the sample's, which of its day, after how many of the unit, and its day."""

    keeper: EntryKeeper
    shift: timedelta
    number: int
    earlier: int
    on: date


@dataclass
class EntryMaker:
    """Makes rows of one ledger. ``holder_fields``: the fields by which duties know who did it."""

    ledger: Ledger
    rng: Random
    holder_fields: frozenset[str] = frozenset()
    names: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.names = _names(self.rng)
        self._samples = [_ready(self.ledger, sample) for sample in self.ledger.sample]
        self._bases = [_day(sample[self.ledger.dated]) for sample in self._samples]

    def values_of(self, keeper: EntryKeeper, on: date, number: int, earlier: int) -> dict[str, Any]:
        """The stored values of one entry dated ``on``, the ``number``-th of that day, after ``earlier`` ones of the unit."""
        which = 0 if self.ledger.demo.first_sample else earlier % len(self._samples)
        shift = on - self._bases[which]
        values, place = dict(self._samples[which]), EntryPlace(keeper, shift, number, earlier, on)
        for own_field in self.ledger.fields:
            if own_field.name in values:
                values[own_field.name] = self._value(own_field, values[own_field.name], place)
        return values

    def _value(self, field: Field, sample: Any, place: EntryPlace) -> Any:
        """The field's value in this row: references put in, moments moved, numbers varied."""
        fixed = {"mine": place.keeper.mine_code, "unit": place.keeper.refers_to}
        if field.kind in fixed:
            return fixed[field.kind]
        if field.kind in ("date", "moment"):
            return _moved(sample, place.shift)
        if field.kind in ("number", "decimal"):
            year = field.kind == "number" and field.name in ("year", "for_year")
            return place.on.year if year else sample if self.ledger.demo.whole else self._number(field, sample)
        if field.kind == "person":
            return self._person(field, place.keeper)
        return self._words(field, sample, place)

    def _row(self, table: Field, cells: Mapping[str, Any], at: int, place: EntryPlace) -> dict[str, Any]:
        """One row of a table: its days move with the entry's, what it refers to is put in, the rest stays as in the sample."""
        moved = dict(cells)
        for column in table.columns:
            if column.name not in moved:
                continue
            if column.kind in ("date", "moment"):
                moved[column.name] = _moved(moved[column.name], place.shift)
            elif column.kind == "mine":
                moved[column.name] = place.keeper.mine_code
            elif column.kind == "unit":  # beside a person it is whose staff he is
                beside = any(other.kind == "person" for other in table.columns)
                moved[column.name] = place.keeper.unit_code if beside else place.keeper.refers_to
            elif column.kind == "face" and place.keeper.faces:
                moved[column.name] = place.keeper.faces[at % len(place.keeper.faces)]
        return {name: value for name, value in moved.items() if value}

    def _words(self, field: Field, sample: Any, place: EntryPlace) -> Any:
        if field.kind == "rows":
            return [self._row(field, cells, at, place) for at, cells in enumerate(sample)]
        if field.kind == "face" and place.keeper.faces:
            return place.keeper.faces[place.number % len(place.keeper.faces)]
        if field.kind == "choice" and field.name in self.ledger.demo.vary and self.rng.random() < ODD:
            return self.rng.choice(field.choices)[0]
        numbered = field.kind == "text" and field.name in self.ledger.key and place.earlier
        return f"{sample}之{place.earlier + 1}" if numbered else sample

    def _person(self, field: Field, keeper: EntryKeeper) -> str:
        if field.name in self.holder_fields and keeper.holders:
            return self.rng.choice(keeper.holders)
        return self.rng.choice(self.names)

    def _number(self, field: Field, sample: Any) -> Any:
        """The sample's number a few percent up or down, within the field's own bounds; a year stays one."""
        if field.kind == "number" and int(sample) < 10:
            return sample
        moved = Decimal(str(sample)) * Decimal(950 + self.rng.randrange(100)) / 1000
        moved = max(moved, field.low) if field.low is not None else moved
        moved = min(moved, field.high) if field.high is not None else moved
        if field.kind == "number":
            return int(moved)
        return str(moved.quantize(Decimal(1).scaleb(-field.decimals)))


def _ready(ledger: Ledger, sample: Mapping[str, Any]) -> dict[str, Any]:
    """A sample row as it is stored; references and names stay as written, they are put in row by row."""
    ready: dict[str, Any] = {}
    for own_field in ledger.fields:
        given = sample.get(own_field.name)
        if own_field.kind == "files" or given in (None, ""):
            continue
        if own_field.kind == "rows":
            ready[own_field.name] = [_cells(own_field, given_row) for given_row in given]
        else:
            ready[own_field.name] = _cell(own_field, given)
    return ready


def _cells(table: Field, cells: Mapping[str, Any]) -> dict[str, Any]:
    return {column.name: _cell(column, cells[column.name]) for column in table.columns if column.name in cells}


def _cell(field: Field, given: Any) -> Any:
    return given if field.kind in ("mine", "unit", "face", "person") else stored(field, given)


def _day(written: Any) -> date:
    return date.fromisoformat(str(written)[:10])


def _moved(written: Any, shift: timedelta) -> str:
    text = str(written)
    if len(text) == 10:
        return (date.fromisoformat(text) + shift).isoformat()
    return (datetime.fromisoformat(text) + shift).isoformat()


def spread(first: date, last: date, a_year: int, rng: Random) -> Sequence[date]:
    """About ``a_year`` days a year between two days, in order."""
    days = (last - first).days + 1
    count = int(a_year * days / 365 + rng.random())
    return sorted(first + timedelta(days=rng.randrange(days)) for _ in range(count))


def _names(rng: Random) -> list[str]:
    return [rng.choice(SURNAMES) + rng.choice(GIVEN) for _ in range(200)]
