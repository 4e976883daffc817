"""A page's request: who asks, as ``core.middleware.CurrentUser`` set it, and what the door has read of him."""

from django.http import HttpRequest

from kuangan.core.models import User
from kuangan.core.queries import Hold


class Request(HttpRequest):
    """A request behind a door. ``user`` is signed in wherever the door is not public."""

    user: User
    kuangan_holds: tuple[Hold, ...]
