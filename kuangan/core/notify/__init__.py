"""The one notifier: messages are rows with a due time; adapters carry them out."""

from kuangan.core.actions.calls import advance_calls
from kuangan.core.notify.sweep import deliver_due
from kuangan.core.wording import group_text

__all__ = ["advance_calls", "deliver_due", "group_text"]
