"""Arrays as the live row keeps them: little-endian, compressed with zstd, so that a row stays small enough to lie inline."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import zstandard

INT64: Final = "<i8"
INT32: Final = "<i4"
_LARGEST: Final = 16 << 20
"""Bytes of an array; two million points are no mine."""


def packed(array: npt.NDArray[np.generic], form: str) -> bytes:
    """The array's elements as `form`, compressed."""
    return zstandard.compress(array.astype(form).tobytes(), 1)


def unpacked(stored: bytes | memoryview, form: str) -> npt.NDArray[Any]:
    """What `packed` made, given the same form."""
    return np.frombuffer(zstandard.decompress(bytes(stored), max_output_size=_LARGEST), form)
