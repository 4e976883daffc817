"""What was given as bounded plain text: the first look at any value, before anything that costs by its length. Pure."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from kuangan.base.text import clean_text

LONGEST: Final = {"text": 300, "person": 40, "phone": 20, "place": 200, "longtext": 8000, "lines": 8000}
"""Characters that a stored text of each kind may have."""
MOST_QUOTED: Final = 60
"""Characters of a wrong value that a message repeats."""
LONGEST_MARK: Final = 40
"""Characters of a number, a day, a moment or a yes; nothing that people write is longer."""
LONGEST_NAME: Final = 200
"""Characters of a choice, or of what names a mine, a unit or a face."""
MOST_BLANKS: Final = 200
"""Blanks around and inside a text that are taken out of it without complaint."""
MOST_ITEMS: Final = 1000
"""Texts in a list of texts."""


class Wrong(Exception):
    """A value that a field can't take; the text says what is wrong and what to enter."""


def is_empty(given: Any) -> bool:
    """Whether nothing was given: no value, blank text, an empty list."""
    if isinstance(given, Mapping):
        return all(is_empty(part) for part in given.values())
    return given is None or (isinstance(given, str) and not given.strip()) or given in ([], ())


def quoted(text: str) -> str:
    """The beginning of a text in quotation marks, for a message."""
    return f"“{text[:MOST_QUOTED]}”" if len(text) <= MOST_QUOTED else f"“{text[:MOST_QUOTED]}……”"


def plain_text(given: Any, longest: int = LONGEST["longtext"]) -> str:
    """A cell as text: whole floats of spreadsheets without ``.0``, no control characters, no outer blanks.

    A list gives its texts as lines. Raises :class:`Wrong` for a mapping and for more than ``longest`` characters and some blanks.
    """
    if isinstance(given, list | tuple):
        return _lines_of(given, longest)
    text = _written(given)
    if len(text) > longest + MOST_BLANKS:
        raise Wrong(f"共 {len(text)} 字，最多 {longest} 字，请精简")
    return clean_text(text).strip()


def _written(given: Any) -> str:
    if isinstance(given, bool):
        return "是" if given else "否"
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    if isinstance(given, datetime) and given.tzinfo is None and given.time() == given.min.time():
        given = given.date()
    if isinstance(given, datetime | date):
        return given.isoformat()
    if isinstance(given, Mapping | list | tuple):
        raise Wrong("应为文字，请填写一段文字")
    return str(given)


def _lines_of(given: list[Any] | tuple[Any, ...], longest: int) -> str:
    if len(given) > MOST_ITEMS:
        raise Wrong(f"共 {len(given)} 项，最多 {MOST_ITEMS} 项，请精简")
    lines = []
    for item in given:
        line = plain_text(_written(item), longest)
        longest -= len(line)
        lines.append(line)
        if longest < 0:
            raise Wrong("文字过长，请精简")
    return "\n".join(lines)
