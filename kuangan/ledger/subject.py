"""How an entry of a ledger is named as the subject of something else."""

from typing import Final

from kuangan.ledger.models import Entry

ENTRY_MARK: Final = "entry:"


def subject_of(entry: Entry) -> str:
    """How a duty names the entry that it follows."""
    return f"{ENTRY_MARK}{entry.serial}"


def serial_of(subject: str) -> int | None:
    """The entry of a duty's subject; None where the duty does not follow an entry."""
    rest = subject.removeprefix(ENTRY_MARK)
    return int(rest) if rest != subject else None
