"""Addresses: law, limits, values and obligations."""

from django.urls import URLPattern

from kuangan.web.frame.doors import page
from kuangan.web.law import duties, law

urlpatterns: list[URLPattern] = [
    page("law/", law.law, "law"),
    page("law/instruments/<str:instrument_id>/", law.instrument, "instrument"),
    page("law/limits/", law.limits, "limits"),
    page("law/values/", law.values, "values"),
    page("law/duties/", duties.law_duties, "law_duties"),
    page("law/duties/<str:obligation_id>/", duties.law_duty, "law_duty"),
    page("law/rules/<str:rule_id>/", law.rule, "rule"),
]
