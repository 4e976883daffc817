"""Numbers and arrays as one compressed byte string, without pickle: readable by any later version."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import zstandard

_MAGIC: Final = b"KPK1"
# Any: scalars are JSON values, arrays of several types
Scalars = dict[str, Any]
Arrays = dict[str, npt.NDArray[Any]]


def pack(scalars: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """`scalars` must be JSON values."""
    shapes = [[name, array.dtype.str, list(array.shape)] for name, array in arrays.items()]
    head = json.dumps({"scalars": dict(scalars), "arrays": shapes}, ensure_ascii=False).encode()
    body = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays.values())
    return zstandard.compress(_MAGIC + struct.pack("<I", len(head)) + head + body, 1)


def unpack(stored: bytes) -> tuple[Scalars, Arrays]:
    """What was packed. Raises ValueError when the bytes are something else."""
    raw = zstandard.decompress(stored)
    if raw[:4] != _MAGIC:
        raise ValueError("not a packed state: take the newest snapshot that is, or replay the journal from the start")
    (length,) = struct.unpack_from("<I", raw, 4)
    head = json.loads(raw[8 : 8 + length])
    offset = 8 + length
    arrays: Arrays = {}
    for name, kind, shape in head["arrays"]:
        array = np.frombuffer(raw, kind, int(np.prod(shape)), offset).reshape(shape).copy()
        arrays[name] = array
        offset += array.nbytes
    return head["scalars"], arrays
