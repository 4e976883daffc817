"""Counts while they are added up: by measure and by clause, of each unit in whose cell they stand."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kuangan.overview.board.counts import Counts


class Upon(dict[int, Counts]):
    """Counts of units upon those of before, which stay as they are."""

    def __init__(self, before: Mapping[int, Counts]) -> None:
        super().__init__()
        self.before = before

    def __missing__(self, unit_id: int) -> Counts:
        before = self.before.get(unit_id)
        counts = self[unit_id] = Counts() if before is None else Counts.total([before])
        return counts


class Sums(dict[str, dict[int, Counts]]):
    """By the code of a measure or the id of a clause, upon what was added up before. A unit's counts begin when they are asked for."""

    def __init__(self, before: Mapping[str, Mapping[int, Counts]]) -> None:
        super().__init__()
        self.before = before

    def __missing__(self, code: str) -> dict[int, Counts]:
        before = self.before.get(code)
        counted = self[code] = Upon(before) if before else defaultdict(Counts)
        return counted

    def whole(self) -> dict[str, Mapping[int, Counts]]:
        """With those of before of which nothing was added."""
        added = {code: {**self.before.get(code, {}), **counted} for code, counted in self.items()}
        return {**self.before, **added}


@dataclass(frozen=True)
class Tallies:
    """The counts of a board; they stay as they are."""

    measures: Mapping[str, Mapping[int, Counts]] = field(default_factory=dict)
    clauses: Mapping[str, Mapping[int, Counts]] = field(default_factory=dict)


class Adding:
    """Counts being added up. What serves several clauses of a measure counts once in the measure."""

    def __init__(self, before: Tallies) -> None:
        self.measures, self.clauses = Sums(before.measures), Sums(before.clauses)

    def both(self, code: str, named: Iterable[str]) -> list[dict[int, Counts]]:
        """By unit, the counts in which the facts of a measure and its clauses stand."""
        return [self.measures[code], *[self.clauses[clause_id] for clause_id in named]]

    def whole(self) -> Tallies:
        return Tallies(self.measures.whole(), self.clauses.whole())
