"""The place of a point, proposed from the feed's free text by the patterns in ``corpus/limits/places.yaml``; the face it lies at."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from kuangan.law.source import CORPUS, YamlTable, read_table

FACES: Final = ("coal_face", "heading")
"""The kinds of working faces, as the mine's file has them."""


@dataclass(frozen=True)
class PlaceProposal:
    """A proposed place of the limits and the pattern that proposed it; a person confirms."""

    place: str
    pattern: str


@dataclass(frozen=True)
class Pattern:
    """One line of the patterns. Empty ``gas_grades``: mines of every grade.

    ``burst_grades``: mines of these grades only where they are in danger of rock burst, too.
    """

    quantity: str
    place: str
    when: re.Pattern[str]
    unless: re.Pattern[str] | None
    gas_grades: tuple[str, ...] = ()
    burst_grades: tuple[str, ...] = ()

    def fits(self, text: str, gas_grade: str = "", rock_burst: str = "") -> bool:
        """Whether it speaks for a point with this text in a mine of this grade (empty: grade unknown)."""
        grades = (*self.gas_grades, *(self.burst_grades if rock_burst == "yes" else ()))
        if grades and gas_grade and gas_grade not in grades:
            return False
        return bool(self.when.search(text)) and not (self.unless and self.unless.search(text))


@dataclass(frozen=True)
class PlaceExample:
    """A text with the place that must be proposed for it, or None."""

    text: str
    sensor: str
    gas_grade: str
    rock_burst: str
    place: str | None


@dataclass(frozen=True)
class Places:
    """Everything in the file. ``faces``: the places at each kind of working face."""

    measure: str
    sensors: tuple[tuple[str, Pattern], ...]
    faces: Mapping[str, tuple[str, ...]]
    patterns: tuple[Pattern, ...]
    examples: tuple[PlaceExample, ...]


def propose_place(text: str, sensor_type: str, gas_grade: str, rock_burst: str = "") -> PlaceProposal | None:
    """The place that the first fitting pattern proposes, or None.

    ``sensor_type``: name or code of the feed; empty is taken for gas. ``gas_grade``: ``low_gas``, ``high_gas``,
    ``outburst``; ``rock_burst``: ``yes`` or ``no``; each empty if unknown.
    """
    quantity = sensed_quantity(sensor_type)
    for pattern in places_file().patterns:
        if pattern.quantity == quantity and pattern.fits(text, gas_grade, rock_burst):
            return PlaceProposal(pattern.place, pattern.when.pattern)
    return None


def sensed_quantity(sensor_type: str) -> str | None:
    """The quantity of the limits that a sensor measures, by its name or code; None for all others."""
    if not sensor_type:
        return "ch4"
    return next((quantity for quantity, pattern in places_file().sensors if pattern.fits(sensor_type)), None)


def face_kind_of(place: str) -> str | None:
    """The kind of working face that a place lies at, ``coal_face`` or ``heading``; None for one that lies at none."""
    return next((kind for kind, places in places_file().faces.items() if place in places), None)


@cache
def places_file() -> Places:
    """The patterns as they stand. Raises :class:`~kuangan.law.source.CorpusError`."""
    table = read_table(CORPUS / "limits" / "places.yaml").only("measure", "sensors", "faces", "patterns", "examples")
    return Places(
        measure=table.text("measure"),
        sensors=tuple((sensor.text("quantity"), _sensor(sensor)) for sensor in table.tables("sensors")),
        faces={kind: table.table("faces").texts(kind) for kind in table.table("faces").only(*FACES)},
        patterns=tuple(_pattern(pattern) for pattern in table.tables("patterns")),
        examples=tuple(_example(example) for example in table.tables("examples")),
    )


def _sensor(table: YamlTable) -> Pattern:
    table.only("quantity", "when", "unless")
    return Pattern(table.text("quantity"), "", *_expressions(table))


def _pattern(table: YamlTable) -> Pattern:
    table.only("quantity", "place", "when", "unless", "gas_grades", "burst_grades")
    return Pattern(
        table.text("quantity"),
        table.text("place"),
        *_expressions(table),
        gas_grades=table.texts("gas_grades"),
        burst_grades=table.texts("burst_grades"),
    )


def _expressions(table: YamlTable) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    try:
        return re.compile(table.text("when")), re.compile(table.text("unless")) if "unless" in table else None
    except re.error as error:
        raise table.error(f"not a regular expression: {error}") from None


def _example(table: YamlTable) -> PlaceExample:
    table.only("text", "sensor", "gas_grade", "rock_burst", "place")
    place = None if table.get("place", "") is None else table.text("place")
    grades = table.text("gas_grade"), table.text("rock_burst", "")
    return PlaceExample(table.text("text"), table.text("sensor"), *grades, place)
