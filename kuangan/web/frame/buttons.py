"""Buttons in the cells of a list: a form of its own each, guarded as every form is."""

from typing import Any

from django.middleware.csrf import get_token
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kuangan.web.frame.once import FIELD, new_mark
from kuangan.web.frame.request import Request


def guards(request: Request) -> SafeString:
    """The hidden fields of a form in a list: the token of the session and a mark of its own, so that it counts once."""
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}"><input type="hidden" name="{}" value="{}">',
        get_token(request),
        FIELD,
        new_mark(),
    )


def button(request: Request, address: str, text: Any, style: str = "btn btn-sm", **values: Any) -> SafeString:
    """A button that posts ``values`` to an address."""
    return format_html(
        '<form method="post" action="{}" class="inline">{}{}<button class="{}">{}</button></form>',
        address,
        guards(request),
        format_html_join("", '<input type="hidden" name="{}" value="{}">', values.items()),
        style,
        text,
    )
