"""Addresses: law, limits, values, open questions with their answers, and obligations."""

from django.urls import URLPattern

from kuangan.web.frame.doors import page
from kuangan.web.law import answers, duties, law, questions, updates

urlpatterns: list[URLPattern] = [
    page("law/", law.law, "law"),
    page("law/instruments/<str:instrument_id>/", law.instrument, "instrument"),
    page("law/limits/", law.limits, "limits"),
    page("law/values/", law.values, "values"),
    page("law/questions/", questions.open_questions, "open_questions"),
    page("public/questions/", questions.public_questions, "public_questions"),
    page("law/answers/", answers.local_answers, "local_answers"),
    page("law/answers/<int:pk>/", answers.local_answer, "local_answer"),
    page("law/answers/<int:pk>/sign/", answers.sign_local_answer, "sign_local_answer"),
    page("law/answers/<int:pk>/refuse/", answers.refuse_local_answer, "refuse_local_answer"),
    page("law/answers/<int:pk>/file/", answers.local_answer_file, "local_answer_file"),
    page("law/updates/", updates.law_updates, "law_updates"),
    page("law/updates/<int:pk>/", updates.law_update, "law_update"),
    page("law/updates/<int:pk>/sign/", updates.sign_law_update, "sign_law_update"),
    page("law/updates/<int:pk>/refuse/", updates.refuse_law_update, "refuse_law_update"),
    page("law/duties/", duties.law_duties, "law_duties"),
    page("law/duties/<str:obligation_id>/", duties.law_duty, "law_duty"),
    page("law/rules/<str:rule_id>/", law.rule, "rule"),
]
