"""The logs of past days go when their term is over, and not before."""

from datetime import date, datetime

from kuangan.base import clock
from kuangan.host.logs.packing import past_logs
from kuangan.law.local import local_span

_looked_on: date | None = None


def expire_logs(at: datetime) -> int:
    """Once a day, delete the logs last written before the term; how many. Their days are the machine's, moved clock or not."""
    global _looked_on  # noqa: PLW0603  # one day of this process
    today = clock.civil_date(clock.wall_now())
    if _looked_on == today:
        return 0
    logs = clock.data_folder() / "logs"
    end = clock.beijing_midnight(first_kept(today)).timestamp()
    over = [place for place in past_logs(logs) if place.stat().st_mtime < end] if logs.is_dir() else []
    for place in over:
        place.unlink(missing_ok=True)
    _looked_on = today
    return len(over)


def first_kept(today: date) -> date:
    """The first day whose log is still kept. ValueError for a term that is neither days nor months."""
    return local_span("retention.logs", today).before(today)
