"""Reads about signatures."""

from dataclasses import dataclass
from datetime import datetime

from kuangan.core.models import User
from kuangan.core.queries.trail import events_of

_WORDS = {
    "signed": "签署",
    "signing_failed": "动态口令错误",
    "signing_locked": "动态口令连续错误，暂停签署",
    "signing_refused": "暂停期间试图签署",
}


@dataclass(frozen=True)
class Signature:
    """One signature or try: when, what became of it, what was signed, from which network address."""

    at: datetime
    word: str
    signed: str
    source: str


def signatures_of(user: User, count: int) -> list[Signature]:
    """The newest signatures and tries on the user's account."""
    signatures = events_of(user).filter(action__in=_WORDS).order_by("-seq")
    shown = signatures.values_list("at", "action", "data", "source")[:count]
    return [Signature(at, _WORDS[action], _signed(data), source) for at, action, data, source in shown]


def _signed(data: dict[str, list[dict[str, str]]]) -> str:
    return "；".join(act["words"] for act in data.get("acts", ()) if act["words"])
