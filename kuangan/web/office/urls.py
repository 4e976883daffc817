"""Addresses: papers in and out, meetings, collections."""

from django.urls import URLPattern

from kuangan.web.frame.doors import page
from kuangan.web.office import circulars, collections, designing, drafting, files, incoming, letters, meetings, overview

urlpatterns: list[URLPattern] = [
    page("office/", overview.office, "office"),
    page("office/circulars/", circulars.circulars, "circulars"),
    page("office/circulars/new/", circulars.new_circular, "new_circular"),
    page("office/circulars/<int:pk>/", circulars.circular, "circular"),
    page("office/collections/", collections.collections, "collections"),
    page("office/collections/new/", designing.new_collection, "new_collection"),
    page("office/collections/<int:pk>/", collections.collection, "collection"),
    page("office/incoming/", incoming.incoming_list, "incoming_list"),
    page("office/incoming/new/", incoming.new_incoming, "new_incoming"),
    page("office/incoming/<int:pk>/", incoming.incoming, "incoming"),
    page("office/letters/", letters.letters, "letters"),
    page("office/letters/new/", drafting.new_letter, "new_letter"),
    page("office/letters/<int:pk>/word/", letters.letter_word, "letter_word"),
    page("office/meetings/", meetings.meetings, "meetings"),
    page("office/meetings/new/", meetings.new_meeting, "new_meeting"),
    page("office/meetings/<int:pk>/", meetings.meeting, "meeting"),
    page("office/files/<str:kind>/<int:pk>/<int:attachment_id>/", files.office_file, "office_file"),
]
