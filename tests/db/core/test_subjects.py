"""Rows of earlier releases, which hold addresses, and what they are about."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from kuangan.base import clock
from kuangan.core.models import Notice
from kuangan.web.frame.links import address_of

TURN = import_module("kuangan.core.migrations.0015_subjects").turn
ADDRESSES = {
    "/cases/12/": "case:12",
    "/cases/?open=yes": "cases?open=yes",
    "/mines/140423900001/": "mine:140423900001",
    "/duties/4/": "duty:4",
    "/duties/?status=due&unit=140423-bureau": "duties?status=due&unit=140423-bureau",
    "/office/circulars/7/": "circular:7",
    "/office/collections/3/?show=missing": "collection:3?show=missing",
    "/office/incoming/5/": "incoming:5",
    "/office/watch/": "watch",
    "/draws/9/": "draw:9",
    "/users/requests/2/": "account_request:2",
    "/trail/seals/": "seals",
    "/account/": "account",
    "/checks/?rule=licence_lapsed": "rule_states?rule=licence_lapsed",
    "/somewhere/else/": "/somewhere/else/",
    "": "",
}


@pytest.mark.django_db
def test_notices_of_earlier_releases_come_to_say_what_they_are_about_and_open_the_same_page(world):
    kept = {"unit": world.county, "body": "", "kind": "reminder", "created_at": clock.now()}
    rows = {address: Notice.objects.create(title=address, link=address, **kept) for address in ADDRESSES}
    with connection.schema_editor() as editor:
        TURN(apps, editor)
    turned = dict(Notice.objects.filter(pk__in=[row.pk for row in rows.values()]).values_list("title", "link"))
    assert turned == ADDRESSES
    assert {address: address_of(text) for address, text in turned.items()} == {
        address: address for address in ADDRESSES
    }
