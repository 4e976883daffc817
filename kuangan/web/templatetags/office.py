"""What templates of the office ask."""

from collections.abc import Iterable

from django import template

from kuangan.core.queries import Hold
from kuangan.office.standing import OFFICE_KINDS

register = template.Library()


@register.filter
def keeps_office(posts: Iterable[Hold]) -> bool:
    """Whether one of the posts is at a government or bureau, which keeps registers and issues papers."""
    return any(hold.unit.kind in OFFICE_KINDS for hold in posts)
