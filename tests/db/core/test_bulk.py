from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DataError, transaction

from kuangan.core.bulk import insert_rows, update_rows
from kuangan.core.models import Incident

pytestmark = pytest.mark.django_db
COLUMNS = {
    "kind": "text",
    "key": "text",
    "text": "text",
    "began_at": "timestamptz",
    "last_at": "timestamptz",
    "ended_at": "timestamptz",
    "count": "integer",
}
BEGAN = datetime(2026, 3, 1, 8, 0, 0, 123456, tzinfo=UTC)
ODD_TEXTS = ["", "NULL", "null", '"', "\\", '\\"', "{a,b}", "a,b", " blank ", "'; --", "%s", "\n\t", "矿安 𠮷", "$1"]


def row(text, number, **values):
    given = {"ended_at": BEGAN + timedelta(days=number) if number % 2 else None, "count": number} | values
    return ("bulk", f"{number}", text, BEGAN, BEGAN, given["ended_at"], given["count"])


def test_every_text_moment_and_gap_comes_back_as_it_was_written():
    rows = [row(text, number) for number, text in enumerate(ODD_TEXTS)]
    assert insert_rows("core_incident", COLUMNS, rows) == len(rows)
    names = ("kind", "key", "text", "began_at", "last_at", "ended_at", "count")
    assert list(Incident.objects.filter(kind="bulk").order_by("pk").values_list(*names)) == rows


def test_rows_are_changed_by_their_key_alone():
    insert_rows("core_incident", COLUMNS, [row(text, number) for number, text in enumerate(ODD_TEXTS[:3])])
    first, second, third = Incident.objects.order_by("pk").values_list("pk", flat=True)
    columns = {"text": "text", "ended_at": "timestamptz"}
    assert update_rows("core_incident", columns, [(second, 'a "b" \\c', None), (third, "x", BEGAN)]) == 2
    found = Incident.objects.order_by("pk").values_list("pk", "text", "ended_at")
    assert list(found) == [(first, "", None), (second, 'a "b" \\c', None), (third, "x", BEGAN)]


def test_kinds_that_have_no_writer_are_left_to_the_driver():
    insert_rows("core_incident", COLUMNS, [row("a", 1, count=Decimal(7)), row("b", 2, count=Decimal(8))])
    assert list(Incident.objects.order_by("pk").values_list("count", flat=True)) == [7, 8]


@pytest.mark.parametrize("text", ["\x00", "a\x00b"])
def test_a_nul_is_refused_not_cut(text):
    with pytest.raises((DataError, ValueError)), transaction.atomic():
        insert_rows("core_incident", COLUMNS, [row("good", 0), row(text, 1)])
    assert not Incident.objects.exists()


def test_half_a_pair_of_surrogates_is_refused_not_changed():
    with pytest.raises(UnicodeEncodeError), transaction.atomic():
        insert_rows("core_incident", COLUMNS, [row("\ud800", 0)])
    assert not Incident.objects.exists()
