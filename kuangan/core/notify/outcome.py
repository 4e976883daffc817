"""What came of sending a message."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sent:
    """The message is out; `reference` is the gateway's own number for it."""

    reference: str = ""


@dataclass(frozen=True)
class Failed:
    """The message is not out, and why (Chinese). `final` = trying again cannot help."""

    error: str
    final: bool = False


@dataclass(frozen=True)
class Arrived:
    """The gateway says that the message arrived."""


@dataclass(frozen=True)
class Pending:
    """The gateway does not know yet."""
