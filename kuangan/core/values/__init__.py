"""A value of a declared field (``law.field``) on its way: given → stored → typed → shown → cell. The one cleaner of all forms."""

from kuangan.core.values.cleaning import cleaned, missing_text, table, taken
from kuangan.core.values.kinds import is_reference, name_of, stored, typed
from kuangan.core.values.plain import Wrong, is_empty
from kuangan.core.values.sight import NoSight, Sight

__all__ = [
    "NoSight",
    "Sight",
    "Wrong",
    "cleaned",
    "is_empty",
    "is_reference",
    "missing_text",
    "name_of",
    "stored",
    "table",
    "taken",
    "typed",
]
