"""What the sweep tidies of accounts: sessions that are over, access of who has left, keys that end, counts of tries that are forgotten."""

from datetime import datetime, timedelta

from kuangan.base import clock
from kuangan.core.access import pace
from kuangan.core.actions import end_access_of_leavers, sweep_sessions, tell_ending_keys
from kuangan.flow.upkeep.invitations import forget_letters

EVERY = timedelta(minutes=1)
_last: list[datetime] = []


def accounts_due(at: datetime) -> int:
    """Once a minute, by the wall clock: remove what is over; how many rows."""
    moment = clock.wall_now()
    if _last and moment - _last[0] < EVERY:
        return 0
    _last[:] = [moment]
    return sweep_sessions(moment) + pace.sweep(moment) + end_access_of_leavers() + tell_ending_keys() + forget_letters()
