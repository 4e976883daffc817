"""Addresses: mines: file, monitoring, boards, points."""

from django.urls import URLPattern

from kuangan.web.frame.doors import page
from kuangan.web.mines import mines, placing, points, posted, sheet

urlpatterns: list[URLPattern] = [
    page("mines/", mines.mines, "mines"),
    page("mines/<str:code>/", mines.mine, "mine"),
    page("mines/<str:code>/strip/", mines.mine_strip, "mine_strip"),
    page("mines/<str:code>/board/", posted.mine_board, "mine_board"),
    page("mines/<str:code>/board/pdf/", posted.mine_board_pdf, "mine_board_pdf"),
    page("mines/<str:code>/sheet/", sheet.mine_sheet, "mine_sheet"),
    page("mines/<str:code>/sheet/pdf/", sheet.mine_sheet_pdf, "mine_sheet_pdf"),
    page("mines/<str:code>/points/", placing.placing, "placing"),
    page("mines/<str:code>/points/decide/", placing.decide_placing, "decide_placing"),
    page("mines/<str:code>/<str:tab>/", mines.mine, "mine_tab"),
    page("points/<int:pk>/", points.point, "point"),
    page("points/<int:pk>/history/", points.point_history, "point_history"),
    page("public/mines/<str:code>/", posted.public_mine, "public_mine"),
    page("public/mines/<str:code>/qr.svg", posted.public_mine_qr, "public_mine_qr"),
]
