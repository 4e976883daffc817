"""A page's request: who asks, as ``core.access.middleware.CurrentUser`` set it, and what the door has read of him."""

from django.http import HttpRequest, QueryDict

from kuangan.base.text import clean_text
from kuangan.core.models import User
from kuangan.core.queries import Hold


class Request(HttpRequest):
    """A request behind a door. ``user`` is signed in wherever the door is not public."""

    user: User
    kuangan_holds: tuple[Hold, ...]


def cleaned(request: Request) -> Request:
    """The request without posted characters that no document, workbook or database may hold, for every form at once."""
    if request.method == "POST" and any(_is_unclean(text) for _, texts in request.POST.lists() for text in texts):
        posted = QueryDict(mutable=True, encoding=request.POST.encoding)
        for name, texts in request.POST.lists():
            posted.setlist(clean_text(name), [clean_text(text) for text in texts])
        posted._mutable = False  # noqa: SLF001  # as Django leaves what was posted
        request.POST = posted  # type: ignore[assignment]  # it is immutable by now
    return request


def _is_unclean(text: object) -> bool:
    return isinstance(text, str) and clean_text(text) != text
