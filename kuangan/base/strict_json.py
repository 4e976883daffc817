"""JSON as others send it, read with care: what Python's reader lets through beyond the standard, or breaks on, is refused."""

import json
import math
from typing import Any, NoReturn


def read_strict(content: bytes | str) -> Any:
    """The value. ``ValueError`` for what is no JSON, numbers without an end and nesting that no reader follows.

    Texts may still hold halves of surrogate pairs; see :func:`is_text`.
    """
    try:
        return json.loads(content, parse_constant=_no_number, parse_float=_finite)
    except RecursionError:
        raise ValueError("nested too deep") from None


def is_text(value: Any) -> bool:
    """Whether every text in a JSON value can be written as UTF-8."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return True


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        raise ValueError(f"{written} is beyond any number that is kept")
    return number
