"""JSON as others send it, read with care: what Python's reader lets through beyond the standard, or breaks on, is refused."""

import json
import math
import re
from typing import Any, Final, NoReturn

DEEPEST: Final = 32
"""Brackets within brackets; what anybody sends here needs five."""
LONGEST_NUMBER: Final = 40
"""Digits of a whole number."""
_NEITHER_TEXT_NOR_BRACKET: Final = re.compile(r'"(?:[^"\\]++|\\.?)*+"?|[^"\[\]{}]++', re.DOTALL)
"""Possessive, and a text without an end goes to the end: each character is looked at once."""


def read_strict(content: bytes | str) -> Any:
    """The value. ``ValueError`` for what is no JSON, numbers without an end and nesting that no reader follows.

    Texts may still hold halves of surrogate pairs; see :func:`is_text`.
    """
    text = content if isinstance(content, str) else json_text(content)
    _refuse_depth(text)
    try:
        return json.loads(text, parse_constant=_no_number, parse_float=_finite, parse_int=_short)
    except RecursionError:
        raise ValueError("nested too deep") from None


def is_text(value: Any) -> bool:
    """Whether every text in a JSON value can be written as UTF-8."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return True


def json_text(content: bytes) -> str:
    """The text of JSON bytes. ``ValueError`` for another encoding than JSON's."""
    return content.decode(json.detect_encoding(content), "surrogatepass")


def _refuse_depth(text: str) -> None:
    depth = 0
    for bracket in _NEITHER_TEXT_NOR_BRACKET.sub("", text):
        depth += 1 if bracket in "[{" else -1
        if depth > DEEPEST:
            raise ValueError(f"nested more than {DEEPEST} deep")


def _short(written: str) -> int:
    if len(written) > LONGEST_NUMBER:
        raise ValueError("a number with more digits than any that is kept")
    return int(written)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        raise ValueError(f"{written} is beyond any number that is kept")
    return number
