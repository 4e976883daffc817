"""What the platform's own data show by themselves: one function per source that an obligation names with ``auto``."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from django.db.models import QuerySet

from kuangan.base.clock import beijing_midnight
from kuangan.casework.models import Case
from kuangan.casework.queries import of_matter
from kuangan.duty.credit import Credit
from kuangan.duty.models import Duty, Source
from kuangan.duty.proof.grades import Grade
from kuangan.duty.queries import OPEN
from kuangan.duty.terms import INSTANT
from kuangan.law.duty.obligation_file import Obligation, obligations
from kuangan.law.procedure import Matter
from kuangan.monitor.models import FeedFile, FileStatus
from kuangan.monitor.queries import heard_throughout

READ = (FileStatus.done, FileStatus.partial, FileStatus.late)
"""What became of a file whose readings were taken."""
Shown = Callable[[Duty, datetime], datetime | None]
"""When the data show that the duty was done; None while they do not."""


def alarms_handled(duty: Duty, at: datetime) -> datetime | None:
    """Once the period has ended: every alarm of the period was handled to its end; done when the last one was.

    Without an alarm there was nothing to handle: done when the period ended, if the mine's feed spoke all the time; where it
    was silent for a while, or sent nothing that could be read, nobody knows.
    """
    begins, ends = _bounds(duty)
    if at < ends:
        return None
    cases = _alarms(duty).filter(opened_at__gte=begins, opened_at__lt=ends)
    closed = list(cases.values_list("closed_at", flat=True))
    if any(moment is None for moment in closed):
        return None
    if not closed and not _heard(duty, begins, ends):
        return None
    return max((moment for moment in closed if moment), default=ends - INSTANT)


def _alarms(duty: Duty) -> QuerySet[Case]:
    """The alarms of the mine that owes, or that the duty is about."""
    return Case.objects.filter(of_matter(Matter.alarm), mine=duty.mine_id or duty.unit_id)


def _heard(duty: Duty, begins: datetime, ends: datetime) -> bool:
    """Whether the duty's mine was heard at every moment of that time."""
    mine = duty.mine_id or duty.unit_id
    files = FeedFile.objects.filter(mine=mine, received_at__gte=begins, received_at__lt=ends, status__in=READ)
    return files.exists() and mine in heard_throughout(begins, ends)


def _bounds(duty: Duty) -> tuple[datetime, datetime]:
    return beijing_midnight(duty.first_on), beijing_midnight(duty.last_on + timedelta(days=1))


SOURCES: Mapping[str, Shown] = {"alarms_handled": alarms_handled}


def duties_to_ask(at: datetime) -> list[Duty]:
    """Every open duty whose evidence is the platform's own data."""
    wanted = [obligation.id for obligation in obligations().values() if _sources(obligation)]
    duties = Duty.objects.filter(OPEN, obligation__in=wanted, opened_at__lte=at).select_related("unit")
    return list(duties.order_by("pk"))


def _sources(obligation: Obligation) -> list[str]:
    return [evidence.auto for evidence in obligation.evidence if evidence.auto]


def credits_of(duties: Iterable[Duty], at: datetime) -> Iterator[Credit]:
    """A credit for each of these duties whose data show by now that it was done."""
    for duty in duties:
        for name in _sources(obligations()[duty.obligation]):
            done_at = SOURCES[name](duty, at)
            if done_at is not None:
                moments = (done_at, max(at, done_at))
                yield Credit(duty.pk, Source.auto.value, name, *moments, grade=Grade.machine.value)
