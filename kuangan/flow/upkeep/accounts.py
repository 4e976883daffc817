"""What the sweep tidies of accounts: sessions that are over, counts of tries that are forgotten."""

from datetime import datetime, timedelta

from kuangan.base import clock
from kuangan.core.access import pace
from kuangan.core.actions import sweep_sessions

EVERY = timedelta(minutes=1)
_last: list[datetime] = []


def accounts_due(at: datetime) -> int:
    """Once a minute, by the wall clock: remove what is over; how many rows."""
    moment = clock.wall_now()
    if _last and moment - _last[0] < EVERY:
        return 0
    _last[:] = [moment]
    return sweep_sessions(moment) + pace.sweep(moment)
