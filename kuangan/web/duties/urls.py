"""Addresses: duties and the reports on them."""

from django.urls import URLPattern

from kuangan.web.duties import checkin_keys, duties, duty, reports
from kuangan.web.frame.doors import page

urlpatterns: list[URLPattern] = [
    page("duties/", duties.duties, "duties"),
    page("duties/rates/", duties.duty_rates, "duty_rates"),
    page("duties/keys/", checkin_keys.checkin_keys, "checkin_keys"),
    page("duties/keys/new/", checkin_keys.new_checkin_key, "new_checkin_key"),
    page("duties/keys/<int:pk>/stop/", checkin_keys.stop_checkin_key, "stop_checkin_key"),
    page("duties/<int:pk>/", duty.duty, "duty"),
    page("duties/<int:pk>/file/", duty.duty_file, "duty_file"),
    page("duties/<int:pk>/judge/<int:credit>/", duty.duty_judge, "duty_judge"),
    page("duties/<int:pk>/urge/", duty.duty_urge, "duty_urge"),
    page("duties/<int:pk>/files/<int:attachment_id>/", duty.duty_attachment, "duty_attachment"),
    page("reports/", reports.reports, "reports"),
    page("reports/papers/<int:pk>/", reports.report_paper, "report_paper"),
    page("reports/papers/<int:pk>/issue/", reports.report_issue, "report_issue"),
    page("reports/papers/<int:pk>/files/<str:form>/", reports.report_file, "report_file"),
    page("reports/<str:kind_id>/<str:code>/<str:key>/", reports.report, "report"),
    page("reports/<str:kind_id>/<str:code>/<str:key>/draft/", reports.report_draft, "report_draft"),
]
