"""A value of a declared field (``law.field``) on its way: given → stored → typed → shown → cell. The one cleaner of all forms."""

from kuangan.core.values.kinds import stored, typed
from kuangan.core.values.plain import Wrong, is_empty

__all__ = ["Wrong", "is_empty", "stored", "typed"]
