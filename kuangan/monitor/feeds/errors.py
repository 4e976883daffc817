"""What an operator of the feed page is told when a file or a record cannot be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "incomplete", "too_large", "empty", "wrong_family", "unknown_type", "bad_name", "bad_header", "mine_mismatch",
    "encoding", "bad_compression", "too_many_bad", "future_dated",
]  # fmt: skip


class FeedError(Exception):
    """A whole file is refused: what is wrong, where, and what to do, in Chinese.

    `incomplete` is the one kind that heals by waiting (the writer has not finished).
    """

    def __init__(self, kind: Kind, what: str, where: str, todo: str) -> None:
        super().__init__(f"{what}（{where}）。{todo}")
        self.kind: Kind = kind
        self.what = what
        self.where = where
        self.todo = todo


@dataclass(frozen=True, slots=True)
class BadRecord:
    """One record that could not be used: its number after the header (from 1), why, and its text as received."""

    record: int
    reason: str
    text: str


class RecordError(ValueError):
    """Inside one record; becomes a BadRecord."""
