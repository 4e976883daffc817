"""Reads about accounts."""

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
