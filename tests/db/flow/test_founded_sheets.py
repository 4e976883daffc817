"""A workbook and the API go through what a form goes through: what an entry rests on is there, and columns of before stay of before."""

from datetime import UTC, date, datetime

import pytest

from kuangan.casework.models import Case
from kuangan.core.errors import Refused
from kuangan.flow.credit.entries import correct
from kuangan.flow.credit.imports import import_rows
from kuangan.law.ledger import ledgers
from kuangan.ledger.former import takes_former
from kuangan.ledger.models import Entry, Import, ImportState
from tests.db.flow.records import add, on

AT = datetime(2026, 6, 10, 2, 0, tzinfo=UTC)
OF_BEFORE = dict.fromkeys(("visit_number", "visit_on", "orders_total", "orders_open", "orders_closed_on"))


def queued(city, ledger_id, unit, by, *changes):
    """A confirmed sheet of the ledger's sample, a row for each change; its rows were fit when they were previewed."""
    sample = ledgers()[ledger_id].sample[0]
    values = [{name: value for name, value in {**sample, **change}.items() if value is not None} for change in changes]
    rows = [{"row": number, "values": row} for number, row in enumerate(values, 2)]
    return Import.objects.create(
        ledger=ledger_id, unit=city.units[unit], by=city[by], name="台账.xlsx", rows=rows, total=len(rows),
        attachment_id=city.evidence(by)[0], state=ImportState.queued, at=AT,
    )  # fmt: skip


def test_a_sheet_of_passed_reviews_without_their_inspection_goes_back_with_its_row_named(city):
    failed, passed = {**OF_BEFORE, "result": "failed"}, {**OF_BEFORE, "reviewed_on": "2026-05-21"}
    sheet = queued(city, "standardization_review", "county", "county_section", failed, passed)
    import_rows(sheet, AT)
    sheet.refresh_from_db()
    assert sheet.state == ImportState.previewed
    ((row, label, reason),) = [(fault["row"], fault["label"], fault["reason"]) for fault in sheet.refused]
    assert (row, label) == (3, "先行的执法检查")
    assert "先执法、后验收" in reason
    assert not Entry.objects.filter(ledger="standardization_review").exists()


def test_a_sheet_whose_inspection_has_open_problems_goes_back_and_is_written_once_they_are_closed(city):
    visit = add(city, "enforcement_check", "county", AT)
    sheet = queued(city, "standardization_review", "county", "county_section", {**OF_BEFORE, "visit": visit.serial})
    import_rows(sheet, AT)
    sheet.refresh_from_db()
    assert "尚有2项问题未销号" in sheet.refused[0]["reason"]
    Case.objects.filter(entry=visit).update(closed_at=AT)
    again = queued(city, "standardization_review", "county", "county_section", {**OF_BEFORE, "visit": visit.serial})
    import_rows(again, AT)
    again.refresh_from_db()
    assert (again.state, again.done) == (ImportState.imported, 1)


def test_a_sheet_of_random_visits_without_a_draw_goes_back(city):
    sheet = queued(city, "county_oversight", "city", "city_officer", {"method": "random"})
    import_rows(sheet, AT)
    sheet.refresh_from_db()
    assert sheet.state == ImportState.previewed
    assert "请填写抽查编号" in sheet.refused[0]["reason"]


@pytest.mark.parametrize(("day", "taken"), [("2026-06-30", True), ("2026-07-01", False)])
def test_a_column_of_before_is_filled_in_for_days_before_only(city, day, taken):
    assert takes_former(date.fromisoformat(day)) is taken
    if taken:
        assert add(city, "standardization_review", "county", on(day), reviewed_on=day).values["visit_number"]
        return
    with pytest.raises(Refused, match="执法检查文书文号：本栏仅用于补录此前的记录，请留空"):
        add(city, "standardization_review", "county", on(day), reviewed_on=day)


@pytest.mark.parametrize(
    ("ledger_id", "change"),
    [
        ("enforcement_check", {"checked_on": "2026-07-01", "rechecked_on": "2026-07-05"}),
        ("dual_prevention_check", {"checked_on": "2026-07-01", "closed_on": "2026-07-05"}),
    ],
)
def test_a_new_check_that_says_itself_that_all_was_put_right_is_refused(city, ledger_id, change):
    days = {"findings": [{"item": "风门漏风", "due_on": "2026-07-09"}]} if ledger_id == "enforcement_check" else {}
    with pytest.raises(Refused, match="仅用于补录此前的记录"):
        add(city, ledger_id, "county", on("2026-07-06"), due_on="2026-07-09", **days, **change)


def test_a_new_obstruction_that_says_itself_that_all_was_put_right_is_refused(city):
    days = {"happened_on": "2026-07-01", "ordered_on": "2026-07-01", "correct_by": "2026-07-05"}
    with pytest.raises(Refused, match="改正日期：登记时请留空"):
        add(city, "inspection_obstruction", "county", on("2026-07-06"), **days, corrected_on="2026-07-05")
    entry = add(city, "inspection_obstruction", "county", on("2026-07-06"), **days)
    assert Case.objects.get(entry=entry).state == "ordered"


def test_a_column_of_before_that_stands_may_stay_and_a_new_one_is_not_added_by_a_correction(city):
    entry = add(
        city,
        "standardization_review",
        "county",
        on("2026-07-01"),
        **OF_BEFORE,
        reviewed_on="2026-07-01",
        result="failed",
    )
    with pytest.raises(Refused, match="仅用于补录此前的记录"):
        correct(
            actor=None,
            entry=entry,
            values={**entry.values, "visit_number": "演示1号"},
            reason="补",
            at=on("2026-07-02"),
        )
    old = {**entry.values, "visit_number": "演示1号"}
    Entry.objects.filter(pk=entry.pk).update(values=old)
    entry.refresh_from_db()
    new = correct(actor=None, entry=entry, values={**old, "opinion": "补充意见"}, reason="补", at=on("2026-07-02"))
    assert new.values["visit_number"] == "演示1号"
