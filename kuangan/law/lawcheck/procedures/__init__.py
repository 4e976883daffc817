"""Procedures: their parts, how their cases begin, and what a change of them leaves to open cases."""

from collections.abc import Iterator

from kuangan.law.lawcheck.problem import Problem
from kuangan.law.lawcheck.procedures import openings, parts, release


def check() -> Iterator[Problem]:
    """Problems of all procedures."""
    for part in (parts, openings, release):
        yield from part.check()


__all__ = ["check"]
