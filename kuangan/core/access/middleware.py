"""Who is asking: `request.user` from the session, without a table of permissions."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from kuangan.core.access.sessions import SessionStore
from kuangan.core.models import User
from kuangan.core.queries.roles import keep_answers
from kuangan.core.source import source_address

READING = ("GET", "HEAD")
BACKGROUND = "X-Kuangan-Background"
"""A page sets this header when it fetches by itself, without its person doing anything."""
Answer = HttpResponseBase | Awaitable[HttpResponseBase]


class Nobody:
    """A visitor who is not logged in: no account, no roles, no sight."""

    pk = None
    is_authenticated = False
    is_anonymous = True
    is_active = False
    username = ""
    display_name = "访客"


def current_user(request: HttpRequest) -> User | Nobody:
    """The active account of the session. A session whose password has changed since, or whose account is closed, is ended."""
    key = request.session.get(SESSION_KEY)
    if key is None:
        return Nobody()
    user = User.objects.select_related("person__unit").filter(pk=key, is_active=True).first()
    if user is not None and constant_time_compare(
        request.session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()
    ):
        if is_use(request) and isinstance(request.session, SessionStore):
            request.session.stamp()
        return user
    request.session.flush()
    return Nobody()


def is_use(request: HttpRequest) -> bool:
    """Whether a person did something: not a page that refreshes itself, nor the stream that wakes it."""
    streams = request.headers.get("Accept", "").startswith("text/event-stream")
    return not streams and BACKGROUND not in request.headers


class CurrentUser:
    """Sets `request.user` (looked up when first used), `request.auser` and the source address; works for plain and async views.

    What somebody was shown is kept by no browser and no proxy (`Cache-Control: no-store`).
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Answer]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Answer:
        """Pass the request on with its user; for an async chain the answer is awaitable."""
        seen: list[User | Nobody] = []

        def user() -> User | Nobody:
            if not seen:
                current = current_user(request)
                if request.method in READING and isinstance(current, User):
                    keep_answers(current)
                seen.append(current)
            return seen[0]

        asking = cast("Any", request)  # Django declares the account types of its own app here
        asking.user = SimpleLazyObject(user)
        asking.auser = sync_to_async(user)
        asked_from = source_address.set(request.META.get("REMOTE_ADDR", "")[:45])
        try:
            answer = self.get_response(request)
        finally:
            if not iscoroutinefunction(self):
                source_address.reset(asked_from)  # an async chain goes on in this context, which is the request's own
        if isinstance(answer, HttpResponseBase):
            return _unstored(answer, seen)
        return _awaited(answer, seen)


async def _awaited(answer: Awaitable[HttpResponseBase], seen: list[User | Nobody]) -> HttpResponseBase:
    return _unstored(await answer, seen)


def _unstored(response: HttpResponseBase, seen: list[User | Nobody]) -> HttpResponseBase:
    if seen and isinstance(seen[0], User):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
