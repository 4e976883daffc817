"""Addresses: commissioners, checks, oversight, draws and samples."""

from django.urls import URLPattern

from kuangan.web.frame.doors import page
from kuangan.web.supervision import commissioners, draws, oversight, public_draws, public_samples, rule_states, samples

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
    page("samples/", samples.verifications, "samples"),
    page("samples/credibility/", samples.credibility, "credibility"),
    page("samples/<int:pk>/", samples.verification, "sample"),
    page("samples/<int:pk>/verdict/", samples.write, "write_verdict"),
    page("samples/<int:pk>/confirm/", samples.confirm, "confirm_verdict"),
    page("samples/<int:pk>/return/", samples.send_back, "return_verdict"),
    page("samples/<int:pk>/object/", samples.object_to, "object_to_verdict"),
    page("samples/<int:pk>/answer/", samples.answer, "answer_objection"),
    page("samples/<int:pk>/files/<int:attachment_id>/", samples.verification_file, "verification_file"),
    page("samples/draws/<int:pk>/record/", samples.sample_record, "sample_record"),
    page("public/samples/", public_samples.sample_list, "public_samples"),
    page("public/samples/<slug:slug>/record.json", public_samples.public_sample_record, "public_sample_record"),
    page("public/draws/", public_draws.draw_list, "public_draws"),
    page("public/draws/<slug:slug>/", public_draws.public_draw, "public_draw"),
    page("public/draws/<slug:slug>/record.json", public_draws.public_draw_record, "public_draw_record"),
]
