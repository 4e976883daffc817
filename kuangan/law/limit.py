"""Alarm, power-off and re-power set-points by quantity and place, by the law of the day (``corpus/limits/<quantity>.yaml``)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final, Literal

from kuangan.law.cite import Cite
from kuangan.law.source import YamlTable, files, read_table, unique
from kuangan.law.time.dated import NotInForce

ANY: Final = "any"
"""The place of a limit that holds wherever the quantity is measured."""

NOT_LIMITS: Final = {"places"}
"""Files of the folder that hold something else."""

Side = Literal["above", "below"]


@dataclass(frozen=True)
class SetPoint:
    """The set-points of one place. A reading acts on ``operator`` (``>=`` or ``>``; ``<=`` or ``<`` on side below).

    ``re_power``: power may return on the other side of it. ``scope`` is what is cut. ``assumed`` holds the open question.
    """

    quantity: str
    place: str
    place_text: str
    alarm: Decimal
    power_off: Decimal | None
    re_power: Decimal | None
    operator: str
    scope: str
    unit: str
    side: Side
    cite: Cite
    confidence: str
    assumed: str
    valid_from: date


@dataclass(frozen=True)
class Edition:
    """All set-points of one quantity from a day on; the next edition replaces them whole."""

    valid_from: date
    points: dict[str, SetPoint]


@dataclass(frozen=True)
class Quantity:
    """A measured quantity with its successive editions."""

    id: str
    unit: str
    side: Side
    measure: str
    editions: tuple[Edition, ...]


def limit(quantity: str, place: str, on: date) -> SetPoint:
    """The set-points in force for a place on a day.

    Raises ``KeyError`` for an unknown quantity or a place no edition knows, :class:`NotInForce` for a day before the
    first edition and for a place the edition of that day does not have.
    """
    points = _edition(quantity, on).points
    set_point = points.get(place) or points.get(ANY)
    if set_point:
        return set_point
    if place not in all_places(quantity):
        raise KeyError(f"no limit of {quantity} knows the place {place!r}; see corpus/limits")
    raise NotInForce(f"{on} 施行的规程未规定“{place_text(place)}”的{quantity}限值")


def places(quantity: str, on: date) -> tuple[str, ...]:
    """The places with set-points on a day, in the order of the law's table. Raises as :func:`limit`."""
    return tuple(_edition(quantity, on).points)


def all_places(quantity: str) -> tuple[str, ...]:
    """The places of every edition, without repetition."""
    return tuple(dict.fromkeys(place for edition in _quantity(quantity).editions for place in edition.points))


def place_text(place: str) -> str:
    """The newest Chinese name of a place. Raises ``KeyError``."""
    for quantity in quantities().values():
        for edition in reversed(quantity.editions):
            if place in edition.points:
                return edition.points[place].place_text
    raise KeyError(f"no limit knows the place {place!r}; see corpus/limits")


def set_point_text(point: SetPoint) -> str:
    """The set-points as a reader writes them: 报警≥1.0，断电≥1.5，复电＜1.0 %CH4."""
    acts, returns = {">=": ("≥", "＜"), ">": ("＞", "≤"), "<=": ("≤", "＞"), "<": ("＜", "≥")}[point.operator]
    parts = [f"报警{acts}{point.alarm}"]
    if point.power_off is not None:
        parts.append(f"断电{acts}{point.power_off}")
    if point.re_power is not None:
        parts.append(f"复电{returns}{point.re_power}")
    return f"{'，'.join(parts)} {point.unit}"


def editions(quantity: str) -> tuple[date, ...]:
    """The days from which the editions of a quantity apply."""
    return tuple(edition.valid_from for edition in _quantity(quantity).editions)


@cache
def quantities() -> dict[str, Quantity]:
    """All quantities by id. Raises :class:`~kuangan.law.source.CorpusError`."""
    tables = [read_table(path) for path in files("limits", ".yaml") if path.stem not in NOT_LIMITS]
    return unique(((table.text("quantity"), table, _read(table)) for table in tables), "quantity")


def read_limits(path: Path) -> Quantity:
    """The quantity in one file. Raises :class:`~kuangan.law.source.CorpusError`."""
    return _read(read_table(path))


def _quantity(quantity: str) -> Quantity:
    try:
        return quantities()[quantity]
    except KeyError:
        raise KeyError(f"no limits of {quantity!r}; known: {', '.join(quantities())}") from None


def _edition(quantity: str, on: date) -> Edition:
    in_force = [edition for edition in _quantity(quantity).editions if edition.valid_from <= on]
    if not in_force:
        raise NotInForce(f"{on} 无{quantity}限值：最早一版自 {editions(quantity)[0]} 起施行")
    return in_force[-1]


def _read(table: YamlTable) -> Quantity:
    table.only("quantity", "unit", "side", "measure", "editions")
    if table.text("side") not in ("above", "below"):
        raise table.error("side: write above or below", "side")
    side: Side = "above" if table.text("side") == "above" else "below"
    read = tuple(_read_edition(table, edition, side) for edition in table.tables("editions"))
    days = [edition.valid_from for edition in read]
    if not days or days != sorted(set(days)):
        raise table.error("editions need at least one entry, with strictly rising valid_from", "editions")
    return Quantity(table.text("quantity"), table.text("unit"), side, table.text("measure"), read)


def _read_edition(table: YamlTable, edition: YamlTable, side: Side) -> Edition:
    edition.only("valid_from", "operator", "cite", "assumed", "places")
    if edition.text("operator") not in ((">=", ">") if side == "above" else ("<=", "<")):
        raise edition.error(f"operator {edition['operator']!r} does not fit side {side}", "operator")
    points = unique(
        (
            (place_table.text("place"), place_table, _point(table, edition, place_table, side))
            for place_table in edition.tables("places")
        ),
        "place",
    )
    return Edition(edition.day("valid_from"), points)


def _point(table: YamlTable, edition: YamlTable, point: YamlTable, side: Side) -> SetPoint:
    point.only("place", "text", "alarm", "power_off", "re_power", "scope", "confidence", "assumed")
    set_point = SetPoint(
        quantity=table.text("quantity"),
        place=point.text("place"),
        place_text=point.text("text"),
        alarm=point.decimal("alarm"),
        power_off=point.optional_decimal("power_off"),
        re_power=point.optional_decimal("re_power"),
        operator=edition.text("operator"),
        scope=point.text("scope", ""),
        unit=table.text("unit"),
        side=side,
        cite=edition.cite(),
        confidence=point.mark(),
        assumed=point.text("assumed", edition.text("assumed", "")),
        valid_from=edition.day("valid_from"),
    )
    _require_order(set_point, point)
    return set_point


def _require_order(point: SetPoint, table: YamlTable) -> None:
    """Above: re-power ≤ alarm ≤ power-off; below: the reverse. A place that cuts power says what it cuts and when it returns."""
    steps = [value for value in (point.re_power, point.alarm, point.power_off) if value is not None]
    if steps != sorted(steps, reverse=point.side == "below"):
        raise table.error(f"{point.place}: re-power, alarm and power-off are out of order for side {point.side}")
    if (point.power_off is None) != (point.re_power is None) or (point.power_off is None) != (not point.scope):
        raise table.error(f"{point.place}: power_off, re_power and scope go together")
