"""What follows when a clock of a case runs out."""

from datetime import datetime, timedelta

from django.db import transaction

from kuangan.base.clock import civil_date
from kuangan.casework.attempts import may_step
from kuangan.casework.clocks import recompute_provisional
from kuangan.casework.inputs import PARTY
from kuangan.casework.models import CaseClock
from kuangan.casework.relations import related_units
from kuangan.core.actions import record, send_notice
from kuangan.core.subject import about
from kuangan.flow.act import advance
from kuangan.flow.cases.calling import ring_up
from kuangan.flow.cases.locks import lock_unit
from kuangan.flow.cases.sayings import said_of_clock
from kuangan.flow.live import announce_case
from kuangan.law.content import procedure_by_id
from kuangan.law.local import local_span
from kuangan.law.procedure import Clock


@transaction.atomic
def clock(case_clock: CaseClock, at: datetime) -> bool:
    """Take one clock that is due.

    A floor is announced as passed. A deadline lapses, at its own moment however late that is noticed, waits for the levels above to
    be told of it, and comes back until it is stopped; one that expires ends.
    """
    lock_unit(case_clock.case.unit_id)
    law = procedure_by_id(case_clock.case.procedure).clock(case_clock.clock)
    first = case_clock.lapsed_at is None
    waiting = CaseClock.objects.filter(pk=case_clock.pk, stopped_at=None, wakes_at=case_clock.wakes_at)
    if waiting.update(**_taken(case_clock, law, at)) != 1:
        return False
    case_clock.refresh_from_db()
    if case_clock.kind == "floor":
        _tell_floor_passed(case_clock, at)
    else:
        action = "clock_lapsed" if first else "clock_urged"
        data = {"clock": case_clock.clock, "due_at": case_clock.due_at}
        record(actor=None, action=action, subject=case_clock.case, data=data, at=at)
        if first and law.calls:
            ring_up(case_clock, at)
        if law.lapse_move and may_step(case_clock.case, law.lapse_move, at, case_clock.party):
            about = {PARTY: case_clock.party} if case_clock.party else {}
            advance(actor=None, case=case_clock.case, move_id=law.lapse_move, inputs=about, at=at)
    internal = procedure_by_id(case_clock.case.procedure).internal_clocks
    announce_case(case_clock.case, internal=case_clock.clock in internal)
    return True


def _taken(case_clock: CaseClock, law: Clock, at: datetime) -> dict[str, datetime | None]:
    """What becomes of the row."""
    if case_clock.kind == "floor":
        return {"wakes_at": None}
    if law.expires:
        return {"wakes_at": None, "stopped_at": at}
    lapsed = {"lapsed_at": case_clock.due_at, "noticed_at": at} if case_clock.lapsed_at is None else {}
    return {"wakes_at": at + _repeat_after(at), "tell_at": at, **lapsed}


def _repeat_after(at: datetime) -> timedelta:
    return local_span("lapse.repeat_after", civil_date(at)).length


def _tell_floor_passed(case_clock: CaseClock, at: datetime) -> None:
    law, units = procedure_by_id(case_clock.case.procedure).clock(case_clock.clock), related_units(case_clock.case)
    for unit in (units[relation] for relation in law.escalates if relation in units):
        send_notice(
            actor=None,
            unit=unit,
            title=f"{case_clock.label}届满：{case_clock.case.unit.name}",
            body=said_of_clock(law.words.passed, case_clock),
            kind="case",
            subject=about("case", case_clock.case.pk),
            at=at,
        )


@transaction.atomic
def published_year(case_clock: CaseClock, at: datetime) -> bool:
    """A deadline that relied on a provisional year is computed anew once the year is published."""
    before = case_clock.due_at
    due_at = recompute_provisional(case_clock)
    if due_at is None:
        return False
    data = {"clock": case_clock.clock, "before": before.isoformat(), "after": due_at.isoformat()}
    record(actor=None, action="clock_recomputed", subject=case_clock.case, data=data, at=at)
    return True
