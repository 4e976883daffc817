"""What follows when a clock of a case runs out."""

from datetime import datetime, timedelta

from django.db import transaction

from kuangan.base.clock import civil_date
from kuangan.base.numerals import moment_text
from kuangan.casework.models import CaseCall, CaseClock, CaseNotice
from kuangan.casework.relations import related_units
from kuangan.core.actions import record, send_notice, start_call
from kuangan.flow.act import advance
from kuangan.flow.live import announce
from kuangan.flow.notices import people_in_line
from kuangan.law.content import procedure
from kuangan.law.local import local_span
from kuangan.law.procedure import Clock
from kuangan.law.role import Role


@transaction.atomic
def clock(row: CaseClock, at: datetime) -> bool:
    """Take one clock that is due: a floor is announced as passed, a deadline lapses and goes to the next level."""
    lapsed = {"lapsed_at": at} if row.kind == "deadline" else {}
    taken = CaseClock.objects.filter(pk=row.pk, stopped_at=None, wakes_at=row.wakes_at).update(wakes_at=None, **lapsed)
    if taken != 1:
        return False
    row.refresh_from_db()
    law = procedure(row.case.procedure).clock(row.clock)
    if row.kind == "floor":
        _tell_floor_passed(row, at)
    else:
        record(actor=None, action="clock_lapsed", subject=row.case, data={"clock": row.clock}, at=at)
        _escalate(row, law, at)
        if law.lapse_move and row.case.state in procedure(row.case.procedure).move(law.lapse_move).sources:
            advance(actor=None, case=row.case, move_id=law.lapse_move, at=at)
    announce(row.case.path, "case", case=row.case.pk)
    return True


def _escalate(row: CaseClock, law: Clock, at: datetime) -> None:
    """Tell the levels above; ring their people up in turn where the clock says so."""
    case = row.case
    units = related_units(case)
    for relation in law.escalates:
        if relation in units:
            notice = send_notice(
                actor=None,
                unit=units[relation],
                role=Role.section_head,
                title=f"逾期：{case.mine.name}{row.label}",
                body=f"{case.number}{row.label}已于{moment_text(row.due_at)}到期，尚未办理，请督促。",
                kind="lapse",
                link=f"/cases/{case.pk}/",
                level=case.level,
                at=at,
            )
            CaseNotice.objects.create(case=case, notice=notice)
    line = people_in_line(case, law.escalates, at) if law.calls else []
    if line:
        interval = timedelta(minutes=local_span("alarm_handling.call_interval", civil_date(at)).count)
        reason = f"{case.mine.name}{case.facts['place']}瓦斯超限，煤矿{row.label}逾期，请立即联系煤矿并督促停电撤人"
        call = start_call(
            actor=None, unit=case.mine.supervisor, people_in_line=line, reason=reason, interval=interval, at=at
        )
        CaseCall.objects.create(case=case, clock=row, relation=law.escalates[0], call=call)


def _tell_floor_passed(row: CaseClock, at: datetime) -> None:
    for unit in (row.case.mine.unit, row.case.mine.supervisor):
        send_notice(
            actor=None,
            unit=unit,
            title=f"{row.label}届满：{row.case.mine.name}",
            body=f"{row.case.number}{row.label}已于{moment_text(row.due_at)}届满；未经验收合格并履行批准程序，不得恢复生产。",
            kind="case",
            link=f"/cases/{row.case.pk}/",
            at=at,
        )
