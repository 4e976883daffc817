"""Addresses: a notice and whom it reached, the gateways, how one is reached."""

from django.urls import URLPattern

from kuangan.web.frame.doors import page
from kuangan.web.notices import gateways, notices, reached

urlpatterns: list[URLPattern] = [
    page("notices/<int:pk>/", notices.notice, "notice"),
    page("notices/unreached/", notices.unreached_people, "unreached"),
    page("notices/reaching/", reached.reaching, "reaching"),
    page("notices/gateways/", gateways.gateways, "gateways"),
    page("notices/gateways/quiet/", gateways.quiet_roles, "quiet_roles"),
    page("notices/gateways/new/<slug:kind>/", gateways.new_gateway, "new_gateway"),
    page("notices/gateways/<int:pk>/", gateways.gateway, "gateway"),
    page("notices/gateways/<int:pk>/test/", gateways.test, "test_gateway"),
]
