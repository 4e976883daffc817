"""What an answer of a gateway says: accepted, refused in its words, to be tried again, or nothing that could be understood."""

import json
from dataclasses import dataclass
from typing import Any, Final

from kuangan.base.text import clean_line
from kuangan.core.notify.gateways.calling import Answered
from kuangan.core.notify.gateways.grammar import AnswerReading
from kuangan.core.notify.outcome import Failed

RETRIED_STATUS: Final = frozenset({408, 425, 429})
LONGEST_WORDS: Final = 160
NOTHING: Final = object()


@dataclass(frozen=True)
class Understood:
    """An answer that accepts; ``content`` is its JSON, or None where it has none."""

    content: Any
    reference: str = ""


@dataclass(frozen=True)
class TokenEnded:
    """The gateway no longer takes our token."""


def understood(answered: Answered, reading: AnswerReading) -> Understood | TokenEnded | Failed:
    """An answer read as its file says. Words of the gateway are shown as they are, cut to a line."""
    content = _content(answered.content)
    words = _words(content, reading)
    code = at_path(content, reading.code) if reading.code else NOTHING
    if code in reading.ended and code is not NOTHING:
        return TokenEnded()
    if not 200 <= answered.status < 300:
        final = answered.status < 500 and answered.status not in RETRIED_STATUS
        return Failed(f"网关拒绝（HTTP {answered.status}）{words}", final=final)
    if reading.code and code is NOTHING:
        return Failed("网关的答复不能识别，不能确认是否受理")
    if reading.code and code not in reading.accepted:
        return Failed(f"网关拒绝（{_short(code)}）{words}", final=code not in reading.again)
    if reading.empty and (left := at_path(content, reading.empty)) not in (NOTHING, None, "", []):
        return Failed(f"网关未受理该接收人（{_short(left)}）", final=True)
    reference = at_path(content, reading.reference) if reading.reference else ""
    return Understood(content, "" if reference in (NOTHING, None) else _short(reference, 100))


def at_path(content: Any, path: str) -> Any:
    """The value at ``a.0.b`` of a JSON value; NOTHING where there is none."""
    for part in path.split("."):
        if isinstance(content, dict) and part in content:
            content = content[part]
        elif isinstance(content, list) and part.isdecimal() and int(part) < len(content):
            content = content[int(part)]
        else:
            return NOTHING
    return content


def _content(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _words(content: Any, reading: AnswerReading) -> str:
    words = at_path(content, reading.words) if reading.words else NOTHING
    return "" if words in (NOTHING, None, "") else f"：{_short(words)}"


def _short(value: Any, longest: int = LONGEST_WORDS) -> str:
    return clean_line(str(value))[:longest]
