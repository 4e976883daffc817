"""What a duty officer hears one by one, and what beyond a person's capacity comes in one summary. Nothing is left out."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from kuangan.base.clock import civil, civil_date
from kuangan.casework.models import Case, CaseNotice
from kuangan.core.actions import send_notice, tell_aside
from kuangan.core.apart import apart
from kuangan.core.models import Unit
from kuangan.core.subject import about
from kuangan.flow.cases.notices import gravity, tell_supervisor
from kuangan.flow.models import Untold
from kuangan.law.local import local, local_span
from kuangan.law.role import Role
from kuangan.overview.queries.load import HOUR, told_to_desk

ALWAYS_ALONE: Final = ("red", "orange")
LISTED: Final = 20
"""Cases that one summary names; the others are counted."""
REST: Final = timedelta(hours=1)
"""How long what could not be told rests before it is tried again."""


def tell_desk(case: Case, *, title: str, body: str, at: datetime) -> None:
    """Tell those on duty of an alarm at once; beyond what one person can take in an hour, but for the grave ones, in the next summary."""
    supervisor = case.the_mine.supervisor
    if case.level not in ALWAYS_ALONE and told_to_desk(supervisor, at - HOUR, at).count() >= most_an_hour(at):
        Untold.objects.get_or_create(case=case, defaults={"unit": supervisor, "since": at, "words": body[:300]})
        return
    tell_supervisor(
        case.the_mine, title=title, body=body, subject=about("case", case.pk), level=case.level, at=at, case=case
    )


def most_an_hour(at: datetime) -> int:
    """How many alarms an hour one officer can deal with."""
    return int(local("desk.alarms_an_hour", civil_date(at)).value)


def tell_untold(at: datetime) -> int:
    """Send the summaries whose time has come, one to each desk; returns how many alarms they tell of."""
    every = local_span("desk.summary_every", civil_date(at)).length
    due = set(Untold.objects.filter(since__lte=at - every).values_list("unit_id", flat=True))
    return _tell_desks(due, at) if due else 0


@transaction.atomic
def _tell_desks(due: Collection[int], at: datetime) -> int:
    queue = Untold.objects.select_for_update(of=("self",), skip_locked=True).filter(unit__in=due)
    by_unit: dict[Unit, list[Untold]] = defaultdict(list)
    for untold in queue.select_related("unit", "case__unit").order_by("since", "pk"):
        by_unit[untold.unit].append(untold)

    def summarise(part: Sequence[tuple[Unit, list[Untold]]]) -> None:
        for unit, waiting in part:
            _summarise(unit, waiting, at)

    _, aside = apart(list(by_unit.items()), summarise, most=len(by_unit))
    for resting in aside:
        Untold.objects.filter(unit=resting.row[0]).update(since=at + REST)
    tell_aside(stage="desk_summary", label="报警汇总通知", aside=aside, at=at)
    return sum(map(len, by_unit.values()))


def _summarise(unit: Unit, waiting: Sequence[Untold], at: datetime) -> None:
    ordered = sorted(waiting, key=lambda untold: (-gravity(untold.case.level), untold.since))
    lines = [f"{untold.case.unit.name}：{untold.words}" for untold in ordered[:LISTED]]
    more = [f"……共{len(ordered)}件，详见报警台。"] if len(ordered) > LISTED else []
    first = waiting[0].since
    send_summary(
        unit,
        [untold.case for untold in ordered],
        title=f"报警集中：另有{len(ordered)}件报警",
        body="\n".join([f"自{civil(first):%H:%M}起报警集中，以下报警汇总通知：", *lines, *more]),
        kind="alarm",
        at=at,
    )
    Untold.objects.filter(pk__in=[untold.pk for untold in waiting]).delete()


def send_summary(unit: Unit, cases: Sequence[Case], *, title: str, body: str, kind: str, at: datetime) -> None:
    """One notice to those on duty that tells of several cases, and is of each."""
    notice = send_notice(
        actor=None,
        unit=unit,
        role=Role.duty_officer,
        title=title,
        body=body,
        kind=kind,
        subject=about("cases", open="yes"),
        level=max((case.level for case in cases), key=gravity),
        at=at,
    )
    CaseNotice.objects.bulk_create([CaseNotice(case=case, notice=notice) for case in cases])
