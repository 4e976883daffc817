"""Codes and names of prefectures and their counties."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


class UnknownCity(LookupError):
    """No prefecture of this code is known."""


@dataclass(frozen=True)
class Area:
    """An administrative area: six-digit code and name."""

    code: str
    name: str


@cache
def areas() -> dict[str, Area]:
    """All areas that are known, by code."""
    text = files("kuangan.city").joinpath("data/areas.csv").read_text("utf-8")
    return {area["code"]: Area(area["code"], area["name"]) for area in csv.DictReader(text.splitlines())}


def prefecture(code: str) -> Area:
    """The prefecture of this code. Raises :class:`UnknownCity` naming those that are known."""
    known = areas()
    if code not in known or not code.endswith("00"):
        choices = "、".join(f"{area.code} {area.name}" for area in known.values() if area.code.endswith("00"))
        raise UnknownCity(f"没有代码为 {code} 的设区市；可选：{choices}")
    return known[code]


def counties(city: str) -> tuple[Area, ...]:
    """The counties of a prefecture, by code."""
    prefecture(city)
    return tuple(area for area in areas().values() if area.code[:4] == city[:4] and area.code != city)
