"""Addresses: the watch: roster, hand-over, calls, holidays."""

from django.urls import URLPattern

from kuangan.web.frame.doors import page
from kuangan.web.watch import holidays, presence, watch

urlpatterns: list[URLPattern] = [
    page("office/watch/", watch.watch, "watch"),
    page("office/watch/handovers/<int:pk>/", watch.handover, "handover"),
    page("office/watch/calls/", watch.phone_calls, "phone_calls"),
    page("office/watch/holidays/", holidays.holiday_plans, "holiday_plans"),
    page("office/watch/holidays/<str:first>/", holidays.holiday_plan, "holiday_plan"),
    page("office/watch/presence/", presence.presence, "presence"),
]
