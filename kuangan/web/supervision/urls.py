"""Addresses: commissioners, checks, oversight and draws."""

from django.urls import URLPattern

from kuangan.web.frame.doors import page
from kuangan.web.supervision import commissioners, draws, oversight, public_draws, rule_states

urlpatterns: list[URLPattern] = [
    page("commissioners/", commissioners.commissioner_list, "commissioners"),
    page("commissioners/mine/", commissioners.my_patrols, "my_patrols"),
    page("commissioners/<int:pk>/", commissioners.commissioner, "commissioner"),
    page("checks/", rule_states.states, "rule_states"),
    page("oversight/", oversight.oversight, "oversight"),
    page("draws/", draws.draws, "draws"),
    page("draws/new/", draws.new_draw, "new_draw"),
    page("draws/<int:pk>/", draws.draw, "draw"),
    page("draws/<int:pk>/prepare/", draws.prepare, "prepare_draw"),
    page("draws/<int:pk>/witness/", draws.witness, "witness_draw"),
    page("draws/<int:pk>/agree/", draws.agree, "agree_draw"),
    page("draws/<int:pk>/cancel/", draws.cancel, "cancel_draw"),
    page("draws/<int:pk>/record/", draws.draw_record, "draw_record"),
    page("public/draws/", public_draws.draw_list, "public_draws"),
    page("public/draws/<slug:slug>/", public_draws.public_draw, "public_draw"),
    page("public/draws/<slug:slug>/record.json", public_draws.public_draw_record, "public_draw_record"),
]
