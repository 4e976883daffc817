"""Reads about personal keys to the JSON API."""

import hashlib
from datetime import timedelta

from django.db.models import Q, QuerySet

from kuangan.base import clock
from kuangan.core.models import ApiToken, User


def token_digest(token: str) -> str:
    """How a key is kept: SHA-256, hexadecimal. Keys are long and random, so a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def user_of_token(token: str) -> User | None:
    """The active account whose key in force this is."""
    users = User.objects.select_related("person__unit").filter(is_active=True)
    in_force = Q(api_tokens__stopped_at=None, api_tokens__expires_at__gt=clock.wall_now())
    return users.filter(in_force, api_tokens__sha256=token_digest(token)).first()


def ending_api_tokens(within: timedelta) -> QuerySet[ApiToken]:
    """Keys in force that end within this time and whose owners were not told yet."""
    moment = clock.wall_now()
    ending = ApiToken.objects.filter(stopped_at=None, end_told_at=None, expires_at__gt=moment)
    return ending.filter(expires_at__lte=moment + within).select_related("user__person__unit").order_by("pk")


def own_api_tokens(user: User) -> QuerySet[ApiToken]:
    """The user's keys, those in force and those that ended, the oldest first."""
    return ApiToken.objects.filter(user=user).order_by("pk")


def api_tokens_of(user: User) -> QuerySet[ApiToken]:
    """The user's keys in force, the oldest first."""
    return own_api_tokens(user).filter(stopped_at=None, expires_at__gt=clock.wall_now())
