"""All writes on duties. Keyword-only, actor first; every one records what it did in the same transaction."""

from kuangan.duty.credits import Credit, fulfil, fulfil_many, revoke
from kuangan.duty.opening import open_due, open_event

__all__ = ["Credit", "fulfil", "fulfil_many", "open_due", "open_event", "revoke"]
