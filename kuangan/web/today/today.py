"""今日: one's own work by due time, and what is happening in one's area."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from kuangan.base import clock
from kuangan.casework.models import Case, CaseClock
from kuangan.casework.queries import OpenCase, open_case_list, open_cases, overdue_clocks
from kuangan.core.actions import sign_for_notice
from kuangan.core.errors import Refused
from kuangan.core.models import Notice
from kuangan.core.queries import notices_for, notices_waiting
from kuangan.flow.cases.calling import answer, answered_words, calls_for
from kuangan.law.content import procedures_of
from kuangan.law.procedure import Matter
from kuangan.monitor.models import Silence
from kuangan.monitor.queries import newest_reading, silent_now
from kuangan.office.actions.circulars import sign_circular
from kuangan.office.queries import circulars
from kuangan.web.cases.words import due_derivation
from kuangan.web.cases.work import Waiting, awaited_relations, clocks_of, waiting_work
from kuangan.web.frame.doors import AUTHORITY, EVERYONE, MINE, OVERSEERS, door, has_role, holds_of
from kuangan.web.frame.links import address_of
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, bare
from kuangan.web.today.confirming_today import confirming_work
from kuangan.web.today.duty_today import DutyWork, duty_work
from kuangan.web.today.lists import ALARMS, SILENCES, STOPS, level_row, work_columns
from kuangan.web.today.sample_today import sample_work

OVERDUE_SHOWN = 20
NOTICES_SHOWN = 50
RANK = {"red": 0, "orange": 1, "yellow": 2, "blue": 3, "": 4}


BESIDE = 8
"""How many cases and silent mines stand beside one's own work."""


@dataclass(frozen=True)
class Work:
    """One piece of work. ``post``: the button makes the step at once instead of opening a page."""

    what: str
    detail: str
    mine: str
    address: str
    button: str
    level: str = ""
    due_at: datetime | None = None
    derivation: str = ""
    post: str = ""
    overdue_below: bool = False
    reading: bool = False


@door(*OVERSEERS, *MINE)
def today(request: Request) -> HttpResponse:
    """The person's work, the earliest due first, and the state of the area beside it."""
    moment = clock.now()
    listed = open_case_list(request.user)
    alarms = sorted(_dealing_with(Matter.alarm, listed), key=lambda case: RANK[case.level])
    stops = _dealing_with(Matter.halt, listed)
    his = _maybe_waiting(request, listed)
    cases = _read(request, [*alarms[:BESIDE], *stops[:BESIDE], *his])
    works = _works(request, _among(cases, his), moment)
    context: dict[str, Any] = {
        "work": Table(
            work_columns(request),
            works,
            nothing="目前没有待签收、待办理或逾期的事项",
            hint="新的报警、通知和待办会自动出现在这里，无需刷新。",
            style="stack work",
            row=level_row,
        ),
        "late": sum(1 for work in works if work.due_at and work.due_at < moment),
        "waiting": sum(1 for work in works if not work.overdue_below and not work.reading),
        "reading": sum(1 for work in works if work.reading),
        "all_alarms": _all_open(Matter.alarm),
        "alarms_open": len(alarms),
        "alarms": bare(ALARMS, _among(cases, alarms[:BESIDE]), "辖区内没有在办的瓦斯超限报警。", row=level_row),
        "all_stops": _all_open(Matter.halt),
        "stops_open": len(stops),
        "stops": bare(STOPS, map(_stop, _among(cases, stops[:BESIDE])), "辖区内没有停产整顿的煤矿。"),
        "silences": bare(SILENCES, _silences(request)[:BESIDE] if has_role(request, *AUTHORITY) else ()),
        "newest": _newest(request),
        "supervises": has_role(request, *OVERSEERS),
    }
    template = "today/_today.html" if request.headers.get("HX-Request") else "today/today.html"
    return show(request, template, **context)


def _dealing_with(matter: Matter, listed: Iterable[OpenCase]) -> list[OpenCase]:
    return [case for case in listed if case.procedure in procedures_of(matter)]


def _maybe_waiting(request: Request, listed: Iterable[OpenCase]) -> list[OpenCase]:
    """Those in whose state it could be the reader's turn, as far as the law and who supervises tell."""
    roles = frozenset(hold.role for hold in holds_of(request))
    own = {None, *(hold.unit.pk for hold in holds_of(request))}
    return [
        case
        for case in listed
        if (relations := awaited_relations(case.procedure, case.state, roles))
        and (case.supervisor in own or relations != {"supervisor"})
    ]


def _read(request: Request, wanted: Iterable[OpenCase]) -> dict[int, Case]:
    """The few cases that the page shows or judges, by their keys."""
    keys = {case.key for case in wanted}
    return {case.pk: case for case in open_cases(request.user).filter(pk__in=keys)} if keys else {}


def _among(cases: Mapping[int, Case], wanted: Iterable[OpenCase]) -> list[Case]:
    """Without those that were closed between two looks."""
    return [cases[case.key] for case in wanted if case.key in cases]


def _all_open(matter: Matter) -> str:
    """The list of the open cases of one kind of matter; of all cases, where several procedures deal with it."""
    laws = procedures_of(matter)
    chosen = {"procedure": laws[0]} if len(laws) == 1 else {}
    return f"{reverse('cases')}?{urlencode({**chosen, 'open': 'yes'})}"


