"""Telling systemd that the platform is ready, and that it lives (`sd_notify`): one datagram; nothing where nobody listens."""

import contextlib
import os
import socket

VARIABLE = "NOTIFY_SOCKET"


def notify(state: str) -> None:
    """Send a state, `READY=1` or `WATCHDOG=1`; never an error."""
    place = os.environ.get(VARIABLE, "")
    if not place:
        return
    if place.startswith("@"):
        place = f"\0{place[1:]}"
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.setblocking(False)
        listener.connect(place)
        listener.send(state.encode())
