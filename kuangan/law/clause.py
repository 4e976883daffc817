"""The clauses of the register's measures, from ``corpus/clauses.yaml``."""

from dataclasses import dataclass
from functools import cache

from kuangan.law.register import measure
from kuangan.law.source import CORPUS, read_table, unique

KINDS = ("D", "L", "R", "P", "M", "W")


@dataclass(frozen=True)
class Clause:
    """One clause ("1.1e") with what the platform must hold for it."""

    id: str
    kinds: tuple[str, ...]
    covered: bool

    @property
    def measure(self) -> str:
        """The code of its measure: the clause without its letter."""
        return self.id.rstrip("abcdefghijklmnopqrstuvwxyz")


@cache
def clauses() -> dict[str, Clause]:
    """All clauses by id. Raises :class:`~kuangan.law.source.CorpusError`, and ``KeyError`` for a measure that is not in the register."""
    row = read_table(CORPUS / "clauses.yaml").only("covered", "clauses")
    covered = row.texts("covered")
    found = unique(
        (
            (
                each.text("id"),
                each.only("id", "kinds"),
                Clause(each.text("id"), each.texts("kinds"), _covered(each.text("id"), covered)),
            )
            for each in row.tables("clauses")
        ),
        "clause",
    )
    for each in found.values():
        measure(each.measure)
    return found


def _covered(clause_id: str, covered: tuple[str, ...]) -> bool:
    return any(
        clause_id == each or clause_id.startswith(each + ".") or clause_id.rstrip("abcdefghijklmnopqrstuvwxyz") == each
        for each in covered
    )
