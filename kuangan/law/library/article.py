"""Articles (条) of instruments, their paragraphs (款) and items (项), read from ``corpus/instruments/texts/<id>.txt``.

A text is the statute's own lines: an article begins with 第…条, headings begin with ``#``. A line that begins with （一） is an item
of the paragraph before it; tables, notes and numbered sub-items belong to what they follow; any other line is a paragraph.

A notice or a plan has no articles: what stands under a heading ``## 一、`` or ``## 1`` is a part (部分), whose items begin with ``1.``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from kuangan.base.numerals import chinese_number
from kuangan.law.source import CORPUS, CorpusError, relative

TEXTS = CORPUS / "instruments" / "texts"
_FIRST_LINE = re.compile(r"^第([零一二三四五六七八九十百]+)条(?:之([一二三四五六七八九十]))?[ \u3000]*(.*)$")
_PART = re.compile(r"^##[ \u3000]*(?:([一二三四五六七八九十]+)、|(\d+)[ \u3000])")
_NUMBERED = re.compile(r"^\d+[.．、][ \u3000]*(?!\d)")
_ITEM = re.compile(r"^[（(]([一二三四五六七八九十]+)[）)]")
_BELONGS = re.compile(r"^(?:\||\d+[.．、]|[（(]\d+[）)]|[①-⑳]|表 ?\d|注[:：])")


@dataclass(frozen=True)
class Article:
    """One article, or part of a text without (``unit`` 部分). ``number``: ``48``, or ``134-1`` for 第一百三十四条之一.

    ``quoted``: the statute's own words, else a summary.
    """

    number: str
    text: str
    quoted: bool
    unit: str = "条"

    @property
    def heading(self) -> str:
        """第四十八条, 第一百三十四条之一, of a notice 第二部分; of a summary of the whole 主要内容."""
        if not self.number:
            return "主要内容"
        number, _, inserted = self.number.partition("-")
        return f"第{chinese_ordinal(int(number))}{self.unit}" + (
            f"之{chinese_ordinal(int(inserted))}" if inserted else ""
        )

    def part(self, *numbers: int) -> str | None:
        """The paragraph with its items, or one item of it; the whole without numbers; None where there is no such part."""
        if not numbers:
            return self.text
        if not 0 < numbers[0] <= len(self._paragraphs):
            return None
        paragraph = self._paragraphs[numbers[0] - 1]
        if len(numbers) == 1:
            return "\n".join(paragraph)
        return paragraph[numbers[1]] if 0 < numbers[1] < len(paragraph) else None

    @cached_property
    def _paragraphs(self) -> list[list[str]]:
        """Each paragraph: its own words, then its items."""
        paragraphs: list[list[str]] = []
        begins_item = _NUMBERED if self.unit == PART else _ITEM
        for line in self.text.splitlines():
            if paragraphs and begins_item.match(line):
                paragraphs[-1].append(line)
            elif paragraphs and _BELONGS.match(line):
                paragraphs[-1][-1] += f"\n{line}"
            else:
                paragraphs.append([line])
        return paragraphs


PART: Final = "部分"


def text_path(instrument_id: str) -> Path:
    """Where an instrument's text lies, if it is at hand."""
    return TEXTS / f"{instrument_id}.txt"


def read_articles(path: Path, *, quoted: bool) -> dict[str, Article]:
    """The articles of a text by number. Raises :class:`CorpusError` for one that is out of order."""
    by_number: dict[str, Article] = {}
    last, whole = (0, 0), path.read_text(encoding="utf-8")
    articles = list(_articles(whole))
    unit = "条" if articles else PART
    for number, at, text in articles or _parts(whole):
        if number <= last:
            raise CorpusError(f"{relative(path)}:{at}: article {_key(number)} comes after {_key(last)}")
        by_number[_key(number)] = Article(_key(number), text, quoted, unit)
        last = number
    return by_number


def chinese_ordinal(number: int) -> str:
    """1–999 as articles are numbered: 48 → 四十八, 498 → 四百九十八, 105 → 一百零五."""
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return chinese_number(rest)
    tail = "" if not rest else chinese_number(rest) if rest > 9 else "零" + chinese_number(rest)
    if 10 <= rest < 20:
        tail = "一" + tail
    return chinese_number(hundreds) + "百" + tail


@cache
def _ordinals() -> dict[str, int]:
    return {chinese_ordinal(number): number for number in range(1, 1000)}


def _key(number: tuple[int, int]) -> str:
    return f"{number[0]}-{number[1]}" if number[1] else str(number[0])


def _articles(text: str) -> Iterator[tuple[tuple[int, int], int, str]]:
    """Number, line and words of each article; a heading ends the one before it."""
    number, began, words = (0, 0), 0, list[str]()
    for at, line in enumerate(text.splitlines(), start=1):
        first = _FIRST_LINE.match(line)
        if (first or line.startswith("#")) and words:
            yield number, began, "\n".join(words)
            words = []
        if first:
            number, began = (_ordinals()[first[1]], _ordinals()[first[2]] if first[2] else 0), at
            words = [first[3]]
        elif words and line.strip():
            words.append(line)
    if words:
        yield number, began, "\n".join(words)


def _parts(text: str) -> Iterator[tuple[tuple[int, int], int, str]]:
    """Number, line and words of each part of a text without articles."""
    number, began, words = 0, 0, list[str]()
    for at, line in enumerate(text.splitlines(), start=1):
        heading = _PART.match(line)
        if heading:
            if words:
                yield (number, 0), began, "\n".join(words)
            number, began, words = _ordinals()[heading[1]] if heading[1] else int(heading[2]), at, []
        elif number and line.strip():
            words.append(line)
    if words:
        yield (number, 0), began, "\n".join(words)
