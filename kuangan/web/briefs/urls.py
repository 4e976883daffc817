"""Addresses: daily, weekly and monthly briefs."""

from django.urls import URLPattern

from kuangan.web.briefs import briefs
from kuangan.web.frame.doors import page

urlpatterns: list[URLPattern] = [
    page("office/briefs/", briefs.briefs, "briefs"),
    page("office/briefs/<int:pk>/", briefs.brief, "brief"),
    page("office/briefs/<str:kind>/<str:period>/", briefs.new_brief, "new_brief"),
]
