"""挂牌责任: a mine's board for the public, its QR code, the printed board, and the staff's page of it."""

from io import BytesIO
from operator import attrgetter
from typing import Any
from urllib.parse import quote

import segno
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from kuangan.base import clock
from kuangan.law.ledger import ledger_by_id
from kuangan.ledger.queries import entries_visible_to, units_kept_by
from kuangan.mine.models import Mine
from kuangan.mine.queries import mines_visible_to, public_mines
from kuangan.overview.figures.posted import LEDGER, PostedBoard, paper_fields, posted_board
from kuangan.paper.render import render_pdf
from kuangan.web.frame.doors import MINE, OVERSEERS, door
from kuangan.web.frame.lists import Column
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.shown import link, minute, unknown
from kuangan.web.frame.tables import Table, bare

HOTLINE = "12350"
"""The nationwide telephone for reporting dangers to work safety."""
EARLIER = 10

POSTED = (
    Column("责任类别", attrgetter("side")),
    Column("姓名", attrgetter("name"), style="strong"),
    Column("职务", attrgetter("post")),
    Column("电话", lambda posted: link(f"tel:{posted.phone}", posted.phone, "phone")),
)
LEADERS = (
    Column("班次", attrgetter("shift")),
    Column("带班矿领导", attrgetter("name"), style="strong"),
)
ENTRIES = (
    Column("挂牌日期", lambda entry: link(reverse("entry", args=[LEDGER, entry.serial]), entry.on), style="nowrap"),
    Column("截止", attrgetter("until"), style="nowrap"),
    Column("政府", lambda entry: entry.values["government_name"]),
    Column("部门", lambda entry: entry.values["department_name"]),
    Column("企业", lambda entry: entry.values["company_name"]),
    Column("公示牌更新", lambda entry: entry.values.get("board_updated_on"), style="nowrap"),
    Column("登记", lambda entry: f"{entry.unit.name} {minute(entry.recorded_at)}", style="small"),
)


def _lists(board: PostedBoard) -> dict[str, Table]:
    """Who is posted and who leads today, as the public and the staff see them."""
    return {
        "posted": Table(
            POSTED,
            board.posted,
            nothing="尚未登记挂牌责任人",
            hint="由日常监管主体登记政府、部门、企业三名责任人后公示。",
            style="stack posted",
        ),
        "leaders": bare(LEADERS, board.leaders, unknown("今日带班安排未登记")),
    }


@door(public=True)
def public_mine(request: Request, code: str) -> HttpResponse:
    """The board as it hangs at the wellhead, for everybody with a telephone in hand."""
    board = posted_board(_any_mine(code), clock.now())
    context: dict[str, Any] = {"board": board, "mine": board.mine, "hotline": HOTLINE, **_lists(board)}
    return show(request, "mines/public.html", **context)


@door(public=True)
def public_mine_qr(request: Request, code: str) -> HttpResponse:
    """The QR code of the public page, as a picture."""
    mine = _any_mine(code)
    code_of = segno.make(_address(request, mine), micro=False, error="m")
    content = BytesIO()
    code_of.save(content, kind="svg", scale=5, border=3, light="#fff")
    return HttpResponse(
        content.getvalue(),
        content_type="image/svg+xml",
        headers={"Content-Security-Policy": "default-src 'none'; sandbox"},
    )


@door(*OVERSEERS, *MINE)
def mine_board(request: Request, code: str) -> HttpResponse:
    """The board for staff: what the public sees, what is wrong with it, who was posted before."""
    mine = get_object_or_404(mines_visible_to(request.user), code=code)
    entries = entries_visible_to(request.user, LEDGER).filter(mine=mine)
    earlier = entries.select_related("unit").order_by("-on", "-pk")[:EARLIER]
    board = posted_board(mine, clock.now())
    context: dict[str, Any] = {
        "mine": mine,
        "board": board,
        "entries": Table(ENTRIES, earlier, "台账中还没有本矿的挂牌责任人。"),
        **_lists(board),
        "public_address": _address(request, mine),
        "ledger": LEDGER,
        "keeps": bool(units_kept_by(request.user, ledger_by_id(LEDGER))),
    }
    return show(request, "mines/board.html", **context)


@door(*OVERSEERS, *MINE)
def mine_board_pdf(request: Request, code: str) -> HttpResponse:
    """The board on one A3 sheet, with its QR code; before anybody is posted there is nothing to print."""
    mine = get_object_or_404(mines_visible_to(request.user), code=code)
    moment = clock.now()
    board = posted_board(mine, moment)
    if board.entry is None:
        return show(
            request,
            "frame/error.html",
            status=404,
            status_code=404,
            title="尚未登记挂牌责任人",
            advice="请先在挂牌责任人台账登记政府、部门、企业三名责任人，再打印公示牌。",
        )
    name = quote(f"{mine.name}挂牌责任公示牌.pdf")
    return HttpResponse(
        _pdf(request, board),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f"inline; filename*=UTF-8''{name}",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
        },
    )


def _pdf(request: Request, board: PostedBoard) -> bytes:
    address = _address(request, board.mine)
    matrix = segno.make(address, micro=False, error="m").matrix
    squares = ["".join(str(module) for module in modules) for modules in matrix]
    fields = paper_fields(board, HOTLINE, address, squares)
    return render_pdf("responsibility_board", fields, clock.now(), unit=board.mine.supervisor.name)


def _any_mine(code: str) -> Mine:
    return get_object_or_404(public_mines(), code=code)


def _address(request: Request, mine: Mine) -> str:
    return request.build_absolute_uri(reverse("public_mine", args=[mine.code]))
