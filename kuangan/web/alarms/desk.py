"""报警台: the queue of over-limit alarms and everything needed to deal with one, by keyboard."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from kuangan.base import clock
from kuangan.casework.models import Case, CaseClock
from kuangan.casework.queries import clocks_visible_to, episodes_of, moves_visible_to, open_cases
from kuangan.core.models import User
from kuangan.core.queries import on_duty_by_role
from kuangan.flow.alarms.queries import likely_same
from kuangan.flow.alarms.regroup import can_be_regrouped
from kuangan.law.procedure import Matter
from kuangan.law.role import Role
from kuangan.mine.models import Mine
from kuangan.mine.queries import key_people_on
from kuangan.monitor.models import Episode, LiveRow
from kuangan.monitor.queries import live_rows
from kuangan.web.alarms.lists import PHONES, measures_table, queue_table
from kuangan.web.alarms.measures import measures_of
from kuangan.web.cases.cases import ways_of
from kuangan.web.cases.record import steps_of
from kuangan.web.cases.words import law_of
from kuangan.web.cases.work import pressing_clock
from kuangan.web.frame.doors import door
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.shown import epoch, unknown
from kuangan.web.frame.tables import bare
from kuangan.web.today.today import RANK

HOTKEYS = {
    "record_call": "t",
    "find_real": "r",
    "find_not_real": "n",
    "confirm_real": "r",
    "confirm_not_real": "n",
    "return_finding": "b",
    "agree_not_real": "a",
    "rejudge": "g",
    "accept_power_off": "v",
    "return_power_off": "x",
    "take_over_verification": "o",
    "close_real": "c",
    "close_not_real": "c",
}
DESK_ROLES = (Role.duty_officer, Role.enforcement_officer, Role.section_head)


@dataclass(frozen=True)
class QueueLine:
    case: Case
    clock: CaseClock | None
    live: LiveRow | None


@dataclass(frozen=True)
class Phone:
    """Whom to call at the mine."""

    who: str
    number: str


@door(*DESK_ROLES)
def desk(request: Request) -> HttpResponse:
    """The queue, gravest and most pressing first, and the chosen alarm beside it."""
    queue = _queue(request)
    wanted = request.GET.get("case", "")
    chosen = next((line.case for line in queue if str(line.case.pk) == wanted), queue[0].case if queue else None)
    context: dict[str, Any] = {
        "queue": queue_table(request, queue, str(chosen.pk) if chosen else ""),
        "chosen": chosen,
        "dark": request.GET.get("dark") == "1",
        **_panel(request, chosen),
    }
    return show(request, "alarms/desk.html", **context)


@door(*DESK_ROLES)
def desk_queue(request: Request) -> HttpResponse:
    """The queue alone with its number, fetched anew when an alarm changes; the first alarm on an empty desk brings the whole page."""
    chosen = request.GET.get("case", "")
    queue = queue_table(request, _queue(request), chosen)
    answer = show(request, "alarms/_queue.html", queue=queue)
    if queue and not chosen:
        answer.headers["HX-Refresh"] = "true"
    return answer


@door(*DESK_ROLES)
def desk_case(request: Request, pk: int) -> HttpResponse:
    """The chosen alarm alone, fetched anew when it changes; gone from the queue, the panel says so."""
    chosen = open_cases(request.user, Matter.alarm).filter(pk=pk).first()
    return show(request, "alarms/_desk_case.html", chosen=chosen, **_panel(request, chosen))


def _queue(request: Request) -> list[QueueLine]:
    cases = list(open_cases(request.user, Matter.alarm))
    live = live_rows(request.user, (case.unit_id for case in cases))
    lines = [QueueLine(case, pressing_clock(case), live.get(case.unit_id)) for case in cases]
    return sorted(lines, key=_urgency)


def _urgency(line: QueueLine) -> tuple[int, datetime]:
    return RANK[line.case.level], line.clock.due_at if line.clock else line.case.opened_at


def _panel(request: Request, chosen: Case | None) -> dict[str, Any]:
    if chosen is None:
        return {}
    moment = clock.now()
    ways = [(way, HOTKEYS.get(way.move.id, "")) for way in ways_of(request, chosen, moment)]
    episodes = [link.episode for link in episodes_of(request.user, chosen)]
    highest = max(episodes, key=lambda episode: episode.peak, default=None)
    return {
        "ways": [(way, key) for way, key in ways if way.mine],
        "others": [way for way, _ in ways if not way.mine],
        "phones": bare(PHONES, phones_of(request.user, chosen.the_mine, moment), unknown("该矿未登记电话")),
        "episodes": episodes,
        "highest": highest,
        "chart": _chart(highest) if highest else "",
        "measures": measures_table(measures_of(request.user, chosen, episodes)),
        "doubts": doubts_of(chosen),
        "same": likely_same(request.user, chosen) if can_be_regrouped(chosen) else [],
        "steps": steps_of(chosen, moves_visible_to(request.user, chosen), told_only=False)[:6],
        "clocks": clocks_visible_to(request.user, chosen).filter(stopped_at=None).order_by("due_at"),
        "back": f"{reverse('desk')}?case={chosen.pk}",
    }


def doubts_of(case: Case) -> list[str]:
    """What has to be looked at in this alarm before all else, in words."""
    facts = case.facts
    feeds = "、".join(facts.get("feed_on") or ())
    shown = [fact.text(facts) for fact in law_of(case).facts if fact.name in ("calibration", "misfit_reason")]
    return [
        *([f"达断电值后馈电仍显示带电：{feeds}；煤矿说明原因并经验收前不能办结"] if feeds else []),
        *(f"标校：{text}" for text in shown if text),
        *([f"{case.taken_over_by.name}已接办核实"] if case.taken_over_by else []),
    ]


def _chart(episode: Episode) -> str:
    """Where the curve around an over-limit's peak comes from."""
    return f"{reverse('point_history', args=[episode.point_id])}?hours=2&at={epoch(episode.peak_at)}"


def phones_of(reader: User, mine: Mine, at: datetime) -> list[Phone]:
    """The dispatching room, who is on shift there, and the director."""
    phones = [Phone("调度室", mine.unit.phone)] if mine.unit.phone else []
    for role, people in on_duty_by_role(mine.unit, at, (Role.mine_dispatcher, Role.mine_leader)).items():
        phones += [Phone(f"{role.label} {person.name}", person.phone) for person in people]
    on = clock.civil_date(at)
    heads = key_people_on(reader, mine, on)
    phones += [
        Phone(f"{head.get_post_display()} {head.name}", head.phone) for head in heads if head.post == "mine_director"
    ]
    return [phone for phone in phones if phone.number]
