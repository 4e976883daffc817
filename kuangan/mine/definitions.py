"""What a mine says about a point, as the platform takes it over; free of any feed's syntax."""

from dataclasses import dataclass
from decimal import Decimal

METHANE_SYSTEMS = frozenset({"01", "02"})
METHANE_TYPES = frozenset({"0001", "0011", "0043"})
"""环境瓦斯, 高低浓度瓦斯, 激光甲烷; the gas in pipes (0022) is not the air of the mine."""

WATCHED = (
    "alarm",
    "alarm_release",
    "power_off",
    "re_power",
    "low_alarm",
    "low_alarm_release",
    "low_power_off",
    "low_re_power",
    "range_high",
    "range_low",
    "unit",
    "place_text",
)
"""The parts of a definition whose change is a recorded alarm."""


@dataclass(frozen=True)
class Definition:
    """One point as defined by its mine; empty numbers: the mine gave none. `alarm` … `re_power` are the upper side."""

    native_code: str
    system: str
    sensor_type: str
    value_kind: str
    unit: str = ""
    station: str = ""
    place_text: str = ""
    alarm: Decimal | None = None
    alarm_release: Decimal | None = None
    power_off: Decimal | None = None
    re_power: Decimal | None = None
    low_alarm: Decimal | None = None
    low_alarm_release: Decimal | None = None
    low_power_off: Decimal | None = None
    low_re_power: Decimal | None = None
    range_high: Decimal | None = None
    range_low: Decimal | None = None
    on_text: str = ""
    off_text: str = ""
    relations: str = ""


def senses_methane(system: str, sensor_type: str, value_kind: str) -> bool:
    """Whether a point measures methane in the air of the mine, to which the set-points of law apply."""
    return value_kind == "MN" and system in METHANE_SYSTEMS and sensor_type in METHANE_TYPES
