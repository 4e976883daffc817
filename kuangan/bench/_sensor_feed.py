"""Believable CDSS text for measurements: slowly walking values, mostly repeated from file to file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kuangan.monitor.times import beijing_text

CYCLE: Final = 30
"""Seconds between two files of a mine."""

_ANALOG: Final = (
    ("环境瓦斯", "0001", "%CH4", 2),
    ("一氧化碳", "0004", "ppm", 0),
    ("环境温度", "0003", "℃", 1),
    ("风速", "0002", "m/s", 2),
)
_PLACES: Final = (
    "工作面上隅角",
    "工作面回风巷",
    "掘进工作面",
    "采区回风巷",
    "机电硐室",
    "带式输送机机头",
    "总回风巷",
    "采区变电所",
)
_MOVES: Final = 0.25
"""Share of analog values that differ from the file before."""

_HOT: Final = 0.005
"""Share of methane points that wander around the alarm set-point."""


@dataclass(slots=True)
class BenchMine:
    """One mine's points and their present values in native steps."""

    code: str
    front: list[str]
    back: list[str]
    decimals: list[int]
    value: np.typing.NDArray[np.int64]
    ceiling: np.typing.NDArray[np.int64]
    random: np.random.Generator


def bench_mine(number: int, points: int) -> BenchMine:
    """Mine `number` (a fictional code) with half methane, a quarter other analog values and a quarter switches."""
    random = np.random.default_rng(number)
    code = f"149999{900001 + number}"
    front, back, decimals = [], [], []
    value, ceiling = np.zeros(points, np.int64), np.ones(points, np.int64)
    for index in range(points):
        place = f"{1301 + index % 37}{_PLACES[index % len(_PLACES)]}{index}号"
        if index % 4 == 3:
            front.append(f"{code}01KG1002{index:08d};风门;{place};")
            back.append(";;0;")
            decimals.append(0)
            continue
        name, kind, unit, places = _ANALOG[0 if index % 4 != 2 else 1 + index // 4 % 3]
        front.append(f"{code}01MN{kind}{index:08d};{name};{place};")
        back.append(f";{unit};0;")
        decimals.append(places)
        ceiling[index] = 400 if places == 2 else 300
        hot = kind == "0001" and random.random() < _HOT
        value[index] = random.integers(95, 101) if hot else random.integers(5, 60)
    return BenchMine(code, front, back, decimals, value, ceiling, random)


def next_file(mine: BenchMine, at: int) -> bytes:
    """The mine's file of moment `at`; its values take one step."""
    points = len(mine.front)
    step = mine.random.integers(-1, 2, points) * (mine.random.random(points) < _MOVES)
    switch = mine.ceiling == 1
    step[switch] *= mine.random.random(int(switch.sum())) < 0.01
    mine.value = np.clip(mine.value + step, 0, mine.ceiling)
    time = beijing_text(at - int(mine.random.integers(1, 4)))
    records = [
        front + (f"{value / 10**places:.{places}f}" if places else str(value)) + back + time
        for front, value, places, back in zip(mine.front, mine.value.tolist(), mine.decimals, mine.back, strict=True)
    ]
    return f"{mine.code};示例煤矿;{beijing_text(at)}~{'~'.join(records)}~||".encode()
