"""What a gateway is given of a message; no object of the database, so that a thread of its own may carry it."""

from dataclasses import dataclass, fields
from typing import Final


@dataclass(frozen=True)
class Message:
    """One message. ``to``: number, address or user id; ``link``: the page of the notice; ``title`` holds no content either."""

    id: int
    channel: str
    to: str
    receiver: str
    title: str
    text: str
    level: str = ""
    link: str = ""
    site: str = ""


PARTS: Final = frozenset(part.name for part in fields(Message))
