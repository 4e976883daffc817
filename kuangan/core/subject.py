"""What a notice, a call, a letter or a figure is about: a kind of thing and its key. Pages turn it into an address."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

ASKED = "?"
MARK = ":"


@dataclass(frozen=True)
class Subject:
    """A thing (``case`` with key ``12``), or a list (``duties``) that may be narrowed.

    Its text, as rows keep it: ``case:12``, ``duties?status=overdue&unit=140423-bureau``, ``collection:3?show=missing``.
    """

    kind: str
    key: str = ""
    narrowed: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        thing = f"{self.kind}{MARK}{self.key}" if self.key else self.kind
        return f"{thing}{ASKED}{urlencode(self.narrowed)}" if self.narrowed else thing


def about(kind: str, key: object = "", **narrowed: object) -> Subject:
    """The subject of a kind with its key, narrowed as a list is by its filters."""
    return Subject(kind, str(key), tuple((name, str(value)) for name, value in narrowed.items()))


def parsed(text: str) -> Subject | None:
    """The subject that a text names; None for an empty text and for an address, as rows of earlier releases hold it."""
    thing, _, asked = text.partition(ASKED)
    kind, _, key = thing.partition(MARK)
    if not kind.replace("_", "").isalpha() or not kind.isascii():
        return None
    return Subject(kind, key, tuple(parse_qsl(asked)))
