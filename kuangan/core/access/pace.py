"""How fast guesses may follow each other: the first few at once, then each failure doubles the wait, up to a minute.

A try counts as failed when it begins and is given back when it succeeds, so that forty tries at once are not judged
forty times. Nobody is locked out: a browser in which the person has logged in before counts for itself alone, whatever
others try under the same name or from the same address; any other waits a minute at the most.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from kuangan.core.models import LoginPace

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=1)
FORGOTTEN_AFTER = timedelta(hours=24)
"""So long after the last try the count begins anew."""
FREE_FOR_NAME = 20
"""Failures under one name, from wherever, before strange browsers wait."""
FREE_FOR_ADDRESS = 40
"""Failures from one address, under whatever names: a whole bureau may share it."""


@dataclass(frozen=True)
class Lane:
    """What is counted: its digest, and how many failures are free."""

    key: str
    free: int


@dataclass(frozen=True)
class Try:
    """A try at its beginning. ``wait_until``: it is not looked at before; ``refused``: tries that came while one had to wait."""

    lanes: tuple[Lane, ...]
    at: datetime
    wait_until: datetime | None
    refused: int


def lane(kind: str, *parts: str, free: int) -> Lane:
    """The lane of a kind for what was given; nothing of it can be read from the lane."""
    return Lane(salted_hmac(f"kuangan.pace.{kind}", "\0".join(parts), algorithm="sha256").hexdigest(), free)


def login_lanes(name: str, address: str, browser: str) -> tuple[Lane, ...]:
    """What a log-in counts for: the known browser alone, or name with address, name, and address."""
    free = settings.KUANGAN_LOGIN_MAX_FAILURES
    if browser:
        return (lane("browser", name, browser, free=free),)
    return (
        lane("pair", name, address, free=free),
        lane("name", name, free=FREE_FOR_NAME),
        lane("address", address, free=FREE_FOR_ADDRESS),
    )


@transaction.atomic
def begin(lanes: Sequence[Lane], at: datetime) -> Try:
    """Begin a try: it counts as failed until it is given back. Where one has to wait, nothing counts but the refusal."""
    fresh = [LoginPace(key=lane.key, next_at=at, last_at=at) for lane in lanes]
    LoginPace.objects.bulk_create(fresh, ignore_conflicts=True)
    paces = list(LoginPace.objects.select_for_update().filter(key__in=[lane.key for lane in lanes]).order_by("key"))
    waits = [pace.next_at for pace in paces if pace.next_at > at]
    free = {lane.key: lane.free for lane in lanes}
    refused = max(pace.refused for pace in paces)
    for pace in paces:
        if waits:
            pace.refused += 1
        else:
            failures = pace.failures if pace.last_at + FORGOTTEN_AFTER > at else 0
            pace.failures, pace.last_at, pace.refused = failures + 1, at, 0
            pace.next_at = at + wait_after(pace.failures, free[pace.key])
    LoginPace.objects.bulk_update(paces, ["failures", "next_at", "last_at", "refused"])
    return Try(tuple(lanes), at, max(waits, default=None), refused)


def wait_after(failures: int, free: int) -> timedelta:
    """How long the next try waits after so many failures: nothing for the free ones, then 2 s, 4 s, 8 s …, a minute at the most."""
    if failures < free:
        return timedelta(0)
    return min(LONGEST_WAIT, FIRST_WAIT * float(1 << min(failures - free, 10)))


@transaction.atomic
def give_back(attempt: Try, *, forget: bool) -> None:
    """The try was none that failed. ``forget``: it succeeded, so that what its first lane counted is forgotten."""
    free = {lane.key: lane.free for lane in attempt.lanes}
    for pace in LoginPace.objects.select_for_update().filter(key__in=free).order_by("key"):
        own = pace.key == attempt.lanes[0].key
        pace.failures = 0 if own and forget else max(pace.failures - 1, 0)
        pace.next_at = attempt.at + wait_after(pace.failures, free[pace.key])
        pace.save(update_fields=["failures", "next_at"])


def sweep(at: datetime) -> int:
    """Remove what has been forgotten; how many."""
    return LoginPace.objects.filter(last_at__lte=at - FORGOTTEN_AFTER).delete()[0]
