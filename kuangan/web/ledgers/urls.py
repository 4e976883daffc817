"""Addresses: ledgers, entries and imports."""

from django.urls import URLPattern

from kuangan.web.frame.doors import page
from kuangan.web.ledgers import confirming, entry, ledgers, sheets, writes

urlpatterns: list[URLPattern] = [
    page("ledgers/", ledgers.ledgers, "ledgers"),
    page("confirmations/", confirming.confirmations, "confirmations"),
    page("ledgers/<str:ledger_id>/<int:serial>/confirm/<str:part_id>/", confirming.confirm_part, "confirm_part"),
    page("ledgers/<str:ledger_id>/", ledgers.ledger, "ledger"),
    page("ledgers/<str:ledger_id>/print/", ledgers.print_ledger, "print_ledger"),
    page("ledgers/<str:ledger_id>/new/", writes.new_entry, "new_entry"),
    page("ledgers/<str:ledger_id>/template/", sheets.ledger_template, "ledger_template"),
    page("ledgers/<str:ledger_id>/import/", sheets.import_entries, "import_entries"),
    page("ledgers/<str:ledger_id>/imports/<int:pk>/", sheets.import_page, "import"),
    page("ledgers/<str:ledger_id>/<int:serial>/", entry.entry, "entry"),
    page("ledgers/<str:ledger_id>/<int:serial>/open/", entry.open_entry, "open_entry"),
    page("ledgers/<str:ledger_id>/<int:serial>/correct/", writes.correct_entry, "correct_entry"),
    page("ledgers/<str:ledger_id>/<int:serial>/request/<str:part_id>/", writes.request_part, "request_part"),
    page("ledgers/<str:ledger_id>/<int:serial>/void/", writes.void_entry, "void_entry"),
    page("ledgers/<str:ledger_id>/<int:serial>/files/<int:attachment_id>/", entry.entry_file, "entry_file"),
]
