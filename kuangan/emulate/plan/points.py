"""The measuring points of an invented mine, named as dispatch rooms name them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

import numpy as np

from kuangan.emulate.plan.methane import FACE, QUIET, RETURN, Behaviour
from kuangan.emulate.plan.plan import FacePlan, PointPlan, SetPoints
from kuangan.law.limit import limit

STEP: Final = Decimal("0.01")
SWITCH_TEXTS: Final = {
    "1001": ("局部通风机", "开", "停"),
    "1002": ("风门", "开", "关"),
    "1003": ("风筒状态", "有风", "无风"),
    "1010": ("主通风机", "开", "停"),
    "1015": ("馈电", "开", "关"),
}
ANALOG: Final = {
    "wind": ("0002", "风速", "m/s", Decimal("15.00")),
    "temperature": ("0003", "环境温度", "℃", Decimal("100.0")),
    "co": ("0004", "一氧化碳", "ppm", Decimal(1000)),
}
SHARE: Final = {
    "return_corner": 1.15, "coal_face": 0.85, "coal_face_return": 1.0, "coal_face_return_mid": 0.95, "coal_face_intake": 0.12,
    "coal_face_outburst": 0.85, "heading_face": 0.7, "heading_return": 0.65, "heading_mid": 0.6, "district_return": 0.7,
    "main_return": 0.5, "machine_chamber": 0.08, "coal_bunker": 0.4,
}  # fmt: skip
"""Mean methane of a place as a share of what the face's return carries."""


class PointList:
    """Collects the points of one mine and gives each its code and station."""

    def __init__(self, mine_code: str, gas: float, on: date, rng: np.random.Generator) -> None:
        self.points: list[PointPlan] = []
        self._mine = mine_code
        self._gas = gas
        self._on = on
        self._rng = rng

    def methane(self, place: str, text: str, behaviour: Behaviour, working: int = -1) -> None:
        """A methane point whose set-points are those of the law at its place."""
        law = limit("ch4", place, self._on)
        points = SetPoints(law.alarm, law.alarm - STEP, law.power_off, law.re_power)
        level = self._gas * SHARE[place] * float(self._rng.uniform(0.9, 1.1))
        self._add(
            "0001", "环境瓦斯", "MN", "%CH4", text, "methane", level, place=place, behaviour=behaviour, working=working,
            range_high=Decimal("4.00"), range_low=Decimal("0.00"), set_points=points,
        )  # fmt: skip

    def analog(
        self, quantity: str, text: str, level: float, set_points: SetPoints | None = None, working: int = -1
    ) -> None:
        """Wind, temperature or carbon monoxide."""
        sensor, name, unit, high = ANALOG[quantity]
        self._add(
            sensor, name, "MN", unit, text, quantity, level, range_high=high, range_low=Decimal(0),
            set_points=set_points or SetPoints(), working=working,
        )  # fmt: skip

    def switch(self, sensor: str, text: str, quantity: str, normal: int, working: int = -1) -> None:
        """An on/off point that normally shows ``normal``."""
        name, on_text, off_text = SWITCH_TEXTS[sensor]
        self._add(
            sensor, name, "KG", "", text, quantity, float(normal), working=working, on_text=on_text, off_text=off_text
        )

    def related(self) -> tuple[PointPlan, ...]:
        """All points, each methane point of a face tied to the feed sensor of that face (断电 relation)."""
        feeds = {point.working: point for point in self.points if point.quantity == "feed"}
        return tuple(
            replace(
                point, relations=f"D<->{feeds[point.working].code}<->{feeds[point.working].place_text}:D-{point.code}"
            )
            if point.working in feeds and point.quantity == "methane"
            else point
            for point in self.points
        )

    def _add(  # the wire record has as many fields
        self, sensor: str, name: str, kind: str, unit: str, text: str, quantity: str, level: float, **more: object
    ) -> None:
        number = len(self.points) + 1
        station = f"{self._mine}{(number - 1) // 12 + 1:05d}"
        code = f"{self._mine}01{kind}{sensor}{number:08d}"
        x, y, z = (4_000_000.0 + number * 3.5, 37_000_000.0 + number * 7.25, 800.0 + number)
        self.points.append(
            PointPlan(code, sensor, name, kind, unit, text, station, quantity, level, position=(x, y, z), **more)  # type: ignore[arg-type]  # keywords of the dataclass
        )


def points_of(
    mine_code: str,
    grade: str,
    faces: tuple[FacePlan, ...],
    districts: tuple[str, ...],
    on: date,
    rng: np.random.Generator,
) -> tuple[PointPlan, ...]:
    low, high = {"low_gas": (0.12, 0.24), "high_gas": (0.25, 0.42), "outburst": (0.28, 0.45)}[grade]
    made = PointList(mine_code, float(rng.uniform(low, high)), on, rng)
    for index, face in enumerate(faces):
        if face.kind == "coal_face":
            _coal_face(made, index, face.name, grade)
        else:
            _heading(made, index, face.name, grade)
    for name in districts:
        made.methane("district_return", f"{name}回风巷", QUIET)
        made.analog("wind", f"{name}回风巷风速", 3.1)
        made.analog("co", f"{name}回风巷CO", 2.0)
    _main(made)
    return made.related()


def _coal_face(made: PointList, index: int, name: str, grade: str) -> None:
    made.methane("return_corner", f"{name}回风隅角T0", FACE, index)
    made.methane("coal_face_outburst" if grade == "outburst" else "coal_face", f"{name}T1", FACE, index)
    made.methane("coal_face_return", f"{name}回风巷T2", RETURN, index)
    if grade != "low_gas":
        made.methane("coal_face_return_mid", f"{name}回风巷中部", RETURN, index)
    if grade == "outburst":
        made.methane("coal_face_intake", f"{name}进风巷T3", QUIET, index)
    made.analog("co", f"{name}回风巷CO", 3.0, SetPoints(Decimal(24), Decimal(23)), index)
    made.analog("temperature", f"{name}回风巷温度", 21.5, SetPoints(Decimal(30), Decimal(29)), index)
    made.analog("wind", f"{name}回风巷风速", 2.29, None, index)
    made.switch("1015", f"{name}馈电", "feed", 1, index)


def _heading(made: PointList, index: int, name: str, grade: str) -> None:
    made.methane("heading_face", f"{name}T1", FACE, index)
    made.methane("heading_return", f"{name}回风流T2", FACE, index)
    if grade != "low_gas":
        made.methane("heading_mid", f"{name}巷道中部", FACE, index)
    made.switch("1001", f"{name}局部通风机", "steady", 1, index)
    made.switch("1003", f"{name}风筒", "steady", 1, index)
    made.switch("1015", f"{name}馈电", "feed", 1, index)


def _main(made: PointList) -> None:
    made.methane("main_return", "总回风巷", QUIET)
    made.analog("wind", "总回风巷风速", 5.4)
    made.switch("1010", "1号主通风机", "steady", 1)
    made.switch("1010", "2号主通风机", "steady", 0)
    for number in (1, 2):
        made.switch("1002", f"井底联络巷{number}号风门", "door", 0)
    made.analog("temperature", "中央变电所温度", 24.0, SetPoints(Decimal(34), Decimal(33)))
    made.methane("machine_chamber", "中央变电所", QUIET)
    made.methane("coal_bunker", "井下煤仓", QUIET)
