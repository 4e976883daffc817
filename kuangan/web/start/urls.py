"""Addresses: the first days of a city."""

from django.urls import URLPattern

from kuangan.web.frame.doors import page
from kuangan.web.start import checklist

urlpatterns: list[URLPattern] = [
    page("start/", checklist.start, "start"),
    page("start/hint/", checklist.start_hint, "start_hint"),
]
