"""Addresses: what lies before the reader today."""

from django.urls import URLPattern

from kuangan.web.frame.doors import page
from kuangan.web.today import today

urlpatterns: list[URLPattern] = [
    page("today/", today.today, "today"),
    page("calls/<int:pk>/answer/", today.answer_call, "answer_call"),
    page("notices/<int:pk>/sign/", today.sign_notice, "sign_notice"),
]
