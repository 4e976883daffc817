"""Addresses: the first days of a city."""

from django.urls import URLPattern

from kuangan.web.frame.doors import page
from kuangan.web.start import checklist, numbers

urlpatterns: list[URLPattern] = [
    page("start/", checklist.start, "start"),
    page("start/hint/", checklist.start_hint, "start_hint"),
    page("start/numbers/", numbers.number_series_list, "number_series"),
]
