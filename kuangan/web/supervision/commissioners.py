"""监管专员: every commissioner's figures of a month, and each one's own page."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from kuangan.base import clock
from kuangan.base.period import Period
from kuangan.casework.queries import cases_visible_to, of_matter
from kuangan.core.models import User
from kuangan.duty.queries import credits_of, duties_of_post
from kuangan.duty.status import status_of
from kuangan.law.ledger import ledger_by_id
from kuangan.law.procedure import Matter
from kuangan.ledger.models import Entry
from kuangan.overview.figures.commissioners import (
    OPINION,
    PATROL,
    Commissioner,
    commissioners,
    entries_of,
    month_of,
    open_opinions,
)
from kuangan.overview.figures.patrol_rates import county_rates, months_before
from kuangan.overview.queries.ledgers import commissioner_posts, own_posts, task_cases, tasks_open
from kuangan.web.frame.doors import COMMISSIONERS, DRAWS, OFFICES, door, has_role
from kuangan.web.frame.lists import export, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, bare, table
from kuangan.web.supervision.patrol_lists import (
    APPRAISAL,
    APPRAISALS,
    DUTIES,
    OPINIONS,
    PATROLS,
    TASKS,
    MineRow,
    OpinionRow,
    PostDuty,
    TaskRow,
    commissioner_columns,
    ledger_address,
    mine_columns,
    rate_columns,
)

TREND_MONTHS = 6
GAS_DAYS = timedelta(days=7)
TASK, SUPPORT, REPLY = "commissioner_task", "commissioner_support", "commissioner_support_reply"
NO_POSTS = "您的管辖范围内没有监管专员岗位"
NO_RATES = "所选各月没有巡查事项"


@door(*OFFICES)
def commissioner_list(request: Request) -> HttpResponse:
    """Every commissioner in sight with his figures, and the counties' rates over the months."""
    moment = clock.now()
    month = month_of(request.GET.get("month", ""), moment)
    listed_posts = commissioners(request.user, commissioner_posts(request.user), month, moment)
    if wants_export(request):
        return export(f"监管专员{month.key}", commissioner_columns(month), listed_posts)
    months = months_before(month, TREND_MONTHS)
    totals = {
        "posts": len(listed_posts),
        "vacant": sum(1 for commissioner in listed_posts if commissioner.person is None),
        "month": sum(commissioner.month for commissioner in listed_posts),
        "underground": sum(commissioner.underground for commissioner in listed_posts),
        "behind": sum(1 for commissioner in listed_posts if commissioner.covered < commissioner.owed),
        "late": sum(commissioner.late_opinions for commissioner in listed_posts),
    }
    listed = table(
        request, commissioner_columns(month), listed_posts, nothing=NO_POSTS, hint="请由系统管理员设立岗位并任命。"
    )
    days = {"since": month.first.isoformat(), "until": month.last.isoformat()}
    context: dict[str, Any] = {
        "table": listed,
        "month": month,
        "patrols": ledger_address(PATROL, **days),
        "underground": ledger_address(PATROL, **days, v_underground="true"),
        "sees_draws": has_role(request, *DRAWS),
        "totals": totals,
        "rates": Table(
            rate_columns(months),
            county_rates(request.user, months, moment),
            NO_RATES,
            "每周、每月的巡查事项由系统自动生成。",
            style="",
        ),
    }
    return show(request, "supervision/commissioners.html", **context)


@door(*COMMISSIONERS)
def my_patrols(request: Request) -> HttpResponse:
    """To one's own page."""
    post = own_posts(request.user, clock.now()).first()
    if post is None:
        raise Http404
    return redirect("commissioner", pk=post.pk)


@door(*OFFICES)
def commissioner(request: Request, pk: int) -> HttpResponse:
    """One commissioner: mines to visit, visits, opinions to re-check, tasks, support, appraisal."""
    moment = clock.now()
    month = month_of(request.GET.get("month", ""), moment)
    post = get_object_or_404(commissioner_posts(request.user), pk=pk)
    commissioner = commissioners(request.user, [post], month, moment)[0]
    patrols = entries_of(request.user, commissioner, PATROL, "person").filter(on__range=(month.first, month.last))
    current = clock.civil_date(moment) in month
    name = commissioner.person.name if commissioner.person else ""
    context: dict[str, Any] = {
        "commissioner": commissioner,
        "name": name or commissioner.post.title,
        "opinions_address": ledger_address(OPINION, q=name),
        "patrols_address": ledger_address(PATROL, since=month.first.isoformat(), until=month.last.isoformat(), q=name),
        "month": month,
        "before": months_before(month, 2)[0],
        "is_current": current,
        "mines": Table(
            mine_columns(current=current),
            _mine_rows(request, commissioner, moment),
            "没有包联煤矿",
            "由派出单位在“监管专员包联煤矿台账”登记后显示在这里。",
        ),
        "patrols": Table(
            PATROLS,
            patrols,
            f"{month.label}没有巡查记录",
            "巡查后在“监管专员巡查台账”登记，写明地点的才计数。",
        ),
        "opinions": Table(OPINIONS, _opinions(request.user, commissioner, moment), "没有未闭环的意见书。"),
        "tasks": bare(TASKS, _tasks(request.user, commissioner), "没有未完成的任务。"),
        "support": _support(request.user, commissioner),
        "appraisals": bare(
            APPRAISALS, entries_of(request.user, commissioner, APPRAISAL, "commissioner")[:3], "还没有考核结果。"
        ),
        "duties": bare(DUTIES, _duties(request.user, commissioner, month, moment), "本月没有本岗位的事项。"),
        "own": own_posts(request.user, moment).filter(pk=pk).exists(),
    }
    return show(request, "supervision/commissioner.html", **context)


