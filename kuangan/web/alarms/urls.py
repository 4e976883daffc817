"""Addresses: the alarm desk of the authority and the alarms of a mine."""

from django.urls import URLPattern

from kuangan.web.alarms import desk, load, mine_side
from kuangan.web.frame.doors import page

urlpatterns: list[URLPattern] = [
    page("desk/", desk.desk, "desk"),
    page("desk/queue/", desk.desk_queue, "desk_queue"),
    page("desk/load/", load.desk_load, "desk_load"),
    page("desk/<int:pk>/", desk.desk_case, "desk_case"),
    page("mine/", mine_side.mine_alarms, "mine_alarms"),
    page("mine/calibrations/", mine_side.calibrations, "calibrations"),
    page("mine/calibrations/<int:pk>/withdraw/", mine_side.withdraw, "withdraw_calibration"),
]
