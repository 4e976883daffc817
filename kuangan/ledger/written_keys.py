"""Keys and persons as forms, sheets and programs write them."""

import re
from collections.abc import Mapping
from typing import Any, Final

from kuangan.base.text import person_name
from kuangan.core.values.plain import LONGEST_NAME, Wrong, plain_text
from kuangan.core.values.shown import named, person_code

CODE_BEHIND: Final = re.compile(r".*[（(]([0-9A-Za-z_./-]+)[）)]", re.DOTALL)
LARGEST_KEY: Final = 2**63 - 1
LONGEST_KEY: Final = 20
"""Characters of a key that are looked at; the longest has 19 digits."""


def written_person(given: Any) -> tuple[str, str]:
    """A person as a form, a sheet or a program writes him — name, code, or name with code behind —, and his name alone."""
    if isinstance(given, Mapping):
        given = _named_with_code(given)
    text = plain_text(given, LONGEST_NAME)
    behind = CODE_BEHIND.fullmatch(text)
    coded = behind is not None and person_key(text) > 0
    return text, person_name(text[: behind.start(1) - 1] if behind and coded else text)


def _named_with_code(given: Mapping[str, Any]) -> str:
    """A person as programs send him. Raises :class:`Wrong` for a key that can be none."""
    name = plain_text(given.get("name", ""), LONGEST_NAME)
    if not given.get("person"):
        return name
    try:
        return named(name, person_code(key_of_row(given["person"])))
    except (TypeError, ValueError, OverflowError) as none:
        raise Wrong("人员编号无效，请照平台给出的编号填写，或者只填写姓名") from none


def person_key(text: str) -> int:
    """The key of a person's code, alone or behind a name; 0 where there is none."""
    behind = CODE_BEHIND.fullmatch(text)
    written = behind.group(1) if behind else text
    key = written.removeprefix("P")
    number = int(key) if key != written and key.isascii() and key.isdigit() and len(key) < LONGEST_KEY else 0
    return number if number <= LARGEST_KEY else 0


def key_of_row(given: Any) -> int:
    """A key of the database. ValueError, TypeError, OverflowError for what can be none."""
    number = int(given) if isinstance(given, int | float) else int(str(given)[:LONGEST_KEY])
    if not 0 < number <= LARGEST_KEY:
        raise ValueError(number)
    return number
