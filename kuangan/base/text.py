"""Text as it comes from people and programs: what no document, workbook or database may hold is taken out at the door."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_LINE_ENDS: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters, halves of surrogate pairs and non-characters: XML, PostgreSQL or UTF-8 cannot carry them."""
_HAN_GAP: Final = re.compile(r"(?<=[\u3400-\u9fff\U00020000-\U0003ffff])\s+(?=[\u3400-\u9fff\U00020000-\U0003ffff])")

_MARKS: Final = re.compile(r"[\W_]+")
_NOTHING: Final = frozenset({"", "无", "暂无", "没有", "未有", "无问题", "无突出问题", "没有问题", "未发现问题"})


def clean_text(text: str) -> str:
    r"""``text`` with every kind of line break as ``\n`` and without characters that cannot be kept or written out."""
    return _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text))


def is_clean(text: str) -> bool:
    """Whether :func:`clean_text` takes nothing out."""
    return _FORBIDDEN.search(_LINE_ENDS.sub("\n", text)) is None


def clean_line(text: str) -> str:
    """As :func:`clean_text`, on one line: breaks and tabs become single blanks, the ends are trimmed."""
    return " ".join(clean_text(text).split())


@lru_cache(maxsize=20_000)
def person_name(text: str) -> str:
    """A name as it is kept and compared: full-width forms folded, no blanks between Han characters, others single.

    ``王　芳`` and ``王 芳`` are ``王芳``; ``阿卜杜·热合曼`` and ``John Smith`` stay. Kept: a city writes the same names every day.
    """
    return _HAN_GAP.sub("", clean_line(unicodedata.normalize("NFKC", text)))


def says_something(text: object) -> bool:
    """Whether a text states anything: not nothing, marks alone, or a word for nothing (无, 暂无, 没有)."""
    return _MARKS.sub("", str(text or "")) not in _NOTHING


def written_as(name: str) -> str:
    """A regular expression, for Python and PostgreSQL, of the ways in which rows of before may have padded a name."""
    blanks = "[\\s\u3000]*"
    return f"^{blanks}{blanks.join(re.escape(char) for char in person_name(name))}{blanks}$"
