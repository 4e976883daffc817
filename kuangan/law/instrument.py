"""Laws and standards: number, dates in force, what they supersede, and the text of the cited articles."""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from kuangan.base.numerals import chinese_number
from kuangan.law import register
from kuangan.law.cite import Cite
from kuangan.law.source import YamlTable, files, read_table, unique

_ITEM = re.compile(r"^[（(]([一二三四五六七八九十]+)[）)]")


@dataclass(frozen=True)
class Article:
    """One article. ``quoted``: the statute's own words; otherwise a summary, marked as such."""

    number: str
    text: str
    quoted: bool


@dataclass(frozen=True)
class Instrument:
    """A law, rule or standard, in force from a day to the day before ``in_force_to``.

    ``assumed`` holds the open question about it (number, date, a text that is not at hand).
    """

    id: str
    title: str
    number: str
    in_force_from: date
    in_force_to: date | None
    supersedes: tuple[str, ...]
    confidence: str
    assumed: str
    articles: dict[str, Article] = field(default_factory=dict)

    def in_force(self, on: date) -> bool:
        """Whether it applied on a day."""
        return self.in_force_from <= on and (self.in_force_to is None or on < self.in_force_to)


@cache
def instruments() -> dict[str, Instrument]:
    """All instruments by id. Raises :class:`~kuangan.law.source.CorpusError`."""
    tables = [read_table(path) for path in files("instruments", ".yaml")]
    return unique(((table.text("id"), table, _instrument(table)) for table in tables), "instrument")


def instrument_by_id(instrument_id: str) -> Instrument:
    """The instrument by id. Raises ``KeyError``."""
    try:
        return instruments()[instrument_id]
    except KeyError:
        raise KeyError(f"no instrument {instrument_id!r}; add corpus/instruments/{instrument_id}.yaml") from None


def in_force(cite: Cite, on: date) -> bool:
    """Whether the cited instrument applied on a day."""
    return instrument_by_id(cite.instrument).in_force(on)


def cite_text(cite: Cite) -> str:
    """The citation as a paper writes it: 《煤矿安全生产条例》第四十八条."""
    title = f"《{instrument_by_id(cite.instrument).title}》"
    if not cite.article:
        return title
    if cite.instrument == "register":
        return f"{title}第{cite.article}项"
    units = zip(cite.article.split("."), ("条", "款", "项"), strict=False)
    return title + "".join(_part(int(number), unit) for number, unit in units)


def article_text(cite: Cite) -> str:
    """The text of the cited article, paragraph or item; empty if the corpus does not have it."""
    if cite.instrument == "register":
        return register.measure(cite.article).text if cite.article else ""
    number, *parts = cite.article.split(".")
    article = instrument_by_id(cite.instrument).articles.get(number)
    if article is None:
        return ""
    return _narrowed(article.text, [int(part) for part in parts]) if article.quoted else article.text


def has_article(cite: Cite) -> bool:
    """Whether the corpus knows the cited place; a citation of a whole instrument is always known."""
    if not cite.article:
        return True
    if cite.instrument == "register":
        return any(cite.article == measure.code for task in register.tasks() for measure in task.measures)
    return cite.article.split(".")[0] in instrument_by_id(cite.instrument).articles


def chinese_ordinal(number: int) -> str:
    """1–999 as articles are numbered: 48 → 四十八, 498 → 四百九十八, 105 → 一百零五."""
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return chinese_number(rest)
    tail = "" if not rest else chinese_number(rest) if rest > 9 else "零" + chinese_number(rest)
    if 10 <= rest < 20:
        tail = "一" + tail
    return chinese_number(hundreds) + "百" + tail


def _part(number: int, unit: str) -> str:
    return f"第{chinese_ordinal(number)}{unit}" if unit != "项" else f"第（{chinese_ordinal(number)}）项"


def _narrowed(text: str, parts: list[int]) -> str:
    """The paragraph (款), with the items below it, or one item (项) of it."""
    if not parts:
        return text
    paragraphs: list[list[str]] = []
    for line in text.splitlines():
        if _ITEM.match(line) and paragraphs:
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    chosen = paragraphs[parts[0] - 1]
    return "\n".join(chosen) if len(parts) == 1 else chosen[parts[1]]


def _instrument(table: YamlTable) -> Instrument:
    table.only(
        "id", "title", "number", "in_force_from", "in_force_to", "supersedes", "confidence", "assumed", "articles"
    )
    articles = unique(
        ((article.text("article"), article, _article(article)) for article in table.tables("articles")), "article"
    )
    return Instrument(
        id=table.text("id"),
        title=table.text("title"),
        number=table.text("number"),
        in_force_from=table.day("in_force_from"),
        in_force_to=table.optional_day("in_force_to"),
        supersedes=table.texts("supersedes"),
        confidence=table.mark(),
        assumed=table.text("assumed", ""),
        articles=articles,
    )


def _article(table: YamlTable) -> Article:
    table.only("article", "quoted", "text")
    return Article(table.text("article"), table.text("text"), table.flag("quoted"))
