"""Tables of `office`. Written by ``actions`` only."""

from kuangan.office.models.circular import Circular, CircularKind, Receipt

__all__ = ["Circular", "CircularKind", "Receipt"]
