"""What follows when a clock of a case runs out."""

from datetime import datetime, timedelta

from django.db import transaction

from kuangan.base.clock import civil_date
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
def clock(row: CaseClock, at: datetime) -> bool:
    """Take one clock that is due.

    A floor is announced as passed. A deadline lapses, at its own moment however late that is noticed, waits for the levels above to
    be told of it, and comes back until it is stopped; one that expires ends.
    """
    lock_unit(row.case.unit_id)
    law = procedure_by_id(row.case.procedure).clock(row.clock)
    first = row.lapsed_at is None
    waiting = CaseClock.objects.filter(pk=row.pk, stopped_at=None, wakes_at=row.wakes_at)
    if waiting.update(**_taken(row, law, at)) != 1:
        return False
    row.refresh_from_db()
    if row.kind == "floor":
        _tell_floor_passed(row, at)
    else:
        action = "clock_lapsed" if first else "clock_urged"
        data = {"clock": row.clock, "due_at": row.due_at}
        record(actor=None, action=action, subject=row.case, data=data, at=at)
        if first and law.calls:
            ring_up(row, at)
        if law.lapse_move and row.case.state in procedure_by_id(row.case.procedure).move(law.lapse_move).sources:
            about = {PARTY: row.party} if row.party else {}
            advance(actor=None, case=row.case, move_id=law.lapse_move, inputs=about, at=at)
    announce_case(row.case)
    return True


def _taken(row: CaseClock, law: Clock, at: datetime) -> dict[str, datetime | None]:
    """What becomes of the row."""
    if row.kind == "floor":
        return {"wakes_at": None}
    if law.expires:
        return {"wakes_at": None, "stopped_at": at}
    lapsed = {"lapsed_at": row.due_at, "noticed_at": at} if row.lapsed_at is None else {}
    return {"wakes_at": at + _repeat_after(at), "tell_at": at, **lapsed}


def _repeat_after(at: datetime) -> timedelta:
    return timedelta(hours=local_span("lapse.repeat_after", civil_date(at)).count)


def _tell_floor_passed(row: CaseClock, at: datetime) -> None:
    law, units = procedure_by_id(row.case.procedure).clock(row.clock), related_units(row.case)
    for unit in (units[relation] for relation in law.escalates if relation in units):
        send_notice(
            actor=None,
            unit=unit,
            title=f"{row.label}届满：{row.case.unit.name}",
            body=said_of_clock(law.words.passed, row),
            kind="case",
            subject=about("case", row.case.pk),
            at=at,
        )


@transaction.atomic
def published_year(row: CaseClock, at: datetime) -> bool:
    """A deadline that relied on a provisional year is computed anew once the year is published."""
    before = row.due_at
    due_at = recompute_provisional(row)
    if due_at is None:
        return False
    data = {"clock": row.clock, "before": before.isoformat(), "after": due_at.isoformat()}
    record(actor=None, action="clock_recomputed", subject=row.case, data=data, at=at)
    return True
