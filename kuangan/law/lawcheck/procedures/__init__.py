"""Procedures: their parts, how their cases begin, what they and ledgers make of a mine, and what a change of them leaves to open cases."""

from collections.abc import Iterator

from kuangan.law.lawcheck.problem import Problem
from kuangan.law.lawcheck.procedures import effects, openings, parts, release


def check() -> Iterator[Problem]:
    """Problems of all procedures, and of what decisions set."""
    for part in (parts, openings, effects, release):
        yield from part.check()


__all__ = ["check"]
