"""Ringing people up because a clock of a case ran out: started, kept up until it is settled, and answered."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from kuangan.base.clock import civil_date
from kuangan.casework.models import Case, CaseCall, CaseClock
from kuangan.casework.relations import keeper_of, related_units
from kuangan.core.actions import answer_call, start_call, stop_call
from kuangan.core.errors import Refused
from kuangan.core.models import Call, CallState, Unit, User
from kuangan.flow.cases.locks import lock_unit
from kuangan.flow.cases.notices import people_in_line
from kuangan.flow.cases.sayings import said_of_clock
from kuangan.law.content import procedure_by_id
from kuangan.law.local import local, local_span


def ring_up(case_clock: CaseClock, at: datetime) -> None:
    """The clock ran out: ring the people on duty of the levels it names, in turn, and in lines of their own those beside."""
    law = procedure_by_id(case_clock.case.procedure).clock(case_clock.clock)
    if law.calls is None or (law.calls.levels and case_clock.case.level not in law.calls.levels):
        return
    _ring(case_clock, law.escalates, law.calls.words, keeper_of(case_clock.case), at)
    _ring_beside(case_clock, at)


def ring_at_once(case: Case, at: datetime) -> None:
    """The case is grave enough that some are rung while its clocks still run."""
    ringing = [
        clock.id
        for clock in procedure_by_id(case.procedure).clocks
        if clock.calls and case.level in clock.calls.at_once
    ]
    running = case.clocks.filter(clock__in=ringing, stopped_at=None, lapsed_at=None).order_by("due_at", "pk")
    for case_clock in running if ringing else ():
        case_clock.case = case
        _ring_beside(case_clock, at)


def _ring_beside(case_clock: CaseClock, at: datetime) -> None:
    """Those beside, unless they are being rung about the case already or have answered."""
    calls = procedure_by_id(case_clock.case.procedure).clock(case_clock.clock).calls
    units = related_units(case_clock.case)
    for relation in calls.beside if calls else ():
        reached = CaseCall.objects.filter(case=case_clock.case, relation=relation, clock__stopped_at=None)
        if calls and relation in units and not reached.filter(call__state__in=_REACHED).exists():
            _ring(case_clock, (relation,), calls.beside_words, units[relation], at)


_REACHED = (CallState.calling, CallState.answered)


def _ring(case_clock: CaseClock, relations: Sequence[str], words: str, unit: Unit, at: datetime) -> None:
    calls = procedure_by_id(case_clock.case.procedure).clock(case_clock.clock).calls
    line = people_in_line(case_clock.case, relations, at)
    if not line or calls is None:
        return
    day = civil_date(at)
    call = start_call(
        actor=None,
        unit=unit,
        people_in_line=line,
        reason=said_of_clock(words, case_clock),
        interval=local_span(calls.interval, day).length,
        rounds=int(local(calls.rounds, day).value),
        at=at,
    )
    CaseCall.objects.create(case=case_clock.case, clock=case_clock, relation=relations[0], call=call)


def stop_idle_calls(case: Case, at: datetime) -> None:
    """Nobody is rung up about a clock that has stopped."""
    idle = CaseCall.objects.filter(case=case, clock__stopped_at__isnull=False, call__state=CallState.calling)
    for link in idle.select_related("call"):
        stop_call(actor=None, call=link.call, reason="事项已办理", at=at)


@transaction.atomic
def recall(link: CaseCall, at: datetime) -> bool:
    """Nobody answered in all rounds and the step is still open: begin again."""
    lock_unit(link.case.unit_id)
    newest = CaseCall.objects.filter(clock=link.clock_id, relation=link.relation).order_by("-pk").first()
    if newest is None or newest.pk != link.pk:
        return False
    law = procedure_by_id(link.case.procedure).clock(link.clock.clock)
    if law.calls is not None and link.relation in law.calls.beside:
        _ring_beside(link.clock, at)
    else:
        ring_up(link.clock, at)
    return True


def unanswered() -> list[CaseCall]:
    """Calls that nobody answered, about clocks that still run, not begun again yet."""
    links = CaseCall.objects.filter(
        call__state=CallState.exhausted, clock__stopped_at=None, case__closed_at=None
    ).select_related("case__unit__mine__supervisor", "clock__case__unit")
    newest = {(link.clock_id, link.relation): link for link in links.order_by("pk")}
    reached = CaseCall.objects.filter(clock__in={clock for clock, _ in newest}, call__state__in=_REACHED)
    done = set(reached.values_list("clock_id", "relation"))
    return [link for line, link in newest.items() if line not in done]


def answer(*, actor: User, call: Call, at: datetime) -> Call:
    """Somebody in line says that he has been reached and takes it on. Raises :class:`Refused` for anybody else."""
    if actor.person is None:
        raise Refused("账号未对应人员，不能登记接听")
    return answer_call(actor=actor, call=call, person=actor.person, at=at)


def calls_for(user: User) -> list[CaseCall]:
    """Open calls that have this person in line, the newest first."""
    if user.person_id is None:
        return []
    links = CaseCall.objects.filter(call__state=CallState.calling, call__line__contains=user.person_id)
    return list(links.select_related("call", "clock", "case__unit").order_by("-call__started_at"))


def answered_words(link: CaseCall) -> str:
    calls = procedure_by_id(link.case.procedure).clock(link.clock.clock).calls
    return calls.answered if calls else "已登记接听。"
