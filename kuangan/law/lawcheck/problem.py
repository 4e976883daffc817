"""What a check objects to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """``kind`` names the check, ``where`` the item of the corpus, ``message`` what is wrong and what to do."""

    kind: str
    where: str
    message: str
