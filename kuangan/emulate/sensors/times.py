"""Moments inside a text, moved."""

import re
from datetime import datetime, timedelta
from typing import Final

_FORMS: Final = (
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"), "%Y-%m-%d %H:%M:%S"),
    (re.compile(r"(?<=_)\d{14}(?=\.)"), "%Y%m%d%H%M%S"),
)


def shift_moments(text: str, by: timedelta) -> str:
    """The text with every moment (and the time stamp of a file name) later by ``by``."""
    for pattern, form in _FORMS:
        text = pattern.sub(lambda match, form=form: f"{datetime.strptime(match[0], form) + by:{form}}", text)  # type: ignore[misc]  # noqa: DTZ007  # bound per loop; feed text has no zone
    return text
