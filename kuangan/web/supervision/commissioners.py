"""监管专员: every commissioner's figures of a month, and each one's own page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from kuangan.base import clock
from kuangan.base.period import Period
from kuangan.casework.queries import cases_visible_to, of_matter
from kuangan.core.models import User
from kuangan.duty.models import Duty
from kuangan.duty.queries import credits_of, duties_of_post
from kuangan.duty.status import Status, status_of
from kuangan.law.ledger import ledger
from kuangan.law.procedure import Matter
from kuangan.ledger.models import Entry
from kuangan.overview.figures.commissioners import (
    OPINION,
    PATROL,
    Assigned,
    Commissioner,
    commissioners,
    entries_of,
    month_of,
)
from kuangan.overview.figures.patrol_rates import county_rates, months_before
from kuangan.overview.queries.ledgers import commissioner_posts, own_posts, tasks_open
from kuangan.web.frame.doors import COMMISSIONERS, DRAWS, OFFICES, door, has_role
from kuangan.web.frame.lists import Column, export, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request

TREND_MONTHS = 6
GAS_DAYS = timedelta(days=7)
TASK, SUPPORT, REPLY, APPRAISAL = (
    "commissioner_task",
    "commissioner_support",
    "commissioner_support_reply",
    "commissioner_appraisal",
)
COLUMNS = (
    Column("单位", lambda one: one.post.unit.name, 28),
    Column("岗位", lambda one: one.post.title),
    Column("姓名", lambda one: one.person.name if one.person else ""),
    Column("包联煤矿", lambda one: len(one.mines)),
    Column("应巡查煤矿", lambda one: one.owed),
    Column("本月下井覆盖", lambda one: one.covered),
    Column("覆盖率（%）", lambda one: one.rate),
    Column("本周巡查", lambda one: one.week),
    Column("本月巡查", lambda one: one.month),
    Column("其中下井", lambda one: one.underground),
    Column("未闭环意见书", lambda one: one.open_opinions),
    Column("其中逾期", lambda one: one.late_opinions),
)


@dataclass(frozen=True)
class MineRow:
    """One of a commissioner's mines with what he should know before he goes there."""

    assigned: Assigned
    opinions: int
    alarms: int
    stop: bool


@dataclass(frozen=True)
class OpinionRow:
    """A site opinion; ``due_on`` is the day of the re-check."""

    entry: Entry
    due_on: date
    late: bool


@dataclass(frozen=True)
class DutyRow:
    """A duty of the post with how far it is done."""

    duty: Duty
    status: Status
    credits: int


@door(*OFFICES)
def commissioner_list(request: Request) -> HttpResponse:
    """Every commissioner in sight with his figures, and the counties' rates over the months."""
    moment = clock.now()
    month = month_of(request.GET.get("month", ""), moment)
    rows = commissioners(request.user, commissioner_posts(request.user), month, moment)
    if wants_export(request):
        return export(f"监管专员{month.key}", COLUMNS, rows)
    months = months_before(month, TREND_MONTHS)
    totals = {
        "posts": len(rows),
        "vacant": sum(1 for row in rows if row.person is None),
        "month": sum(row.month for row in rows),
        "underground": sum(row.underground for row in rows),
        "behind": sum(1 for row in rows if row.covered < row.owed),
        "late": sum(row.late_opinions for row in rows),
    }
    context: dict[str, Any] = {
        "rows": rows,
        "month": month,
        "sees_draws": has_role(request, *DRAWS),
        "totals": totals,
        "months": months,
        "rates": county_rates(request.user, months, moment),
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
    found = commissioners(request.user, [post], month, moment)[0]
    patrols = entries_of(request.user, found, PATROL, "person").filter(on__range=(month.first, month.last))
    context: dict[str, Any] = {
        "one": found,
        "month": month,
        "before": months_before(month, 2)[0],
        "is_current": clock.civil_date(moment) in month,
        "mines": _mine_rows(request, found, moment),
        "patrols": patrols,
        "opinions": _opinions(request.user, found, moment),
        "tasks": _tasks(request.user, found),
        "support": _support(request.user, found),
        "appraisals": entries_of(request.user, found, APPRAISAL, "commissioner")[:3],
        "grades": dict(ledger(APPRAISAL).field("grade").choices),
        "shifts": dict(ledger(PATROL).field("shift").choices),
        "duties": _duties(request.user, found, month, moment),
        "own": own_posts(request.user, moment).filter(pk=pk).exists(),
    }
    return show(request, "supervision/commissioner.html", **context)


def _mine_rows(request: Request, found: Commissioner, at: datetime) -> list[MineRow]:
    keys = [one.mine.pk for one in found.mines]
    opinions = entries_of(request.user, found, OPINION, "commissioner").exclude(values__has_key="closed_on").order_by()
    by_mine = dict(opinions.values("mine").annotate(number=Count("pk")).values_list("mine", "number"))
    cases = cases_visible_to(request.user).filter(mine__in=keys).order_by()
    recent = cases.filter(of_matter(Matter.alarm), opened_at__gte=at - GAS_DAYS)
    alarms = dict(recent.values("mine").annotate(number=Count("pk")).values_list("mine", "number"))
    stopped = set(cases.filter(of_matter(Matter.halt), closed_at=None).values_list("mine", flat=True))
    rows = [
        MineRow(one, by_mine.get(one.mine.pk, 0), alarms.get(one.mine.pk, 0), one.mine.pk in stopped)
        for one in found.mines
    ]
    return sorted(rows, key=lambda row: (not row.assigned.missing_week, not row.assigned.missing_month))


def _opinions(reader: User, found: Commissioner, at: datetime) -> list[OpinionRow]:
    """The open ones, the earliest re-check first."""
    today = clock.civil_date(at)
    rows = []
    for entry in entries_of(reader, found, OPINION, "commissioner").exclude(values__has_key="closed_on"):
        due_on = date.fromisoformat(entry.values["due_on"])
        rows.append(OpinionRow(entry, due_on, due_on < today))
    return sorted(rows, key=lambda row: row.due_on)


def _tasks(reader: User, found: Commissioner) -> QuerySet[Entry]:
    """What the city asked of him and he has not reported done; kept by the city, not by his unit."""
    return tasks_open(reader, TASK, found.post, found.person.name if found.person else "")


def _support(reader: User, found: Commissioner) -> dict[str, Any] | None:
    """The newest checklist of his support with what he answered to it."""
    newest = entries_of(reader, found, SUPPORT, "commissioner").first()
    if newest is None:
        return None
    fields = [field for field in ledger(SUPPORT).fields if field.kind == "flag"]
    same = {f"values__{name}": newest.values[name] for name in ("year", "half")}
    reply = entries_of(reader, found, REPLY, "commissioner").filter(**same).first()
    return {
        "entry": newest,
        "half": dict(ledger(SUPPORT).field("half").choices)[newest.values["half"]],
        "items": [(field.label, bool(newest.values.get(field.name))) for field in fields],
        "reply": reply,
        "answer": dict(ledger(REPLY).field("reply").choices)[reply.values["reply"]] if reply else "",
    }


def _duties(reader: User, found: Commissioner, month: Period, at: datetime) -> list[DutyRow]:
    """The duties of the post that fall into the month."""
    duties = duties_of_post(reader, found.post.pk, month.first, month.last)
    done = credits_of(duties)
    return [DutyRow(duty, status_of(duty, at), done[duty.pk]) for duty in duties]
