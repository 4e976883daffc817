"""Laws and standards: number, dates in force, what they supersede, and the text of the cited articles."""

from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property

from kuangan.law import register
from kuangan.law.cite import Cite
from kuangan.law.library.article import Article, chinese_ordinal, read_articles, text_path
from kuangan.law.source import YamlTable, files, read_table, unique

__all__ = [
    "Article",
    "Instrument",
    "article_text",
    "chinese_ordinal",
    "cite_text",
    "has_article",
    "in_force",
    "instrument_by_id",
    "instruments",
    "is_vague",
]


@dataclass(frozen=True)
class Instrument:
    """A law, rule or standard, in force from a day to the day before ``in_force_to``.

    ``assumed`` holds the open question about it (number, date, a text that is not at hand). ``text`` says where its text comes from
    and how far it was compared, empty where it is not at hand; it is ``verbatim`` unless it was put together from something else.
    ``summaries``: what is known of single articles of a text that is not at hand.
    """

    id: str
    title: str
    number: str
    in_force_from: date
    in_force_to: date | None
    supersedes: tuple[str, ...]
    confidence: str
    assumed: str
    text: str = ""
    verbatim: bool = True
    summaries: dict[str, Article] = field(default_factory=dict)

    @cached_property
    def articles(self) -> dict[str, Article]:
        """By number: those of its text, read when first asked for, or what is known of them."""
        return read_articles(text_path(self.id), quoted=self.verbatim) if self.text else self.summaries

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
    article, *parts = cite.article.split(".")
    return (
        title
        + _heading(cite.instrument, article)
        + "".join(_part(int(part), unit) for part, unit in zip(parts, ("款", "项"), strict=False))
    )


def _heading(instrument_id: str, number: str) -> str:
    """第四十八条; of a text without articles 第二部分."""
    known = instrument_by_id(instrument_id).articles.get(number)
    return (known or Article(number, "", quoted=False)).heading


def article_text(cite: Cite) -> str:
    """The text of the cited article, paragraph or item; empty if the corpus does not have it."""
    if cite.instrument == "register":
        return register.measure(cite.article).text if cite.article else ""
    article, parts = _place(cite)
    if article is None:
        return ""
    return (article.part(*parts) or "") if instrument_by_id(cite.instrument).text else article.text


def has_article(cite: Cite) -> bool:
    """Whether the corpus knows the cited place: to the item where the text is at hand, else the article.

    A citation of a whole instrument is always known.
    """
    if not cite.article:
        return True
    if cite.instrument == "register":
        return any(cite.article == measure.code for task in register.tasks() for measure in task.measures)
    article, parts = _place(cite)
    return article is not None and (not instrument_by_id(cite.instrument).text or article.part(*parts) is not None)


def is_vague(cite: Cite) -> bool:
    """Whether a citation names an article that says several things, of which one is meant."""
    if not cite.article or cite.instrument == "register" or not instrument_by_id(cite.instrument).text:
        return False
    article, parts = _place(cite)
    return article is not None and not parts and article.part(2) is not None


def _place(cite: Cite) -> tuple[Article | None, list[int]]:
    number, *parts = cite.article.split(".")
    return instrument_by_id(cite.instrument).articles.get(number), [int(part) for part in parts]


def _part(number: int, unit: str) -> str:
    return f"第{chinese_ordinal(number)}款" if unit == "款" else f"第（{chinese_ordinal(number)}）项"


_KEYS = (
    "id",
    "title",
    "number",
    "in_force_from",
    "in_force_to",
    "supersedes",
    "confidence",
    "assumed",
    "articles",
    "text",
    "verbatim",
)


def _instrument(table: YamlTable) -> Instrument:
    table.only(*_KEYS)
    if ("text" in table) != text_path(table.text("id")).exists():
        raise table.error("text: say where the text comes from if and only if it lies in instruments/texts")
    if "text" in table and "articles" in table:
        raise table.error("articles: the text is at hand; no second copy of its articles", "articles")
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
        text=table.text("text", ""),
        verbatim=table.flag("verbatim", default=True),
        summaries=articles,
    )


def _article(article: YamlTable) -> Article:
    article.only("article", "quoted", "text")
    return Article(article.text("article"), article.text("text"), article.flag("quoted"))
