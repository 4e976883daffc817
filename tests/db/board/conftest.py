from datetime import UTC, datetime, timedelta

from kuangan.base.clock import beijing_midnight
from kuangan.base.period import parse_period
from kuangan.core.models import Unit
from kuangan.duty.models import Duty, Opening
from kuangan.mine.models import Mine

MARCH = parse_period("2026-03")
AT = datetime(2026, 4, 10, 2, 0, tzinfo=UTC)


def owe(unit: Unit, measure: str, key: str = "2026-03", *, mine: Mine | None = None, **more) -> Duty:
    """A duty of a unit in a period, opened at its start, due at its end; ``more`` are columns."""
    period = parse_period(key.removeprefix("E"))
    due_at = more.get("due_at", beijing_midnight(period.last + timedelta(days=1)))
    number = Duty.objects.count() + 1
    opening, _ = Opening.objects.get_or_create(
        obligation="county_coal_meeting", period=key, corpus_digest="0" * 64, defaults={"at": AT}
    )
    values = {
        "opening": opening,
        "obligation": "county_coal_meeting",
        "measure": measure,
        "unit": unit,
        "role": "section_head",
        "mine": mine,
        "path": unit.path,
        "title": f"事项{number}",
        "subject": str(number),
        "period": key,
        "first_on": period.first,
        "last_on": period.last,
        "opened_at": beijing_midnight(period.first),
        "due_at": due_at,
        "grace_at": due_at + timedelta(days=7),
        **more,
    }
    return Duty.objects.create(**values)


def done(at: datetime, recorded_at: datetime | None = None) -> dict[str, datetime]:
    """Columns of a duty that was done."""
    return {"done_at": at, "recorded_at": recorded_at or at}
