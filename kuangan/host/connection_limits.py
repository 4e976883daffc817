"""What one server grants to its connections, and how many of them its open files carry."""

import resource
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

KILOBYTE = 1024
MEGABYTE = 1024 * 1024
SPARE_FILES = 200
"""Open files that a server keeps for what is no connection: database, logs, stored content."""


@dataclass(frozen=True)
class ConnectionLimits:
    """What one server grants. Seconds, bytes and counts.

    ``largest_body`` says, from the ASGI scope of a request, how many bytes its body may have. ``by_address`` 0: no limit
    by address, for a server behind a proxy, where all connections come from one.
    """

    largest_body: Callable[[Mapping[str, Any]], int]
    header_s: float = 10.0
    body_pause_s: float = 20.0
    body_least_rate: float = 2.0 * KILOBYTE
    """Bytes a second that a body must reach on the whole, once it has lasted longer than the pause."""
    answer_s: float = 60.0
    header_bytes: int = 32 * KILOBYTE
    header_count: int = 100
    connections: int = 800
    by_address: int = 200


def open_files(wanted: int) -> int:
    """Raise this process's limit of open files as far as it may go; how many connections then fit, at most ``wanted``."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + SPARE_FILES
    if soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, min(wanted, soft - SPARE_FILES))
