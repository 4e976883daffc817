"""Whether the machine's clock is kept right by a time source, as the kernel knows it (`adjtimex`, which asks and sets nothing)."""

import ctypes
import sys
from dataclasses import dataclass

UNSYNCHRONISED = 0x40
MICROSECONDS = 1_000_000
WORST_S = 1.0
"""Seconds of possible error from which on the clock is no good for terms and one-time codes."""


class _Timex(ctypes.Structure):
    """The kernel's `struct timex` as far as it is read, with room for the rest."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 256),
    )


@dataclass(frozen=True)
class ClockState:
    """What the kernel says: whether a time source keeps the clock, and by how many seconds it may be wrong at most."""

    is_kept: bool
    error_s: float


def clock_state() -> ClockState | None:
    """The state now; None where the kernel is not to be asked."""
    if sys.platform != "linux":
        return None
    asked = _Timex()
    if ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(asked)) < 0:
        return None
    return ClockState(not asked.status & UNSYNCHRONISED, asked.maxerror / MICROSECONDS)
