"""The clauses of the register's measures, from ``corpus/clauses.yaml``: what each asks, and how far the platform carries it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from kuangan.law.register import measure
from kuangan.law.source import CORPUS, Table, read_table, unique

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
    rows = read_table(CORPUS / "clauses.yaml").only("clauses").tables("clauses")
    return unique(((row.text("id"), row, _clause(row)) for row in rows), "clause")


@cache
def clauses_of(measure_code: str) -> tuple[Clause, ...]:
    """The clauses of a measure, in order."""
    return tuple(each for each in clauses().values() if each.measure == measure_code)


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


def _clause(row: Table) -> Clause:
    row.only(*_KEYS)
    return Clause(
        id=row.text("id"),
        text=row.text("text"),
        measure=_measure(row),
        kinds=_kinds(row, "kinds"),
        built=_one_of(row, "built", BUILT),
        without=_kinds(row, "without"),
        procedures=row.texts("procedures"),
        feeds=row.texts("feeds"),
        pages=row.texts("pages"),
        stories=row.texts("stories"),
        lacks=row.text("lacks", ""),
    )


def _measure(row: Table) -> str:
    """The measure's code, which begins the clause's id."""
    code = row.text("measure")
    if row.text("id").rstrip("abcdefghijklmnopqrstuvwxyz") != code:
        raise row.error(f"measure {code!r} does not begin the id {row.text('id')!r}", "measure")
    try:
        return measure(code).code
    except KeyError as unknown:
        raise row.error(f"measure: {unknown}", "measure") from None


def _kinds(row: Table, key: str) -> tuple[str, ...]:
    for each in row.texts(key):
        if each not in KINDS:
            raise row.error(f"{key}: {each!r}; write of {', '.join(KINDS)}", key)
    return row.texts(key)


def _one_of(row: Table, key: str, known: Mapping[str, str]) -> str:
    written = row.text(key)
    if written not in known:
        raise row.error(f"{key}: {written!r}; write one of {', '.join(known)}", key)
    return written
