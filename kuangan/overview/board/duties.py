"""The duties in the counts of a board: those of tallied openings are added up once, the others each time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.db.models import Q

from kuangan.base.clock import civil_date
from kuangan.core.queries.keys import is_among
from kuangan.duty.proof.standing import standing_obligations
from kuangan.duty.proof.tallied import Tallied, TalliedOpening, added_up, openings_in, tallied
from kuangan.duty.status import Status
from kuangan.law.content import corpus_digest
from kuangan.law.duty.obligation_file import obligations
from kuangan.law.register import measure
from kuangan.overview.board.clauses import listing_themselves, of_obligations, unlisted
from kuangan.overview.board.counts import count_all
from kuangan.overview.board.rows import Window, duties_in, standing_in
from kuangan.overview.board.scope import Scope, seats_of
from kuangan.overview.board.sums import Adding, Tallies
from kuangan.overview.queries.board import units_listing

KEPT: Final = 8
"""Sums of tallied openings that a process keeps: a few megabytes each, for the boards that people look at one after the other."""
_DONE: Final = (Status.met.value, Status.late.value)


@dataclass(frozen=True)
class _Asked:
    """What the counts of duties depend on beside the duties. ``sections``: by bureau, the section in whose cells its duties may stand.

    ``listed``: by obligation whose evidence is its own list, the units that had one before, so that something could be missed.
    """

    corpus: str
    only: str
    owing: frozenset[int]
    sections: frozenset[tuple[int, int]]
    listed: frozenset[tuple[str, frozenset[int]]]


def count_duties(scope: Scope, window: Window, wanted: frozenset[int], only: str) -> Adding:
    """Duties by their status, done ones by grade; of those owed of each without a list nobody knows whether all were done."""
    if not wanted:
        return Adding(Tallies())
    owing = frozenset(scope.with_bureaus(wanted) if len(wanted) < len(scope.units) else scope.units)
    owed = Q(unit__in=owing) if len(owing) < len(scope.units) else Q()
    asked = _Asked(
        corpus_digest(), only, owing, frozenset(scope.sections.items()), frozenset(_listed_before(window, only))
    )
    openings = openings_in(window.keys, window.period.last, window.at)
    sums = Adding(_settled(openings.tallied, asked) if openings.tallied else Tallies())
    _count(sums, asked, tallied(duties_in(window, only).filter(owed, is_among(openings.untallied, "opening_id"))))
    if standing_obligations(only):
        _count(sums, asked, tallied(standing_in(window, only).filter(owed)))
    return sums


@lru_cache(KEPT)
def _settled(openings: tuple[TalliedOpening, ...], asked: _Asked) -> Tallies:
    """The counts of tallied openings. They hold as long as the tallies are the same: what changes is tallied anew, under another key."""
    sums = Adding(Tallies())
    _count(sums, asked, _of_units(added_up(opening.key for opening in openings), asked))
    return sums.whole()


def _of_units(counted_duties: Iterable[Tallied], asked: _Asked) -> Iterator[Tallied]:
    """Without standing duties, which are counted as of their day."""
    standing = standing_obligations()
    for name, code, status, grade, numbers in counted_duties:
        if name not in standing and asked.only in ("", code):
            yield name, code, status, grade, {key: numbers[key] for key in numbers.keys() & asked.owing}


def _count(sums: Adding, asked: _Asked, counted_duties: Iterable[Tallied]) -> None:
    served, blind, listed, sections = of_obligations(), unlisted(), dict(asked.listed), dict(asked.sections)
    for name, code, status, grade, numbers in counted_duties:
        seats, unsure = seats_of(measure(code), sections), frozenset[int]()
        if status in _DONE and (name in blind or name in listed):
            unsure = frozenset(numbers) - (frozenset() if name in blind else listed[name])
        placed = (
            [(seats.get(unit_id, unit_id), number) for unit_id, number in numbers.items()] if seats else numbers.items()
        )
        for counted in sums.both(code, served.get(name, ())):
            count_all([(counted[place], number) for place, number in placed], status, grade)
            for unit_id in unsure:
                counted[seats.get(unit_id, unit_id)].unknown += numbers[unit_id]


def _listed_before(window: Window, only: str) -> Iterator[tuple[str, frozenset[int]]]:
    day, laws = civil_date(window.start), obligations()
    for name, book in listing_themselves().items():
        if only in ("", laws[name].measure):
            yield name, units_listing(book, laws[name].period_on(day).first)
