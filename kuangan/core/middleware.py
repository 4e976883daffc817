"""Who is asking: `request.user` from the session, without a table of permissions."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from kuangan.core.models import User
from kuangan.core.queries.roles import keep_answers
from kuangan.core.source import source_address

READING = ("GET", "HEAD")
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
        return user
    request.session.flush()
    return Nobody()


class CurrentUser:
    """Sets `request.user` (looked up when first used), `request.auser` and the source address; works for plain and async views."""

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
                found = current_user(request)
                if request.method in READING and isinstance(found, User):
                    keep_answers(found)
                seen.append(found)
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
        return answer
