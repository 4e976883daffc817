"""What the supervisor has to say, made incidents: those who run the platform are told of it."""

import logging
from datetime import datetime

from kuangan.base import clock
from kuangan.core.actions.incidents import end_incident, raise_incident
from kuangan.core.apart import is_lost
from kuangan.host.troubles import Trouble, spooled

log = logging.getLogger("kuangan.sweep")


def take_up(at: datetime) -> int:
    """Say what the supervisor has left since the last round; how many messages. One that was said twice only counts.

    A message that cannot be said is logged and dropped, so that it never keeps those behind it waiting.
    """
    said = 0
    for place, trouble in spooled(clock.data_folder() / "run"):
        try:
            _say(trouble, at)
            said += 1
        except Exception as error:
            if is_lost(error):
                raise
            log.exception("the supervisor's message %s cannot be said: %r", place.name, trouble)
        place.unlink(missing_ok=True)
    return said


def _say(trouble: Trouble | None, at: datetime) -> None:
    if trouble is None:
        raise ValueError("the file is damaged")
    if trouble.over:
        end_incident(kind=trouble.kind, key=trouble.key, at=at)
    else:
        raise_incident(kind=trouble.kind, key=trouble.key, text=trouble.text, call=trouble.call, at=at)
