"""Stable integer indices for the points of one mine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


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
        self.texts: list[PointText] = list(texts)
        self.codes: list[str] = [text.code for text in self.texts]
        self._index: dict[str, int] = {code: index for index, code in enumerate(self.codes)}

    def __len__(self) -> int:
        return len(self.codes)

    def index(self, code: str) -> int | None:
        """Index of a known code."""
        return self._index.get(code)

    def describe(self, code: str, type_name: str, place: str, unit: str) -> int:
        """Index of the code, new codes appended; the description replaces the earlier one."""
        index = self._index.get(code)
        if index is None:
            index = self._index[code] = len(self.codes)
            self.codes.append(code)
            self.texts.append(PointText(index, code, type_name, place, unit))
            return index
        known = self.texts[index]
        if (known.type_name, known.place, known.unit) != (type_name, place, unit):
            self.texts[index] = PointText(index, code, type_name, place, unit)
        return index
