"""What the supervisor has to say, made incidents: those who run the platform are told of it."""

from datetime import datetime

from kuangan.base import clock
from kuangan.core.actions.incidents import end_incident, raise_incident
from kuangan.host.troubles import spooled


def take_up(at: datetime) -> int:
    """Say what the supervisor has left since the last round; how many messages. One that was said twice only counts."""
    said = 0
    for place, trouble in spooled(clock.data_folder() / "run"):
        if trouble is not None and trouble.over:
            end_incident(kind=trouble.kind, key=trouble.key, at=at)
        elif trouble is not None:
            raise_incident(kind=trouble.kind, key=trouble.key, text=trouble.text, call=trouble.call, at=at)
        place.unlink(missing_ok=True)
        said += 1
    return said
