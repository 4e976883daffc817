"""The glossary of names: Chinese term, English identifier, meaning (``corpus/glossary.yaml``)."""

from dataclasses import dataclass
from functools import cache

from kuangan.law.source import CORPUS, YamlTable, read_table


@dataclass(frozen=True)
class Term:
    """One term. ``identifier`` is how code names it."""

    term: str
    identifier: str
    meaning: str


@cache
def terms() -> tuple[Term, ...]:
    """All terms as they stand. Raises :class:`~kuangan.law.source.CorpusError`."""
    table = read_table(CORPUS / "glossary.yaml").only("terms")
    return tuple(_term(term) for term in table.tables("terms"))


def meaning(term: str) -> str:
    """The meaning of a Chinese term. Raises ``KeyError``."""
    for known in terms():
        if known.term == term:
            return known.meaning
    raise KeyError(f"the glossary has no term {term!r}; add it to corpus/glossary.yaml")


def _term(table: YamlTable) -> Term:
    table.only("term", "identifier", "meaning")
    return Term(table.text("term"), table.text("identifier"), table.text("meaning"))
