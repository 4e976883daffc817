"""Addresses: the channel by which open pages hear of changes."""

from django.urls import URLPattern

from kuangan.web.frame import live
from kuangan.web.frame.doors import page

urlpatterns: list[URLPattern] = [
    page("live/", live.live, "live"),
]
