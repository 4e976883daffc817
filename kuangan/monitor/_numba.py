"""The only door to Numba: its compile cache must lie under the data folder before the first import."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(os.environ.get("KUANGAN_DATA", "var")).absolute() / "numba"))

import numba

F = TypeVar("F", bound=Callable[..., object])

if TYPE_CHECKING:

    def compiled(function: F) -> F: ...
else:
    # nogil: parse and fold of different mines run on different cores
    compiled = numba.njit(cache=True, nogil=True, boundscheck=False)

__all__ = ["compiled"]
