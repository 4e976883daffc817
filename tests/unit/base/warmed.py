"""A module of jobs that can be warmed up, for the tests of the workshop."""

import os

_warm: list[int] = []


def warm_up() -> None:
    """Note which process was warmed up."""
    _warm.append(os.getpid())


def who() -> list[int]:
    """The process at work, and whether it had been warmed up."""
    return [os.getpid(), int(os.getpid() in _warm)]


def eat(what: str) -> str:
    """Take without end, memory or processor seconds; `cold` at once in a process that was not warmed up."""
    if os.getpid() not in _warm:
        return "cold"
    taken = b"x"
    while True:
        taken = taken + taken if what == "memory" else b"x"
