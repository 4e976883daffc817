"""Whether a ledger that must be renewed in every period has an entry in this one."""

from datetime import date

from kuangan.base.period import KIND_TEXT, period_of
from kuangan.law.ledger import Ledger

_KINDS = {text: kind for kind, text in KIND_TEXT.items()} | {kind: kind for kind in KIND_TEXT}


def renewal_text(ledger: Ledger) -> str:
    """How often it must be renewed, in words; "" for one that grows as things happen."""
    return KIND_TEXT.get(ledger.renew, ledger.renew)


def is_due(ledger: Ledger, newest: date | None, on: date) -> bool:
    """Whether the period of `on` has no entry yet; a ledger without a period is never due."""
    kind = _KINDS.get(ledger.renew)
    return kind is not None and (newest is None or newest < period_of(kind, on).first)
