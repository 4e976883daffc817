"""The nearest entry of each ledger that says so (rescue teams, hospitals), seen from a mine: in a straight line, as far as known.

Where coordinates are missing the county's seat stands in, and that is said.
"""

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from kuangan.core.models import User
from kuangan.core.values.spans import placed
from kuangan.law.ledger import Ledger, ledgers
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import entries_visible_to
from kuangan.mine.models import Mine
from kuangan.mine.queries.county_seats import seat_of

EARTH_KM = 6371.0
Degrees = tuple[Decimal, Decimal]
"""North and east."""


@dataclass(frozen=True)
class NearestEntry:
    """An entry and how far it is.

    ``km``: in a straight line; None where too little is known, as when one county's seat would stand in for both.
    ``by_seat``: what was measured from the seat of the county, in Chinese: 煤矿, or what the ledger holds.
    """

    ledger: Ledger
    entry: Entry
    km: float | None
    by_seat: tuple[str, ...]

    @property
    def words(self) -> str:
        """What it is called, without the word for the book."""
        return self.ledger.book or self.ledger.title


def nearest_of(reader: User, mine: Mine, on: date) -> list[NearestEntry]:
    """Of each ledger with something near, the nearest entry outside the mine, in the reader's sight, that holds on the day."""
    nearest = []
    for law in ledgers().values():
        if law.nearest:
            valid = entries_visible_to(reader, law.id).filter(Q(until=None) | Q(until__gte=on), on__lte=on)
            valid = valid.exclude(unit=mine.unit_id)
            seen = [_seen(law, entry, mine) for entry in valid.select_related("mine__county")]
            if seen:
                nearest.append(min(seen, key=lambda near: (near.km is None, near.km or 0.0, near.entry.pk)))
    return nearest


def _seen(law: Ledger, entry: Entry, mine: Mine) -> NearestEntry:
    place = placed(str(entry.values.get(law.nearest, "")))
    there = None if place.north is None or place.east is None else (place.north, place.east)
    here = None if mine.latitude is None or mine.longitude is None else (mine.latitude, mine.longitude)
    by_seat = (*(() if here else ("煤矿",)), *(() if there else (law.book or law.title,)))
    county = entry.mine.county.code if entry.mine else str(entry.values.get("county", ""))
    if not here and not there and county == mine.county.code:
        return NearestEntry(law, entry, None, by_seat)
    here, there = here or seat_of(mine.county.code), there or seat_of(county)
    return NearestEntry(law, entry, _km(here, there) if here and there else None, by_seat)


def _km(here: Degrees, there: Degrees) -> float:
    north, east, to_north, to_east = (math.radians(float(degrees)) for degrees in (*here, *there))
    chord = (
        math.sin((to_north - north) / 2) ** 2
        + math.cos(north) * math.cos(to_north) * math.sin((to_east - east) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(math.sqrt(chord))
