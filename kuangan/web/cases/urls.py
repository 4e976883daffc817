"""Addresses: cases, their moves and papers."""

from django.urls import URLPattern

from kuangan.web.cases import cases, moves, opening, papers, regroup
from kuangan.web.frame.doors import page

urlpatterns: list[URLPattern] = [
    page("cases/", cases.cases, "cases"),
    page("cases/new/", opening.new_cases, "new_cases"),
    page("cases/new/<slug:procedure_id>/<slug:way_id>/", opening.new_case, "new_case"),
    page("cases/<int:pk>/", cases.case, "case"),
    page("cases/<int:pk>/moves/<str:move_id>/", moves.move, "move"),
    page("cases/<int:pk>/moves/<str:move_id>/preview/", moves.preview, "preview"),
    page("cases/<int:pk>/steps/<int:step>/<str:name>/open/", cases.open_input, "open_input"),
    page("cases/<int:pk>/files/<int:attachment_id>/", cases.attachment, "case_attachment"),
    page("cases/<int:pk>/regroup/", regroup.regroup, "regroup"),
    page("cases/<int:pk>/regroup/<int:regrouping_id>/", regroup.confirm_regroup, "confirm_regroup"),
    page("papers/<int:pk>/", papers.paper, "paper"),
    page("papers/<int:pk>/pdf/", papers.paper_pdf, "paper_pdf"),
]
