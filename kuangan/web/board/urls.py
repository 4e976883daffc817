"""Addresses: the task board."""

from django.urls import URLPattern

from kuangan.web.board import board, cell
from kuangan.web.frame.doors import page

urlpatterns: list[URLPattern] = [
    page("board/", board.task_board, "board"),
    page("board/print/", board.board_print, "board_print"),
    page("board/<str:measure_code>/<str:code>/", cell.board_cell, "board_cell"),
    page("board/<str:measure_code>/<str:code>/urge/", cell.board_urge, "board_urge"),
]
