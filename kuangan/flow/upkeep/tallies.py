"""Once a day: tally the openings of duties that have all fallen due."""

from datetime import date, datetime

from django.db import OperationalError

from kuangan.base.clock import civil_date
from kuangan.core.apart import is_clash
from kuangan.duty.proof.tallying import tally_settled

_tallied_on: date | None = None


def tally_daily(at: datetime) -> int:
    """How many openings were tallied: some in each round of the day, until none is left. Who writes duties goes before."""
    global _tallied_on  # noqa: PLW0603  # one day of this process
    today = civil_date(at)
    if _tallied_on == today:
        return 0
    try:
        count = tally_settled(at)
    except OperationalError as error:
        if not is_clash(error):
            raise
        return 0
    if not count:
        _tallied_on = today
    return count
