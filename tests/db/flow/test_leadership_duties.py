"""Duties of leadership, supervision, risk and warnings follow the entries of real ledgers, by whoever keeps them."""

import pytest

from kuangan.base.clock import civil_date
from kuangan.core.errors import Refused
from kuangan.duty.models import Duty
from kuangan.duty.status import Status, status_of
from kuangan.flow.credit.credits import open_and_credit
from kuangan.flow.credit.entries import correct, send_back
from kuangan.flow.credit.events import follow_entries
from kuangan.law.ledger import ledgers
from kuangan.ledger.actions import add_entry
from kuangan.ledger.models import Entry
from tests.db.flow.records import add, confirm, on


def the_duty(city, obligation, unit, **more):
    return Duty.objects.get(obligation=obligation, unit=city.units[unit], **more)


def test_a_meeting_makes_its_own_month_only(city):
    open_and_credit(on("2026-03-02"))
    add(city, "coal_meeting", "county_government", on("2026-03-12"), held_on="2026-02-27")
    march = {"obligation": "county_coal_meeting", "unit": "county_government", "period": "2026-03"}
    assert status_of(the_duty(city, **march), on("2026-04-01", 0)) == Status.overdue
    add(city, "coal_meeting", "county_government", on("2026-03-12"))
    assert status_of(the_duty(city, **march), on("2026-04-01", 0)) == Status.met


def test_a_meeting_without_agenda_cannot_be_recorded(city):
    with pytest.raises(Refused):
        add(city, "coal_meeting", "county_government", on("2026-03-12"), agenda=" ")


def test_two_commissioners_named_by_the_bureau_make_it_for_the_government(city):
    open_and_credit(on("2026-01-05"))
    add(city, "commissioner_assignment", "county", on("2026-01-06"))
    owed = {"obligation": "commissioners_at_every_mine", "unit": "county_government", "mine": city.mine}
    assert status_of(the_duty(city, **owed), on("2026-01-07")) == Status.due
    add(city, "commissioner_assignment", "county", on("2026-01-06"), 1)
    assert status_of(the_duty(city, **owed), on("2026-01-07")) == Status.met


def test_a_patrol_makes_the_week_of_the_supervising_bureau(city):
    open_and_credit(on("2026-03-09"))
    owed = {"obligation": "commissioner_weekly_patrol", "unit": "county", "mine": city.mine, "period": "2026-W11"}
    assert status_of(the_duty(city, **owed), on("2026-03-16", 0)) == Status.overdue
    add(city, "commissioner_patrol", "county", on("2026-03-10"))
    assert status_of(the_duty(city, **owed), on("2026-03-16", 0)) == Status.met


def as_text(city, ledger_id, unit, at, **texts):
    """An entry as it was kept when its problems were lines of text, with the duty that followed it."""
    sample = {**ledgers()[ledger_id].sample[0], **texts}
    entry = add_entry(actor=None, ledger_id=ledger_id, unit=city.units[unit], values=sample, at=at)
    Entry.objects.filter(pk=entry.pk).update(values={**entry.values, **texts})
    entry.refresh_from_db()
    follow_entries([entry], None, at)
    return entry


def test_an_opinion_of_before_is_closed_only_by_the_commissioner(city):
    entry = as_text(city, "site_opinion", "county", on("2026-03-10"), problems="挡风帘破损")
    duty = the_duty(city, "site_opinion_closure", "mine")
    assert duty.due_at == on("2026-03-16", 0)
    values = {**entry.values, "closed_on": "2026-03-14", "closing_note": "现场复核合格。"}
    correct(actor=None, entry=entry, values=values, reason="复核闭环", at=on("2026-03-14"))
    assert status_of(the_duty(city, "site_opinion_closure", "mine"), on("2026-03-16", 0)) == Status.met


def test_a_circular_is_owed_by_every_mine_until_it_is_studied(city):
    add(city, "accident_circular", "city", on("2026-03-05"))
    assert the_duty(city, "circular_studied", "second_mine").due_at == on("2026-03-21", 0)
    add(city, "circular_study", "mine", on("2026-03-12"))
    studied, not_yet = (the_duty(city, "circular_studied", unit) for unit in ("mine", "second_mine"))
    assert status_of(studied, on("2026-03-21", 0)) == Status.met
    assert status_of(not_yet, on("2026-03-21", 0)) == Status.overdue


@pytest.mark.parametrize(
    ("number", "day"), [("演示应急〔2026〕12号", "2026-03-26"), ("演示应急〔2026〕13号", "2026-03-13")]
)
def test_a_second_entry_is_no_earlier_than_the_return_of_the_first_about_the_same_circular(city, number, day):
    add(city, "accident_circular", "city", on("2026-03-05"))
    first = add(city, "circular_study", "mine", on("2026-03-12"), circular_number=number)
    seen = {"sight": "file", "opinion": "四个对待未对照本矿情况"}
    send_back(actor=city["county_officer"], entry=first, part_id="verification", at=on("2026-03-25"), **seen)
    add(city, "circular_study", "mine", on("2026-03-26"), studied_on="2026-03-13")
    assert civil_date(the_duty(city, "circular_studied", "mine").done_at).isoformat() == day


def test_an_accident_elsewhere_calls_for_a_circular_only_from_larger_on(city):
    add(city, "accident_notice", "city", on("2026-03-03"), grade="ordinary")
    assert not Duty.objects.filter(obligation="circular_issued").exists()


def test_a_hazard_is_done_with_when_somebody_accepted_it(city):
    entry = add(city, "hazard_item", "mine", on("2026-03-05"), closed_on=None)
    closed = {**entry.values, "closed_on": "2026-03-07"}
    entry = correct(actor=None, entry=entry, values=closed, reason="已整改", at=on("2026-03-07"))
    assert status_of(the_duty(city, "hazard_item_closure", "mine"), on("2026-03-07", 12)) == Status.due
    confirm(city, "mine_director", entry, "acceptance", on("2026-03-07", 11))
    assert status_of(the_duty(city, "hazard_item_closure", "mine"), on("2026-03-07", 12)) == Status.met
