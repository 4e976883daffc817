"""Deadlines that lapsed are told to the levels above: one notice to each office, however many passed at once."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from kuangan.casework.models import CaseClock, CaseNotice
from kuangan.casework.relations import RELATED, relations_of
from kuangan.core.actions import send_notice, tell_aside
from kuangan.core.apart import apart
from kuangan.core.models import Unit
from kuangan.core.queries import people_in_role
from kuangan.core.subject import about
from kuangan.flow.cases.notices import gravity
from kuangan.flow.cases.sayings import said_of_clock
from kuangan.law.content import procedure_by_id
from kuangan.law.role import Role

AT_ONCE: Final = 500
LISTED: Final = 20
"""Deadlines that one notice names; the others are counted."""
REST: Final = timedelta(hours=1)
"""How long a deadline that could not be told rests before it is tried again."""


def tell_lapsed(at: datetime) -> int:
    """Tell of every deadline that waits to be told of; returns how many."""
    return _tell_waiting(at) if CaseClock.objects.filter(tell_at__lte=at).exists() else 0


@transaction.atomic
def _tell_waiting(at: datetime) -> int:
    lapsed = CaseClock.objects.select_for_update(of=("self",), skip_locked=True).filter(tell_at__lte=at)
    clocks = list(lapsed.select_related(*_RELATED).order_by("due_at", "pk")[:AT_ONCE])
    _, aside = apart(clocks, lambda part: _told(part, at), most=len(clocks))
    CaseClock.objects.filter(pk__in=[resting.row.pk for resting in aside]).update(tell_at=at + REST)
    tell_aside(stage="lapse_notice", label="逾期通知", aside=aside, at=at)
    return len(clocks) - len(aside)


_RELATED = tuple(f"case__{relation}" for relation in RELATED)


def _told(clocks: Sequence[CaseClock], at: datetime) -> None:
    related = relations_of({clock.case_id: clock.case for clock in clocks}.values())
    by_unit: dict[Unit, list[CaseClock]] = defaultdict(list)
    for clock in clocks:
        units = related[clock.case_id]
        escalates = procedure_by_id(clock.case.procedure).clock(clock.clock).escalates
        for unit in dict.fromkeys(units[relation] for relation in escalates if relation in units):
            by_unit[unit].append(clock)
    for unit, told_of in by_unit.items():
        _tell(unit, told_of, at)
    CaseClock.objects.filter(pk__in=[clock.pk for clock in clocks]).update(tell_at=None)


def _tell(unit: Unit, clocks: Sequence[CaseClock], at: datetime) -> None:
    first = clocks[0]
    alone = len(clocks) == 1
    notice = send_notice(
        actor=None,
        unit=unit,
        role=Role.section_head if people_in_role(unit, Role.section_head, at) else None,
        title=f"逾期：{first.case.unit.name}{first.label}" if alone else f"逾期：{len(clocks)}项办件期限届满未办",
        body=f"{_line(first)}，尚未办理，请督促。" if alone else _list(clocks),
        kind="lapse",
        subject=about("case", first.case_id) if alone else about("cases", open="yes"),
        level=max((clock.case.level for clock in clocks), key=gravity),
        at=at,
    )
    cases = {clock.case_id for clock in clocks}
    CaseNotice.objects.bulk_create([CaseNotice(case_id=case, notice=notice) for case in sorted(cases)])


def _list(clocks: Sequence[CaseClock]) -> str:
    """The gravest first, then the longest overdue."""
    ordered = sorted(clocks, key=lambda clock: (-gravity(clock.case.level), clock.due_at))
    lines = [f"{clock.case.unit.name}{_line(clock)}" for clock in ordered[:LISTED]]
    more = [f"……共{len(clocks)}项，详见办件清单。"] if len(clocks) > LISTED else []
    return "\n".join([*lines, *more, "以上均未办理，请督促。"])


def _line(clock: CaseClock) -> str:
    words = procedure_by_id(clock.case.procedure).clock(clock.clock).words
    comes_back = clock.noticed_at is not None and clock.tell_at is not None and clock.tell_at > clock.noticed_at
    return said_of_clock((words.reminder if comes_back else "") or words.lapse, clock)
