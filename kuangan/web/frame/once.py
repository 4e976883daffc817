"""Every form counts once: a mark of its own stands in it, and the second answer with the same mark leads to the first.

The door (``web.frame.doors``) asks :func:`answered_once` for each posted form; what makes something new stores the mark in the
same transaction by :func:`made_once`, so that not even a death between the two makes it twice.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBase, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kuangan.core.actions.form_marks import answer_of, one_at_a_time, spend_mark
from kuangan.core.errors import Refused
from kuangan.web.frame.request import Request

FIELD: Final = "form_mark"
_MARK: Final = re.compile(r"[A-Za-z0-9_-]{16,40}")
AGAIN: Final = "这份表单已提交办理，未重复办理；如需另办一件，请重新打开表单。"


def new_mark() -> str:
    """A mark that no other form has."""
    return secrets.token_urlsafe(16)


def posted_mark(request: Request) -> str:
    """The mark in the posted form; "" for one without."""
    mark = request.POST.get(FIELD, "") if request.method == "POST" else ""
    return mark if _MARK.fullmatch(mark) else ""


def answered_once(request: Request, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """``answer()``, or where the form was answered before, the way to what that answer led to."""
    mark = posted_mark(request)
    if not mark or not request.user.is_authenticated:
        return answer()
    try:
        with one_at_a_time(request.user, mark):
            return _answered(request, mark, answer)
    except Refused as busy:
        messages.error(request, busy.message)
        return HttpResponseRedirect(request.get_full_path())


def _answered(request: Request, mark: str, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    known = answer_of(request.user, mark)
    if known is not None:
        messages.info(request, AGAIN)
        return HttpResponseRedirect(known)
    answered = answer()
    if isinstance(answered, HttpResponseRedirect) and not _refused(request):
        spend_mark(user=request.user, mark=mark, address=answered.url)
    return answered


def _refused(request: Request) -> bool:
    """Whether the page that comes next says that something was refused: then the form may be sent again."""
    said: Any = messages.get_messages(request)
    said = said._queued_messages  # noqa: SLF001  # reading them in public would use them up
    return any(message.level >= messages.ERROR for message in said)


@contextmanager
def made_once(request: Request) -> Iterator[Callable[[str], None]]:
    """One transaction for what a form makes and its mark; inside it, tell the address of what was made."""
    with transaction.atomic():
        yield lambda address: _made(request, address)


def _made(request: Request, address: str) -> None:
    if mark := posted_mark(request):
        spend_mark(user=request.user, mark=mark, address=address)


def guards(request: Request) -> SafeString:
    """The hidden fields of a form in a list: the token of the session and a mark of its own."""
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}"><input type="hidden" name="{}" value="{}">',
        get_token(request),
        FIELD,
        new_mark(),
    )


def button(request: Request, address: str, text: Any, style: str = "btn btn-sm", **values: Any) -> SafeString:
    """A button in a cell of a list, which posts ``values`` to an address."""
    return format_html(
        '<form method="post" action="{}" class="inline">{}{}<button class="{}">{}</button></form>',
        address,
        guards(request),
        format_html_join("", '<input type="hidden" name="{}" value="{}">', values.items()),
        style,
        text,
    )
