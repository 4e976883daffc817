"""Ringing people up because a clock of a case ran out: started, kept up until it is settled, and answered."""

from datetime import datetime

from django.db import transaction

from kuangan.base.clock import civil_date
from kuangan.casework.models import Case, CaseCall, CaseClock
from kuangan.casework.relations import keeper_of
from kuangan.core.actions import answer_call, start_call, stop_call
from kuangan.core.errors import Refused
from kuangan.core.models import Call, CallState, User
from kuangan.flow.cases.locks import lock_unit
from kuangan.flow.cases.notices import people_in_line
from kuangan.flow.cases.sayings import said_of_clock
from kuangan.law.content import procedure_by_id
from kuangan.law.local import local, local_span


def ring_up(case_clock: CaseClock, at: datetime) -> None:
    """Ring the people on duty of the levels the clock names, in turn, until one answers or the step is taken."""
    case = case_clock.case
    law = procedure_by_id(case.procedure).clock(case_clock.clock)
    line = people_in_line(case, law.escalates, at)
    if not line or law.calls is None:
        return
    day = civil_date(at)
    call = start_call(
        actor=None,
        unit=keeper_of(case),
        people_in_line=line,
        reason=said_of_clock(law.calls.words, case_clock),
        interval=local_span(law.calls.interval, day).length,
        rounds=int(local(law.calls.rounds, day).value),
        at=at,
    )
    CaseCall.objects.create(case=case, clock=case_clock, relation=law.escalates[0], call=call)


def stop_idle_calls(case: Case, at: datetime) -> None:
    """Nobody is rung up about a clock that has stopped."""
    idle = CaseCall.objects.filter(case=case, clock__stopped_at__isnull=False, call__state=CallState.calling)
    for link in idle.select_related("call"):
        stop_call(actor=None, call=link.call, reason="事项已办理", at=at)


@transaction.atomic
def recall(link: CaseCall, at: datetime) -> bool:
    """Nobody answered in all rounds and the step is still open: begin again."""
    lock_unit(link.case.unit_id)
    newest = CaseCall.objects.filter(clock=link.clock_id).order_by("-pk").first()
    if newest is None or newest.pk != link.pk:
        return False
    ring_up(link.clock, at)
    return True


def unanswered() -> list[CaseCall]:
    """Calls that nobody answered, about clocks that still run, not begun again yet."""
    links = CaseCall.objects.filter(
        call__state=CallState.exhausted, clock__stopped_at=None, case__closed_at=None
    ).select_related("case__unit__mine__supervisor", "clock__case__unit")
    newest = {link.clock_id: link for link in links.order_by("pk")}
    later = set(
        CaseCall.objects.filter(clock__in=newest, call__state=CallState.calling).values_list("clock_id", flat=True)
    )
    answered = set(
        CaseCall.objects.filter(clock__in=newest, call__state=CallState.answered).values_list("clock_id", flat=True)
    )
    return [link for clock, link in newest.items() if clock not in later | answered]


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
    """What is said to who has answered the call."""
    calls = procedure_by_id(link.case.procedure).clock(link.clock.clock).calls
    return calls.answered if calls else "已登记接听。"
