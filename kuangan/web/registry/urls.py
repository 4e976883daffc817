"""Addresses: units, and register changes."""

from django.urls import URLPattern

from kuangan.web.frame.doors import page
from kuangan.web.registry import changes, making, rosters, units

urlpatterns: list[URLPattern] = [
    page("register/", units.register_units, "register_units"),
    page("register/units/<str:code>/", units.register_unit, "register_unit"),
    page("register/units/<str:code>/roster/", rosters.unit_roster, "unit_roster"),
    page("register/units/<str:code>/roster/template/", rosters.unit_roster_template, "unit_roster_template"),
    page("register/changes/", changes.register_changes, "register_changes"),
    page("register/changes/<int:pk>/", changes.register_change, "register_change"),
    page("register/changes/<int:pk>/file/", changes.register_change_file, "register_change_file"),
    page("register/changes/<int:pk>/decide/", changes.decide_change, "decide_change"),
    page("register/changes/<int:pk>/correct/", making.correct_change, "correct_change"),
    page("register/new/<str:subject_kind>/<str:key>/", making.change_kinds_of, "change_kinds_of"),
    page("register/new/<str:subject_kind>/<str:key>/<str:kind_id>/", making.new_change, "new_change"),
]
