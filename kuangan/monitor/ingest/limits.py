"""Which set-points a point is judged by on a day: the law of its place, or the stricter of what is known."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kuangan.law import limit
from kuangan.law.instrument import cite_text
from kuangan.law.limit import SetPoint
from kuangan.law.time.dated import NotInForce
from kuangan.monitor.fold.types import PointLimit

METHANE = "ch4"


@dataclass(frozen=True, slots=True)
class OwnSetPoints:
    """Upper set-points as the mine reports them; None: not set."""

    alarm: Decimal | None
    power_off: Decimal | None
    re_power: Decimal | None


@dataclass(frozen=True, slots=True)
class JudgedPoint:
    """The set-points of a point on a day, the place they rest on (may be empty) and their basis in words."""

    limit: PointLimit
    place: str
    basis: str


def judgement(place: str, proposed: str, own: OwnSetPoints | None, on: date) -> JudgedPoint | None:
    """How a methane point is judged on a day; None: there is nothing to judge it by, the point is listed as unplaced.

    A confirmed place: the law alone. Else the stricter of the proposed place and the mine's own set-points, number by
    number; else the mine's own. A place that the edition of the day does not have counts as no place.
    """
    mine = _of_the_mine(own)
    law = _law(place, on) if place else None
    if law is not None:
        return JudgedPoint(_legal(law), place, f"{cite_text(law.cite)}，{law.place_text}")
    law = _law(proposed, on) if proposed else None
    if law is not None and mine is not None:
        basis = f"地点待确认，取{cite_text(law.cite)}“{law.place_text}”与煤矿设定值中较严者"
        return JudgedPoint(_stricter(_legal(law), mine), proposed, basis)
    if law is not None:
        return JudgedPoint(_legal(law), proposed, f"地点待确认，暂按{cite_text(law.cite)}“{law.place_text}”")
    if mine is not None:
        return JudgedPoint(mine, "", "地点待确认，按煤矿设定值")
    return None


def _law(place: str, on: date) -> SetPoint | None:
    try:
        return limit.limit(METHANE, place, on)
    except (KeyError, NotInForce):
        return None


def _legal(point: SetPoint) -> PointLimit:
    """An alarm begins at the alarm set-point, whatever a city counts as an over-limit (``episode.begins_at``): each is dealt with.

    A place without re-power limit (nothing is cut there) is over when the value falls below the alarm set-point.
    """
    re_power = point.alarm if point.re_power is None else point.re_power
    return PointLimit(point.alarm, point.power_off, re_power, strict=point.operator == ">")


def _of_the_mine(own: OwnSetPoints | None) -> PointLimit | None:
    """The mine's own set-points; an alarm set-point of zero or below is none, everything would be an alarm."""
    if own is None or own.alarm is None or own.alarm <= 0:
        return None
    re_power = own.alarm if own.re_power is None or own.re_power <= 0 else min(own.re_power, own.alarm)
    power_off = own.power_off if own.power_off is not None and own.power_off > 0 else None
    return PointLimit(own.alarm, power_off, re_power)


def _stricter(law: PointLimit, mine: PointLimit) -> PointLimit:
    alarm = _least(law.alarm, mine.alarm)
    re_power = _least(law.re_power, mine.re_power)
    return PointLimit(alarm, _least(law.power_off, mine.power_off), re_power, strict=law.strict and alarm == law.alarm)


def _least(*values: Decimal | None) -> Decimal | None:
    return min((value for value in values if value is not None), default=None)
