"""Recording what leaves the platform as a file: who took which list or document, by which filters, from where."""

from collections.abc import Awaitable, Callable
from typing import Final

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from kuangan.base.text import clean_line
from kuangan.core.actions import record
from kuangan.core.queries import user_named

Answer = HttpResponseBase | Awaitable[HttpResponseBase]
LONGEST_QUERY: Final = 300


class ExportsRecorded:
    """Middleware: an answer that is a file, given to somebody who is logged in, becomes an event on that account."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Answer]) -> None:
        self.get_response = get_response
        self.answers_later = iscoroutinefunction(get_response)
        if self.answers_later:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Answer:
        """Answer, and note it where the answer is a file."""
        if self.answers_later:
            return self._answered(request)
        response = self.get_response(request)
        assert isinstance(response, HttpResponseBase)
        if _is_file(response):
            _record(request, response)
        return response

    async def _answered(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        assert not isinstance(answer, HttpResponseBase)
        response = await answer
        if _is_file(response):
            await sync_to_async(_record)(request, response)
        return response


def _is_file(response: HttpResponseBase) -> bool:
    return response.status_code == 200 and response.get("Content-Disposition", "").startswith("attachment")


def _record(request: HttpRequest, response: HttpResponseBase) -> None:
    user = request.user
    if not user.is_authenticated:
        return
    reader = user_named(user.get_username())
    assert reader is not None
    query = clean_line(request.META.get("QUERY_STRING", ""))[:LONGEST_QUERY]
    with transaction.atomic():
        record(actor=reader, action="file_taken", subject=reader, data={"path": request.path, "query": query})
