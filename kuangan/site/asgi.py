"""The ASGI application that the web process serves: the check-in door, and Django for everything else."""

import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuangan.site.settings")

_django = get_asgi_application()

from kuangan.duty.checkin_door import PATH, CheckinDoor  # noqa: E402  # its models need Django ready
from kuangan.web.gate.database_watch import WATCH  # noqa: E402
from kuangan.web.gate.guard import Guard  # noqa: E402

_door = CheckinDoor()

# Any: the ASGI protocol's own loose dictionaries
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


_guarded = Guard(_django, WATCH)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request. The check-in door has limits and words of its own."""
    if scope["type"] == "http" and PATH.fullmatch(scope["path"]):
        await _door(scope, receive, send)
    else:
        await _guarded(scope, receive, send)