def _works(request: Request, cases: list[Case], at: datetime) -> list[Work]:
    waiting = waiting_work(request.user, holds_of(request), cases, at)
    taken = {work.case.pk for work in waiting}
    notices = notices_waiting(request.user, at)
    works = [
        *_notice_works((notices.exclude(case_link__case__in=taken) if taken else notices)[:NOTICES_SHOWN]),
        *_feedback_works(request),
        *_call_works(request, at),
        *(_work_of_case(work) for work in waiting),
        *_overdue_works(overdue_clocks(request.user, at), taken),
        *(_shown_work(work) for work in duty_work(request.user, holds_of(request), at)),
        *(_shown_work(work) for work in sample_work(request.user, holds_of(request))),
        *(_shown_work(work) for work in confirming_work(request.user)),
    ]
    far = datetime.max.replace(tzinfo=at.tzinfo)
    return sorted(works, key=lambda work: (work.reading, work.due_at or far, RANK[work.level]))


def _notice_works(notices: Iterable[Notice]) -> Iterator[Work]:
    for notice in notices:
        yield Work(
            what=f"待签收：{notice.title}",
            detail=notice.body,
            mine=notice.unit.name,
            address=address_of(notice.link),
            button="签收",
            level=notice.level,
            reading=True,
            due_at=notice.due_at,
            derivation="通知载明的期限",
            post=reverse("sign_notice", args=[notice.pk]),
        )


def _feedback_works(request: Request) -> Iterator[Work]:
    """Assignments that were signed for and still want an answer."""
    signed = circulars.received_by(request.user).filter(notice__received_at__isnull=False)
    for receipt in circulars.open_receipts(signed)[:NOTICES_SHOWN]:
        yield Work(
            what=f"待反馈：{receipt.circular.title}",
            detail=f"{receipt.circular.issuer.name}交办，须反馈办理情况",
            mine=receipt.unit.name,
            address=reverse("circular", args=[receipt.circular_id]),
            button="反馈",
            due_at=receipt.circular.feedback_due_at,
            derivation="通知载明的期限",
        )


def _call_works(request: Request, at: datetime) -> Iterator[Work]:
    for link in calls_for(request.user):
        yield Work(
            what="叫应：请立即接听并登记",
            detail=link.call.reason,
            mine=link.case.unit.name,
            address=reverse("case", args=[link.case_id]),
            button="我已接听",
            level="red",
            due_at=link.call.next_at,
            derivation="到时仍未登记接听的，呼叫下一人",
            post=reverse("answer_call", args=[link.pk]),
        )


def _work_of_case(work: Waiting) -> Work:
    case, single = work.case, work.moves[0] if len(work.moves) == 1 else None
    address = reverse("case", args=[case.pk])
    running = work.clock
    term: dict[str, Any] = (
        {"due_at": running.due_at, "derivation": f"{running.label}期限：{due_derivation(running)}"} if running else {}
    )
    if case.duty is not None and not term:
        term = {"due_at": case.duty.due_at, "derivation": "所涉履职事项的办理期限，作出决定前仍须按期办理"}
    return Work(
        what="、".join(move.label for move in work.moves[:3]),
        detail=f"{case.number} {case.title}",
        mine=case.unit.name,
        address=reverse("move", args=[case.pk, single.id]) if single else address,
        button=single.label if single and len(single.label) <= 6 else "办理",
        level=case.level,
        **term,
    )


def _overdue_works(clocks: QuerySet[CaseClock], taken: set[int]) -> Iterator[Work]:
    for lapsed in clocks.exclude(case__in=taken)[:OVERDUE_SHOWN]:
        yield Work(
            what=f"逾期：{lapsed.label}",
            detail=f"{lapsed.case.number} {lapsed.case.title}",
            mine=lapsed.case.unit.name,
            address=reverse("case", args=[lapsed.case_id]),
            button="查看",
            level=lapsed.case.level,
            due_at=lapsed.due_at,
            derivation=due_derivation(lapsed),
            overdue_below=True,
        )


def _shown_work(work: DutyWork) -> Work:
    return Work(
        what=work.what,
        detail=work.detail,
        mine=work.unit,
        address=work.address,
        button=work.button,
        due_at=work.due_at,
        derivation=work.derivation,
        overdue_below=work.below,
    )


def _stop(case: Case) -> tuple[Case, CaseClock | None]:
    floors = [case_clock for case_clock in clocks_of(case) if case_clock.kind == "floor"]
    return case, floors[0] if floors else None


def _silences(request: Request) -> QuerySet[Silence]:
    return silent_now(request.user)[:NOTICES_SHOWN]


def _newest(request: Request) -> datetime | None:
    return newest_reading(request.user)


@door(*EVERYONE, methods=("POST",))
def sign_notice(request: Request, pk: int) -> HttpResponse:
    """Sign for a notice; then to what it is about."""
    notice = get_object_or_404(notices_for(request.user), pk=pk)
    try:
        if receipt := circulars.receipt_of(notice):
            sign_circular(actor=request.user, receipt=receipt)
        else:
            sign_for_notice(actor=request.user, notice=notice)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已签收：{notice.title}")
    return redirect(address_of(notice.link) or "today")


@door(*AUTHORITY, *MINE, methods=("POST",))
def answer_call(request: Request, pk: int) -> HttpResponse:
    """Say that the call has reached one; then to the case it is about."""
    link = next((call for call in calls_for(request.user) if call.pk == pk), None)
    if link is None:
        raise Http404
    try:
        answer(actor=request.user, call=link.call, at=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, answered_words(link))
    return redirect("case", pk=link.case_id)