def _mine_rows(request: Request, commissioner: Commissioner, at: datetime) -> list[MineRow]:
    keys = [assigned.mine.pk for assigned in commissioner.mines]
    opinions = open_opinions(request.user, entries_of(request.user, commissioner, OPINION, "commissioner"))
    by_mine = Counter(entry.mine_id for entry, _ in opinions)
    cases = cases_visible_to(request.user).filter(mine__in=keys).order_by()
    recent = cases.filter(of_matter(Matter.alarm), opened_at__gte=at - GAS_DAYS)
    alarms = dict(recent.values("mine").annotate(number=Count("pk")).values_list("mine", "number"))
    stopped = set(cases.filter(of_matter(Matter.halt), closed_at=None).values_list("mine", flat=True))
    mine_rows = [
        MineRow(assigned, by_mine[assigned.mine.pk], alarms.get(assigned.mine.pk, 0), assigned.mine.pk in stopped)
        for assigned in commissioner.mines
    ]
    return sorted(
        mine_rows, key=lambda mine_row: (not mine_row.assigned.missing_week, not mine_row.assigned.missing_month)
    )


def _opinions(reader: User, commissioner: Commissioner, at: datetime) -> list[OpinionRow]:
    """The open ones, the earliest re-check first."""
    today = clock.civil_date(at)
    opinions = open_opinions(reader, entries_of(reader, commissioner, OPINION, "commissioner"))
    listed = [OpinionRow(entry, due_on, due_on < today) for entry, due_on in opinions]
    return sorted(listed, key=lambda opinion: opinion.due_on)


def _tasks(reader: User, commissioner: Commissioner) -> list[TaskRow]:
    """What the city asked of him and has not closed: cases, and what was kept in words before."""
    name = commissioner.person.name if commissioner.person else ""
    cases = task_cases(reader, TASK, commissioner.post, name)
    entries = tasks_open(reader, TASK, commissioner.post, name)
    return [
        *(TaskRow(case.facts["item"], case.facts["issued_on"], case.facts["due_on"], case.pk) for case in cases),
        *(TaskRow(entry.values["content"], entry.on.isoformat(), entry.values["due_on"]) for entry in entries),
    ]


def _support(reader: User, commissioner: Commissioner) -> dict[str, Any] | None:
    """The newest checklist of his support with what he answered to it."""
    newest = entries_of(reader, commissioner, SUPPORT, "commissioner").first()
    if newest is None:
        return None
    fields = [field for field in ledger_by_id(SUPPORT).fields if field.kind == "flag"]
    same = {f"values__{name}": newest.values[name] for name in ("year", "half")}
    reply = entries_of(reader, commissioner, REPLY, "commissioner").filter(**same).first()
    return {
        "entry": newest,
        "half": dict(ledger_by_id(SUPPORT).field("half").choices)[newest.values["half"]],
        "items": [(field.label, bool(newest.values.get(field.name))) for field in fields],
        "reply": reply,
        "answer": _answer(reply) if reply else "",
    }


def _answer(reply: Entry) -> str:
    """What a commissioner says of his support, with what he does not agree to."""
    word = dict(ledger_by_id(REPLY).field("reply").choices)[reply.values["reply"]]
    disputed = reply.values.get("disputed_items")
    return f"{word}：{disputed}" if disputed else word


def _duties(reader: User, commissioner: Commissioner, month: Period, at: datetime) -> list[PostDuty]:
    """The duties of the post that fall into the month."""
    duties = duties_of_post(reader, commissioner.post.pk, month.first, month.last)
    done = credits_of(duties)
    return [PostDuty(duty, status_of(duty, at), done[duty.pk]) for duty in duties]
