"""The numbers of accounts, sessions and keys that a city may set (``corpus/local/general_accounts.yaml``)."""

from datetime import timedelta

from kuangan.base import clock
from kuangan.law.local import local, local_span


def lasting(key: str) -> timedelta:
    """The local value ``account.<key>`` of today, a span of minutes, hours or days."""
    span = local_span(f"account.{key}", clock.civil_date(clock.wall_now()))
    return timedelta(**{span.unit: span.count})


def most_sessions() -> int:
    """In how many browsers one account may be logged in at once."""
    return int(local("account.sessions", clock.civil_date(clock.wall_now())).value)
