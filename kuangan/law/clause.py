"""The clauses of the register's measures, from ``corpus/clauses.yaml``: what each asks, and how far the platform carries it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from kuangan.law.register import measure
from kuangan.law.source import CORPUS, YamlTable, read_table, unique

KINDS: Final = {"D": "履职事项", "L": "台账", "R": "规则", "P": "办理程序", "M": "监测数据", "W": "页面"}
"""What a clause may need: a duty, a ledger, a computable rule, a procedure, live monitoring, a page or publication."""
WORKS: Final = "works"
PARTLY: Final = "partly"
NONE: Final = "none"
BUILT: Final = {WORKS: "已建立", PARTLY: "部分建立", NONE: "尚未建立"}
"""How far the platform carries a clause, and the words for it."""


@dataclass(frozen=True)
class Clause:
    """One clause ("1.1e"). Obligations, ledgers and rules name their clauses themselves; what has no file of its own stands here.

    ``feeds``: types of records; ``pages``: names of addresses; ``stories``: browser tests (``path::test``) that carry the clause
    out; ``without``: the kinds that nothing, or not enough, carries; ``lacks``: what is missing, for the reader.
    """

    id: str
    text: str
    measure: str
    kinds: tuple[str, ...]
    built: str
    without: tuple[str, ...]
    procedures: tuple[str, ...]
    feeds: tuple[str, ...]
    pages: tuple[str, ...]
    stories: tuple[str, ...]
    lacks: str

    @property
    def whole(self) -> bool:
        """Whether the platform has something for each kind, so that evidence can say that the clause is met."""
        return not self.without


@cache
def clauses() -> Mapping[str, Clause]:
    """All clauses by id, in the register's order. Raises :class:`~kuangan.law.source.CorpusError`."""
    tables = read_table(CORPUS / "clauses.yaml").only("clauses").tables("clauses")
    return unique(((table.text("id"), table, _clause(table)) for table in tables), "clause")


@cache
def clauses_of(measure_code: str) -> tuple[Clause, ...]:
    """The clauses of a measure, in order."""
    return tuple(clause for clause in clauses().values() if clause.measure == measure_code)


_KEYS: Final = (
    "id",
    "text",
    "measure",
    "kinds",
    "built",
    "without",
    "procedures",
    "feeds",
    "pages",
    "stories",
    "lacks",
)


def _clause(table: YamlTable) -> Clause:
    table.only(*_KEYS)
    return Clause(
        id=table.text("id"),
        text=table.text("text"),
        measure=_measure(table),
        kinds=_kinds(table, "kinds"),
        built=_one_of(table, "built", BUILT),
        without=_kinds(table, "without"),
        procedures=table.texts("procedures"),
        feeds=table.texts("feeds"),
        pages=table.texts("pages"),
        stories=table.texts("stories"),
        lacks=table.text("lacks", ""),
    )


def _measure(table: YamlTable) -> str:
    """The measure's code, which begins the clause's id."""
    code = table.text("measure")
    if table.text("id").rstrip("abcdefghijklmnopqrstuvwxyz") != code:
        raise table.error(f"measure {code!r} does not begin the id {table.text('id')!r}", "measure")
    try:
        return measure(code).code
    except KeyError as unknown:
        raise table.error(f"measure: {unknown}", "measure") from None


def _kinds(table: YamlTable, key: str) -> tuple[str, ...]:
    for kind in table.texts(key):
        if kind not in KINDS:
            raise table.error(f"{key}: {kind!r}; write of {', '.join(KINDS)}", key)
    return table.texts(key)


def _one_of(table: YamlTable, key: str, known: Mapping[str, str]) -> str:
    written = table.text(key)
    if written not in known:
        raise table.error(f"{key}: {written!r}; write one of {', '.join(known)}", key)
    return written
