"""What an operator of the feed page is told when a file or a record cannot be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "incomplete", "too_large", "empty", "wrong_family", "unknown_type", "bad_name", "bad_header", "mine_mismatch",
    "encoding", "bad_compression", "too_many_bad", "future_dated", "past_dated", "unreadable", "quota",
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
    """One record that could not be used: its number after the header (from 1), why, and its text as received.

    `spoils`: it speaks against the layout of the whole file. A cut character or a value that is no number does not.
    `code`: the point whose value could not be read; empty for every other fault.
    """

    record: int
    reason: str
    text: str
    spoils: bool = True
    code: str = ""


class RecordError(ValueError):
    """Inside one record; becomes a BadRecord with the same `spoils` and `code`."""

    def __init__(self, reason: str, *, spoils: bool = True, code: str = "") -> None:
        super().__init__(reason)
        self.spoils = spoils
        self.code = code
