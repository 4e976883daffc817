"""All writes of `ledger`. Keyword-only, actor first; ``actor`` None is the platform itself, which may write everywhere."""

from kuangan.ledger.actions.entries import add_entry, correct_entry, void_entry
from kuangan.ledger.actions.tallies import recount_all
from kuangan.ledger.values import EntryRefused

__all__ = [
    "EntryRefused",
    "add_entry",
    "correct_entry",
    "recount_all",
    "void_entry",
]
