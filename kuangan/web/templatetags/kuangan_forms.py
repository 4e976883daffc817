"""Tags of forms: the mark by which a form counts once, what the browser may keep of it, files that came with an earlier try."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kuangan.core.actions.form_marks import spent_marks
from kuangan.web.frame.once import FIELD, new_mark, posted_mark

register = template.Library()


@register.simple_tag(takes_context=True)
def form_mark(context: Context) -> SafeString:
    """The hidden mark of a form; a form shown again after it was refused keeps its own."""
    asking: Any = context.get("request")
    mark = ""
    if isinstance(asking, HttpRequest) and not getattr(asking, "kuangan_mark_shown", False):
        mark = posted_mark(asking)  # type: ignore[arg-type]  # behind a door it is our Request
        if mark:
            asking.kuangan_mark_shown = True  # type: ignore[attr-defined]  # one form of the page has it
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, mark or new_mark())


@register.simple_tag(takes_context=True)
def keeps(context: Context, *thing: Any) -> SafeString:
    """The attributes by which the browser keeps what is typed into this form: for this person, form and thing only."""
    asking: Any = context.get("request")
    user = getattr(asking, "user", None)
    if user is None or not user.is_authenticated:
        return SafeString("")
    key = "-".join(str(part) for part in thing if part not in (None, ""))
    return format_html(
        'data-keep="{}" data-keeper="{}" data-spent="{}"{}',
        key,
        user.pk,
        " ".join(spent_marks(user)),
        "" if asking.method == "POST" else SafeString(" data-restore"),
    )
