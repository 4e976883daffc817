"""What the API gives of units, mines, people, points and changes of the register, and what it takes as a proposal."""

from datetime import date, datetime
from typing import Any

from ninja import Field

from kuangan.api.shapes import LAST_PAGE, LONGEST_REASON, MOST_VALUES, PAGE, PRINTABLE, FieldOut, Shape

CODE = "^[0-9A-Za-z_.-]*$"


class PageWanted(Shape):
    """Which page of a list is asked for."""

    page: int = Field(1, ge=1, le=LAST_PAGE, description=f"页码，每页{PAGE}条")


class OfUnit(PageWanted):
    """A page of what belongs to a unit."""

    unit: str | None = Field(None, description="单位编码", max_length=40, pattern=CODE)


class OfMine(PageWanted):
    """A page of what belongs to a mine."""

    mine: str | None = Field(None, description="煤矿编码", max_length=40, pattern=CODE)


class UnitOut(Shape):
    """A unit; ``parent``: the code of the unit it lies in."""

    code: str
    name: str
    kind: str
    parent: str | None
    phone: str


class UnitsOut(Shape):
    page: int
    more: bool
    units: list[UnitOut]


class MineOut(Shape):
    """A mine; units by code, ``attributes``: its dated properties of the day."""

    code: str
    name: str
    county: str
    supervisor: str
    company: str | None
    inspectorate: str | None
    address: str
    longitude: float | None
    latitude: float | None
    attributes: dict[str, str]


class MinesOut(Shape):
    page: int
    more: bool
    on: date
    mines: list[MineOut]


class PersonOut(Shape):
    """A person with the posts held now. The telephone of other units' people is not given."""

    id: int
    name: str
    unit: str
    phone: str | None
    posts: list[str]


class PeopleOut(Shape):
    page: int
    more: bool
    people: list[PersonOut]


class PointOut(Shape):
    """A measuring point; ``place``: the kind of place that a person confirmed."""

    id: int
    mine: str
    code: str
    system: str
    sensor_type: str
    measured_in: str
    installed_at: str
    face: str | None
    place: str
    first_seen_at: datetime
    dismantled_at: datetime | None


class PointsOut(Shape):
    page: int
    more: bool
    points: list[PointOut]


class ChangeKindOut(Shape):
    """A kind of change that the user may propose about a thing, with the fields of ``values``."""

    id: str
    title: str
    subject: str
    fields: list[FieldOut]


class NewChange(Shape):
    """A proposal: what is to change, about what (``unit:CODE``, ``mine:CODE``, otherwise ``person:ID``, ``point:ID``), from which day, why."""

    kind: str = Field(max_length=60, pattern=CODE)
    subject: str = Field(max_length=80, pattern=PRINTABLE)
    values: dict[str, Any] = Field(default_factory=dict, max_length=MOST_VALUES)
    effective_on: date
    reason: str = Field(pattern=PRINTABLE, max_length=LONGEST_REASON)
    document: str = Field("", pattern=PRINTABLE, max_length=80)


class ChangeOut(Shape):
    """A change of the register and where it stands."""

    id: int
    kind: str
    subject: str
    about: str
    values: dict[str, Any]
    effective_on: date
    document: str
    reason: str
    state: str
    asked_by: str
    asked_at: datetime
    answer: str


class ChangesOut(Shape):
    page: int
    more: bool
    changes: list[ChangeOut]
