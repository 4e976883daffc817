"""挂牌责任: a mine's board for the public, its QR code, the printed board, and the staff's page of it."""

from io import BytesIO
from typing import Any
from urllib.parse import quote

import segno
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from kuangan.base import clock
from kuangan.law.ledger import ledger
from kuangan.ledger.queries import entries_visible_to, units_kept_by
from kuangan.mine.models import Mine
from kuangan.mine.queries import mines_visible_to, public_mines
from kuangan.overview.figures.posted import LEDGER, PostedBoard, paper_fields, posted_board
from kuangan.paper.render import render_pdf
from kuangan.web.frame.doors import MINE, OVERSEERS, door
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request

HOTLINE = "12350"
"""The nationwide telephone for reporting dangers to work safety."""
EARLIER = 10


@door(public=True)
def public_mine(request: Request, code: str) -> HttpResponse:
    """The board as it hangs at the wellhead, for everybody with a telephone in hand."""
    board = posted_board(_any_mine(code), clock.now())
    return show(request, "mines/public.html", board=board, mine=board.mine, hotline=HOTLINE)


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
    context: dict[str, Any] = {
        "mine": mine,
        "board": posted_board(mine, clock.now()),
        "entries": entries.select_related("unit", "recorded_by__person").order_by("-on", "-pk")[:EARLIER],
        "public_address": _address(request, mine),
        "keeps": bool(units_kept_by(request.user, ledger(LEDGER))),
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
    rows = ["".join(str(module) for module in row) for row in matrix]
    fields = paper_fields(board, HOTLINE, address, rows)
    return render_pdf("responsibility_board", fields, clock.now(), unit=board.mine.supervisor.name)


def _any_mine(code: str) -> Mine:
    return get_object_or_404(public_mines(), code=code)


def _address(request: Request, mine: Mine) -> str:
    return request.build_absolute_uri(reverse("public_mine", args=[mine.code]))
