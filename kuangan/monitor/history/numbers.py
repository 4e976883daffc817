"""The journal numbers of the files whose readings a history file holds, as few bytes."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt


def packed_numbers(numbers: Iterable[int]) -> bytes:
    """Numbers, sorted and without repetitions, as compressed differences."""
    ordered = np.unique(np.fromiter(numbers, np.int64))
    return zlib.compress(np.diff(ordered, prepend=0).astype("<i8").tobytes(), 9)


def unpacked_numbers(stored: bytes | memoryview) -> npt.NDArray[np.int64]:
    """What was packed, ascending."""
    return np.cumsum(np.frombuffer(zlib.decompress(bytes(stored)), "<i8")).astype(np.int64)
