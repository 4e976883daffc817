"""Batches in which one bad row never fails its neighbours."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction

Row = TypeVar("Row")
Kept_co = TypeVar("Kept_co", covariant=True)
Result = TypeVar("Result")
AT_ONCE: Final = 1000
"""Rows that one savepoint holds at most, so that neither a statement nor its memory grows with the batch."""
MOST_ASIDE: Final = 50
"""More bad rows than this of one batch are no bad rows: what writes them is wrong, and its error is raised."""
_CLASHES: Final = frozenset({"40001", "40P01", "55P03", "57014"})
"""SQLSTATE codes of two transactions in each other's way, or of a statement that waited too long."""
_GONE: Final = frozenset({"57P01", "57P02", "57P03", "57P05", "25P03", "53300"})
"""SQLSTATE codes of a server that ends, starts, or takes no further connection; class 08 beside them."""


@dataclass(frozen=True)
class Aside(Generic[Kept_co]):
    """A row that could not be written, and why. Nothing of it is in the database."""

    row: Kept_co
    error: Exception


def apart(
    rows: Sequence[Row],
    write: Callable[[Sequence[Row]], Result],
    *,
    at_once: int = AT_ONCE,
    most: int = MOST_ASIDE,
) -> tuple[list[Result], list[Aside[Row]]]:
    """Write rows in savepoints: together, and where that fails in halves, down to the row that is set aside.

    ``write`` takes some of the rows, in order, and must be fit to be called again for a part of them after what it wrote was
    undone; it may change nothing but the database. Returns what it returned for each part, and the rows set aside. An error of
    the connection is raised: it says nothing about any row. So is the last error when more than ``most`` rows were bad.
    """
    results: list[Result] = []
    aside: list[Aside[Row]] = []
    for part in _parts(rows, at_once):
        _write(part, write, results, aside, most)
    return results, aside


def _parts(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _write(
    part: Sequence[Row],
    write: Callable[[Sequence[Row]], Result],
    results: list[Result],
    aside: list[Aside[Row]],
    most: int,
) -> None:
    nested = connection.in_atomic_block
    try:
        with transaction.atomic():
            result = write(part)
            if nested:  # what a commit would refuse is refused here
                connection.check_constraints()
    except Exception as error:
        if is_lost(error):
            raise
        if len(part) == 1:
            aside.append(Aside(part[0], error))
        if len(aside) > most:
            raise
    else:
        results.append(result)
        return
    if len(part) > 1:
        for half in _parts(part, (len(part) + 1) // 2):
            _write(half, write, results, aside, most)


def is_lost(error: BaseException) -> bool:
    """Whether an error is one of the connection to the database, not of what was asked of it."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith("08") or state in _GONE


def is_clash(error: BaseException) -> bool:
    """Whether another try may well go through: another transaction was in the way."""
    return getattr(error.__cause__, "sqlstate", None) in _CLASHES
