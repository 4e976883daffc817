"""Where a rule of law is written."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cite:
    """A place in an instrument of ``corpus/instruments``: its id and the article, e.g. ``Cite("coal_mine_safety_ordinance", "48")``.

    ``measure`` cites the register itself: ``Cite("register", "10.4")``.
    """

    instrument: str
    article: str = ""
