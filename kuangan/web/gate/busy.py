"""503 in words where too many workbooks and papers are being worked on; nothing was done, and what was typed is still there."""

from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from kuangan.base.turns import Busy
from kuangan.web.frame.errors import too_busy

RETRY_AFTER_S = 5


class TooBusy(MiddlewareMixin):
    """Answers for views that got no turn in the workshop or at writing a file."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The answer to :class:`~kuangan.base.turns.Busy`; other exceptions are no business of this one."""
        if not isinstance(exception, Busy):
            return None
        answer = too_busy(request)  # type: ignore[arg-type]  # CurrentUser ran before
        answer["Retry-After"] = str(RETRY_AFTER_S)
        return answer
