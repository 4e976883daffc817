"""What is dated on a day to come shows nothing before that day."""

import pytest

from kuangan.core.errors import Refused
from kuangan.duty.models import Duty
from kuangan.duty.status import Status, status_of
from kuangan.flow.credit.credits import open_and_credit
from kuangan.flow.credit.daily import open_current
from kuangan.flow.credit.entries import correct
from tests.db.flow.records import add, confirm, on


def march(city):
    return Duty.objects.get(obligation="county_coal_meeting", unit=city.units["county_government"], period="2026-03")


def test_a_meeting_entered_before_it_is_held_counts_from_its_day_on(city):
    open_and_credit(on("2026-03-02"))
    entry = add(city, "coal_meeting", "county_government", on("2026-03-03"), held_on="2026-03-20")
    assert status_of(march(city), on("2026-03-03", 11)) == Status.due
    open_current(on("2026-03-19"))
    assert march(city).done_at is None
    open_current(on("2026-03-20", 1))
    assert status_of(march(city), on("2026-03-20", 2)) == Status.met
    correct(
        actor=None,
        entry=entry,
        values={**entry.values, "held_on": "2026-03-25"},
        reason="会议改期",
        at=on("2026-03-20", 12),
    )
    assert march(city).done_at is None


def test_a_sweep_that_missed_the_day_counts_it_afterwards(city):
    open_and_credit(on("2026-03-02"))
    add(city, "coal_meeting", "county_government", on("2026-03-03"), held_on="2026-03-20")
    open_current(on("2026-03-24"))
    assert status_of(march(city), on("2026-03-24", 11)) == Status.met


def test_a_decision_is_not_closed_by_a_day_to_come(city):
    entry = add(city, "hazard_item", "mine", on("2026-03-10"), due_on="2026-03-15", closed_on=None)
    closed = {**entry.values, "closed_on": "2026-03-14"}
    entry = correct(actor=None, entry=entry, values=closed, reason="复核闭环", at=on("2026-03-11"))
    with pytest.raises(Refused, match="尚未到来，不能验收"):
        confirm(city, "mine_director", entry, "acceptance", on("2026-03-11"))
    duty = Duty.objects.get(obligation="hazard_item_closure")
    assert status_of(duty, on("2026-03-11", 11)) == Status.due
    entry = correct(
        actor=None,
        entry=entry,
        values={**closed, "closed_on": "2026-03-11"},
        reason="日期有误",
        at=on("2026-03-11", 12),
    )
    confirm(city, "mine_director", entry, "acceptance", on("2026-03-11", 12))
    duty.refresh_from_db()
    assert status_of(duty, on("2026-03-11", 13)) == Status.met
