"""What a month's samples are drawn from: who verifies whom, with what share, and what was reported as done."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal
from typing import Final, NamedTuple

from kuangan.base.clock import beijing_midnight, civil_date
from kuangan.base.period import parse_period, period_of
from kuangan.core.models import Unit, UnitKind
from kuangan.duty.levels import levels_above
from kuangan.duty.models import Duty
from kuangan.duty.proof.grades import Grade
from kuangan.law.duty.obligation import OWNERS
from kuangan.law.local import local_decimal
from kuangan.law.time.span import add_months
from kuangan.sample.models import Sample, Verdict, Verification

CITY_KINDS: Final = (UnitKind.city_government, UnitKind.city_bureau, UnitKind.city_coal_section)
"""The city's own units, verified by two counties."""
DRAWN: Final = (Grade.own.value, Grade.accepted.value)


class Body(NamedTuple):
    """Whose sample it is: the unit above, by its key; ``own``: that of the city's own units."""

    unit_id: int
    own: bool


Stratum = tuple[str, int]
"""Grade and share in percent."""


@dataclass
class Pool:
    """The duties of one body's sample, by stratum, and who owes each."""

    strata: dict[Stratum, list[int]] = field(default_factory=lambda: defaultdict(list))

    def as_record(self) -> list[dict[str, object]]:
        """The strata as the record has them."""
        return [
            {"grade": grade, "share": share, "keys": [str(key) for key in sorted(keys)]}
            for (grade, share), keys in sorted(self.strata.items())
        ]


def bodies(units: Iterable[Unit]) -> dict[int, Body]:
    """Whose sample each unit is in, by its key; a unit without a level above is in none. Two queries."""
    known = list(units)
    above = levels_above(known)
    return {unit.pk: Body(above[unit.pk].pk, unit.kind in CITY_KINDS) for unit in known if unit.pk in above}


def uncommitted(month: str) -> list[Body]:
    """The bodies that have no sample for a month yet.

    The city's own sample needs a county to verify it, so there is none where no county's bureau is registered.
    """
    units = owing_units()
    known = {Body(*pair) for pair in Sample.objects.filter(month=month).values_list("unit_id", "own")}
    has_county = any(unit.kind == UnitKind.county_bureau for unit in units)
    return sorted(body for body in set(bodies(units).values()) - known if has_county or not body.own)


def owing_units() -> list[Unit]:
    """The units that may owe something."""
    return list(Unit.objects.filter(kind__in=OWNERS).order_by("path"))


def bounds(month: str) -> tuple[datetime, datetime]:
    """The first moment of a month and the first one after it."""
    first = parse_period(month).first
    return beijing_midnight(first), beijing_midnight(add_months(first, 1))


def pools(month: str, at: datetime) -> Mapping[Body, Pool]:
    """What was recorded as done in a month on somebody's word, as it stands now, by body. A constant number of queries.

    With it comes what was recorded in a month before and was in no pool: it had been taken out of reach on the day of the freezing.
    """
    begun, ended = bounds(month)
    earlier, whose = Earlier(month, at), bodies(owing_units())
    done = Duty.objects.filter(recorded_at__lt=ended, cancelled_at=None, grade__in=DRAWN)
    done = done.filter(recorded_at__gte=min(begun, earlier.begun)).order_by("pk")
    drawable = [
        (key, unit_id, grade)
        for key, unit_id, grade, recorded_at in done.values_list("pk", "unit_id", "grade", "recorded_at")
        if unit_id in whose and recorded_at is not None
        if recorded_at >= begun or earlier.misses(whose[unit_id], key, recorded_at)
    ]
    shares = Shares({unit_id for _, unit_id, _ in drawable}, at)
    by_body: dict[Body, Pool] = defaultdict(Pool)
    for key, unit_id, grade in drawable:
        by_body[whose[unit_id]].strata[grade, shares.of(unit_id, grade)].append(key)
    return by_body


class Earlier:
    """The pools of the months before, as far back as verdicts count. One query. ``begun``: the first moment of the first of them."""

    def __init__(self, month: str, at: datetime) -> None:
        oldest = period_of("month", civil_date(rolling_start(at))).key
        frozen = Sample.objects.filter(month__lt=month, month__gte=oldest, frozen_at__isnull=False)
        self._months: set[tuple[Body, str]] = set()
        self._keys: set[int] = set()
        for unit_id, own, known, pool in frozen.values_list("unit_id", "own", "month", "pool"):
            assert pool is not None  # frozen
            self._months.add((Body(unit_id, own), known))
            self._keys.update(int(key) for stratum in pool["strata"] for key in stratum["keys"])
        self.begun = min((bounds(known)[0] for _, known in self._months), default=bounds(month)[0])

    def misses(self, body: Body, key: int, recorded_at: datetime) -> bool:
        """Whether a duty recorded in one of those months should have been in the pool of its body, and was in none."""
        return key not in self._keys and (body, period_of("month", civil_date(recorded_at)).key) in self._months


class Shares:
    """Which share of what a unit reported is drawn: the city's own value, raised after what was found last. One query."""

    def __init__(self, units: Iterable[int], at: datetime) -> None:
        self._on = civil_date(at)
        self._last = _last_found(units, at)
        self._base = {grade: _whole(local_decimal(f"sample.share.{grade}", self._on)) for grade in DRAWN}
        self._most = _whole(local_decimal("sample.share.most", self._on))

    def of(self, unit_id: int, grade: str) -> int:
        """The share in percent, whole, rounded up."""
        share, worst = self._last.get((unit_id, grade), (0, Verdict.true.value))
        if worst == Verdict.true:
            return self._base[grade]
        raised = _whole(share * local_decimal(f"sample.raise.{worst}", self._on))
        return max(self._base[grade], min(raised, self._most))


def _whole(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_CEILING))


_WORST: Final = (Verdict.untrue.value, Verdict.unshown.value, Verdict.true.value)


def _last_found(units: Iterable[int], at: datetime) -> dict[tuple[int, str], tuple[int, str]]:
    """The share and the worst outcome of the latest month in which something of a unit was found, by unit and grade."""
    by_unit: dict[tuple[int, str], list[tuple[str, int, str]]] = defaultdict(list)
    verifications = Verification.objects.filter(unit__in=set(units), confirmed_at__gt=rolling_start(at))
    for unit_id, grade, month, share, outcome in verifications.values_list(
        "unit_id", "grade", "sample__month", "share", "outcome"
    ):
        by_unit[unit_id, grade].append((month, share, outcome))
    return {key: _worst(of_unit) for key, of_unit in by_unit.items()}


def _worst(results: Sequence[tuple[str, int, str]]) -> tuple[int, str]:
    latest = max(month for month, _, _ in results)
    of_month = [(share, outcome) for month, share, outcome in results if month == latest]
    return min(of_month, key=lambda result: (_WORST.index(result[1]), -result[0]))


def rolling_start(at: datetime) -> datetime:
    """From when on verdicts count towards credibility and shares."""
    today: date = civil_date(at)
    return beijing_midnight(add_months(today, -int(local_decimal("sample.credibility_months", today))))
