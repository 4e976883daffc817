"""What was signed in somebody's name, and who guessed at it, for his own page."""

from django import template

from kuangan.core.models import User
from kuangan.core.queries import Signature, signatures_of

register = template.Library()
SHOWN = 10
"""How many of the newest a page shows."""


@register.simple_tag
def signatures(user: User) -> list[Signature]:
    """The newest signatures and tries on a user's account."""
    return signatures_of(user, SHOWN)
