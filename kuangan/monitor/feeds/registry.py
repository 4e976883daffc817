"""Stable integer indices for the points of one mine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kuangan.monitor.feeds.errors import RecordError
from kuangan.monitor.feeds.fields import CUT

MOST_POINTS: Final = 6000
"""Points of one mine; the largest mine seen has 1,400."""


@dataclass(frozen=True, slots=True)
class PointText:
    """A point as the last snapshot described it."""

    index: int
    code: str
    type_name: str
    place: str
    unit: str


class PointRegistry:
    """code ↔ index of one mine; indices only grow, because fold state and history buffers are arrays over them."""

    def __init__(self, texts: Iterable[PointText] = ()) -> None:
        self.room = MOST_POINTS
        """How many codes the next file may add."""
        self.texts: list[PointText] = list(texts)
        self.codes: list[str] = [text.code for text in self.texts]
        self._index: dict[str, int] = {code: index for index, code in enumerate(self.codes)}

    def __len__(self) -> int:
        return len(self.codes)

    def index(self, code: str) -> int | None:
        return self._index.get(code)

    def require_room(self, code: str, fresh: set[str]) -> None:
        """Count a code that no file sent before into the `fresh` ones of this file. RecordError when there is no room."""
        if code in self._index or code in fresh:
            return
        if len(fresh) >= self.room:
            raise RecordError(f"新测点 {code[:40]} 超过本矿可新增的测点数，未登记", spoils=False)
        fresh.add(code)

    def describe(self, code: str, type_name: str, place: str, unit: str) -> int:
        """Index of the code, new codes appended; the description replaces the earlier one but where it is cut."""
        index = self._index.get(code)
        if index is None:
            index = self._index[code] = len(self.codes)
            self.codes.append(code)
            self.texts.append(PointText(index, code, type_name, place, unit))
            return index
        known = self.texts[index]
        type_name = known.type_name if CUT in type_name else type_name
        place = known.place if CUT in place else place
        unit = known.unit if CUT in unit else unit
        if (known.type_name, known.place, known.unit) != (type_name, place, unit):
            self.texts[index] = PointText(index, code, type_name, place, unit)
        return index
