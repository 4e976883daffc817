"""The Content-Security-Policy of every response: our own files only, nothing inline."""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)
"""`data:` images are those inside the style sheets of the component library; frames of ours show our own papers."""

HEADER = "Content-Security-Policy"

SyncView = Callable[[HttpRequest], HttpResponseBase]
AsyncView = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


class ContentSecurityPolicy:
    """Middleware for sync and async servers. A view that set its own policy keeps it."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: SyncView | AsyncView) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """The next layer's answer with the policy."""
        answer = self.get_response(request)
        if isinstance(answer, HttpResponseBase):
            return with_policy(answer)
        return _later(answer)


async def _later(answer: Awaitable[HttpResponseBase]) -> HttpResponseBase:
    return with_policy(await answer)


def with_policy(response: HttpResponseBase) -> HttpResponseBase:
    """The same response, its policy set when it had none."""
    response.headers.setdefault(HEADER, POLICY)
    return response
