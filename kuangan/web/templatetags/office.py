"""What templates of the office ask."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

from kuangan.core.models import Attachment
from kuangan.core.offices import OFFICE_KINDS
from kuangan.core.queries import Hold
from kuangan.web.frame.doors import AUTHORITY, MINE

register = template.Library()


@register.filter
def keeps_office(posts: Iterable[Hold]) -> bool:
    """Whether one of the posts is at a government or bureau, which keeps registers and issues papers."""
    return any(hold.unit.kind in OFFICE_KINDS for hold in posts)


@register.filter
def hears_unreached(posts: Iterable[Hold]) -> bool:
    """Whether one of the posts opens the list of people who were not reached."""
    return any(hold.role in (*AUTHORITY, *MINE) for hold in posts)


@register.inclusion_tag("office/_files.html")
def office_files(files: Iterable[Attachment], kind: str, owner: int) -> Mapping[str, Any]:
    """The files that hang on a thing of the office; ``kind`` is its part of the address."""
    return {"files": files, "kind": kind, "owner": owner}
