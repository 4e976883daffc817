"""数据接入: how each mine's feed does, what was refused and why, points without a place, tokens."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.law import limit
from kuangan.mine.actions import confirm_place, notice_change
from kuangan.mine.queries import (
    changes_visible_to,
    fed_mines,
    points_visible_to,
    unnoticed_changes,
    unplaced_points,
)
from kuangan.monitor.actions import issue_token, revoke_token
from kuangan.monitor.models import FeedFile, FileStatus
from kuangan.monitor.queries import (
    FAULTY,
    FeedHealth,
    feed_doubts,
    feed_health,
    files_since,
    mines_with_tokens,
    tokens_of_feeds,
)
from kuangan.web.admin.feed_lists import DOUBTS, FEEDS, FILES, change_columns, key_columns, point_columns
from kuangan.web.frame import shown
from kuangan.web.frame.doors import OFFICERS, OPERATOR, door, has_role, leading
from kuangan.web.frame.lists import Filters, export, none_of, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, table

FILES_DAYS = 7
DOUBTS_SHOWN = 100


class FeedFilters(Filters):
    q = forms.CharField(label="煤矿名称或编码", max_length=60)
    only = forms.ChoiceField(
        label="情形",
        choices=(("", "全部"), ("silent", "数据中断"), ("faulty", "一小时内有退回"), ("late", "一小时内有迟到")),
    )

    def applied(self, healths: list[FeedHealth]) -> list[FeedHealth]:
        """The rows that the filters leave."""
        text, only = self.chosen("q") or "", self.chosen("only")
        tests: dict[str, Callable[[FeedHealth], bool]] = {
            "silent": lambda health: health.silence is not None or health.age_seconds is None,
            "faulty": lambda health: health.faulty > 0,
            "late": lambda health: health.late > 0,
        }
        healths = [health for health in healths if text in health.mine.name or text in health.mine.code]
        return [health for health in healths if tests[only](health)] if only else healths


@door(*OFFICERS, *OPERATOR)
def feeds(request: Request) -> HttpResponse:
    """One line a mine, silent ones first."""
    moment = clock.now()
    every = list(fed_mines(request.user))
    healths = feed_health(every, moment)
    filters = FeedFilters(request)
    wanted = sorted(filters.applied(healths), key=_trouble)
    if wants_export(request):
        return export("数据接入", FEEDS, wanted)
    counts = {
        "mines": len(healths),
        "silent": sum(1 for health in healths if health.silence or health.age_seconds is None),
        "faulty": sum(health.faulty for health in healths),
        "unplaced": unplaced_points(every).count(),
        "changes": unnoticed_changes(every).count(),
    }
    listed = table(
        request,
        FEEDS,
        wanted,
        filters,
        nothing=none_of("接入的煤矿", filters),
        hint=leading(request, "煤矿登记并签发密钥后，上传情况显示在这里。", "start", "查看启用清单"),
    )
    doubts = Table(DOUBTS, feed_doubts(every)[:DOUBTS_SHOWN])
    return show(request, "admin/feeds/list.html", table=listed, counts=counts, doubts=doubts)


def _trouble(health: FeedHealth) -> tuple[bool, float]:
    return health.silence is None and health.age_seconds is not None, -(health.age_seconds or 0)


class FileFilters(Filters):
    """Filters of the list of received files."""

    q = forms.CharField(label="煤矿或文件名", max_length=60)
    status = forms.ChoiceField(label="结果", choices=(("", "退回或有错"), ("all", "全部"), *FileStatus.choices))


@door(*OFFICERS, *OPERATOR)
def feed_files(request: Request) -> HttpResponse:
    """Received files of the last days, by default those refused or with bad records, each with its reason."""
    filters = FileFilters(request)
    since = clock.now() - timedelta(days=FILES_DAYS)
    files = _files(request, filters, since)
    if wants_export(request):
        return export("接收文件", FILES, files.iterator())
    nothing = "没有符合条件的文件" if filters.narrowing else "没有退回或有错的文件"
    hint = f"近 {FILES_DAYS} 天各矿上传均被完整接收。"
    listed = table(request, FILES, files, filters, nothing=nothing, hint=hint)
    return show(request, "admin/feeds/files.html", table=listed, days=FILES_DAYS)


def _files(request: Request, filters: FileFilters, since: datetime) -> QuerySet[FeedFile]:
    files = files_since(request.user, since)
    status = filters.chosen("status")
    if not status:
        files = files.filter(status__in=FAULTY)
    elif status != "all":
        files = files.filter(status=status)
    if text := filters.chosen("q"):
        files = files.filter(Q(mine__name__icontains=text) | Q(name__icontains=text))
    return files


@door(*OFFICERS, *OPERATOR)
def feed_points(request: Request) -> HttpResponse:
    """Methane points whose place nobody has confirmed, each with what its text suggests."""
    every = list(fed_mines(request.user))
    today = clock.civil_date(clock.now())
    places = [(place, limit.place_text(place)) for place in limit.places("ch4", today)]
    listed = table(
        request,
        point_columns(request, places, may_confirm=has_role(request, *OFFICERS)),
        unplaced_points(every),
        nothing="没有待确认地点的甲烷测点",
        hint="煤矿新增测点后会出现在这里。",
        unexported=True,
    )
    return show(request, "admin/feeds/points.html", table=listed)


@door(*OFFICERS, methods=("POST",))
def place_point(request: Request, pk: int) -> HttpResponse:
    unplaced = get_object_or_404(points_visible_to(request.user), pk=pk)
    try:
        confirm_place(actor=request.user, point=unplaced, place=request.POST.get("place", ""))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已确认“{unplaced}”的地点类别。")
    return redirect("feed_points")


@door(*OFFICERS, *OPERATOR)
def feed_changes(request: Request) -> HttpResponse:
    """Set-points, ranges and places that mines changed and nobody has taken note of."""
    changes = unnoticed_changes(list(fed_mines(request.user)))
    columns = change_columns(request, may_note=has_role(request, *OFFICERS))
    listed = table(request, columns, changes, nothing=shown.strong("没有待知悉的定义变更"), unexported=True)
    return show(request, "admin/feeds/changes.html", table=listed)


@door(*OFFICERS, methods=("POST",))
def note_change(request: Request, pk: int) -> HttpResponse:
    """Take note of a changed definition."""
    change = get_object_or_404(changes_visible_to(request.user), pk=pk)
    try:
        notice_change(actor=request.user, change=change, note=request.POST.get("note", ""))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "已登记知悉。")
    return redirect("feed_changes")


@door(*OPERATOR)
def feed_tokens(request: Request) -> HttpResponse:
    """The keys by which mines send."""
    return _token_page(request)


def _token_page(request: Request, issued: dict[str, str] | None = None) -> HttpResponse:
    """``issued``: mine and text of a key made by this request, shown this once and kept nowhere."""
    mines = mines_with_tokens(request.user)
    listed = table(request, key_columns(request), mines, nothing="尚未登记煤矿。", unexported=True)
    return show(request, "admin/feeds/tokens.html", table=listed, issued=issued, feeds_address=_feeds_address(request))


def _feeds_address(request: Request) -> str:
    """Where mines send: behind a proxy under the name of the pages, else at the port of the ingest process."""
    if settings.KUANGAN_BEHIND_PROXY:
        return request.build_absolute_uri("/api/feeds")
    host = request.get_host().removesuffix(f":{request.get_port()}")
    return f"http://{host}:{os.environ.get('KUANGAN_INGEST_PORT', '8001')}/api/feeds"


@door(*OPERATOR, methods=("POST",))
def new_token(request: Request, code: str) -> HttpResponse:
    """Issue a key for a mine; the answer itself shows it, this once."""
    mine = get_object_or_404(fed_mines(request.user), code=code)
    token = issue_token(actor=request.user, mine=mine)
    return _token_page(request, {"mine": mine.name, "token": token})


@door(*OPERATOR, methods=("POST",))
def stop_token(request: Request, pk: int) -> HttpResponse:
    token = get_object_or_404(tokens_of_feeds(request.user), pk=pk)
    try:
        revoke_token(actor=request.user, token=token)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已停用 {token.mine.name} 的接入密钥。")
    return redirect("feed_tokens")
