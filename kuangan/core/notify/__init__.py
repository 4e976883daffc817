"""The one notifier: messages are rows with a due time; gateways carry them out."""

from kuangan.core.actions.calls import advance_calls
from kuangan.core.notify.sweep import ask_receipts, deliver_due, settle
from kuangan.core.wording import group_text

__all__ = ["advance_calls", "ask_receipts", "deliver_due", "group_text", "settle"]
