"""All writes of `ledger`. Keyword-only, actor first; ``actor`` None is the platform itself, which may write everywhere."""

from kuangan.ledger.actions.confirming import confirm_entry, return_entry
from kuangan.ledger.actions.entries import add_entry, correct_entry, open_entry, void_entry
from kuangan.ledger.actions.imports import (
    Refusal,
    RowsRefused,
    confirm_import,
    drop_import,
    end_import,
    preview_import,
    read_import,
    return_import,
    upload_import,
    write_import,
    write_lines,
)
from kuangan.ledger.actions.tallies import recount_all
from kuangan.ledger.values import EntryRefused

__all__ = [
    "EntryRefused",
    "Refusal",
    "RowsRefused",
    "add_entry",
    "confirm_entry",
    "confirm_import",
    "correct_entry",
    "drop_import",
    "end_import",
    "open_entry",
    "preview_import",
    "read_import",
    "recount_all",
    "return_entry",
    "return_import",
    "upload_import",
    "void_entry",
    "write_import",
    "write_lines",
]
