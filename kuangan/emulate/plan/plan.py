"""What the demonstration city consists of: plain values, the same for the same city, number of mines, seed and day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kuangan.city.areas import Area
from kuangan.emulate.plan.methane import Behaviour


@dataclass(frozen=True)
class SetPoints:
    """The thresholds a mine declares for a point (CDDY fields 9–16); None = left empty."""

    alarm: Decimal | None = None
    release: Decimal | None = None
    cut: Decimal | None = None
    restore: Decimal | None = None
    low_alarm: Decimal | None = None
    low_release: Decimal | None = None


@dataclass(frozen=True)
class PointPlan:
    """A measuring point.

    ``place``: id of the corpus for methane, "" for everything else. ``behaviour`` None: not methane. ``level``: mean
    value. ``working``: index of the face it belongs to, -1 = none; winning coal there drives methane, its power is what
    a point of quantity ``feed`` watches.
    """

    code: str
    sensor_type: str
    type_name: str
    kind: str
    unit: str
    place_text: str
    station: str
    quantity: str
    level: float
    place: str = ""
    behaviour: Behaviour | None = None
    working: int = -1
    range_high: Decimal | None = None
    range_low: Decimal | None = None
    set_points: SetPoints = SetPoints()
    on_text: str = ""
    off_text: str = ""
    relations: str = ""
    position: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class FacePlan:
    """A working face: kind `coal_face` or `heading`, name, index of its district, day it began."""

    kind: str
    name: str
    district: int
    started_on: date


@dataclass(frozen=True)
class KeyPersonPlan:
    """A holder of one of the five key posts."""

    post: str
    name: str
    phone: str


@dataclass(frozen=True)
class MinePlan:
    """An invented mine. ``levels``: name and elevation; ``districts``: name and index of the level."""

    code: str
    name: str
    county: Area
    supervised_by_city: bool
    company: int
    gas_grade: str
    capacity: int
    headcount_limit: int
    rock_burst: bool
    grade: str
    status: str
    mine_class: str
    hydrology: str
    spontaneous_combustion: str
    maker: str
    levels: tuple[tuple[str, int], ...]
    districts: tuple[tuple[str, int], ...]
    faces: tuple[FacePlan, ...]
    key_people: tuple[KeyPersonPlan, ...]
    points: tuple[PointPlan, ...]

    def methane(self, place: str) -> int:
        """Index of the first methane point of a place. Raises ``LookupError``."""
        for index, point in enumerate(self.points):
            if point.place == place:
                return index
        raise LookupError(f"演示煤矿 {self.code} 没有地点类别为 {place} 的甲烷测点")


@dataclass(frozen=True)
class CityPlan:
    """The whole city. The first mine is the key mine, around which the demonstration's accounts are made."""

    city: Area
    counties: tuple[Area, ...]
    seed: int
    on: date
    companies: tuple[str, ...]
    mines: tuple[MinePlan, ...]

    @property
    def key_mine(self) -> MinePlan:
        """The mine the demonstration's accounts belong to."""
        return self.mines[0]
