"""Reads about accounts."""

from datetime import datetime

from kuangan.base import clock
from kuangan.core.models import Post, User
from kuangan.core.queries.roles import tenures_at
from kuangan.law.role import Role


def user_named(username: str) -> User | None:
    """The account with this name, active or not."""
    return User.objects.select_related("person").filter(username=username).first()


def totp_required(user: User) -> bool:
    """Whether the user must give a one-time code: one of his posts signs, or one he is deputy of would when absent."""
    if user.person_id is None:
        return False
    posts = [tenure.post for tenure in tenures_at(clock.now()).filter(person=user.person_id)]
    stood_in_for = Post.objects.filter(deputy__in=posts).values_list("role", flat=True)
    return any(Role(role).needs_totp for role in [*(post.role for post in posts), *stood_in_for])


def may_sign_from(user: User, at: datetime | None = None) -> datetime | None:
    """The moment before which the user may not sign, when it lies after ``at`` (the wall clock's now); else None.

    After a reset of password or one-time code nobody signs for the local value ``account.sign_wait``, so that the owner,
    who was told, can object.
    """
    moment = at or clock.wall_now()
    return user.signs_from if user.signs_from is not None and user.signs_from > moment else None
