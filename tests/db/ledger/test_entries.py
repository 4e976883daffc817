"""Entries are added, corrected by further versions, voided with a reason, and found again by whoever may see them."""

from datetime import date

import pytest

from kuangan.core.errors import Refused
from kuangan.core.models import Event
from kuangan.core.queries import events_of
from kuangan.law.ledger import ledger_by_id
from kuangan.ledger.actions import EntryRefused, add_entry, correct_entry, void_entry
from kuangan.ledger.models import Entry, Tally
from kuangan.ledger.queries import entries_visible_to, typed_values, units_kept_by, versions_visible_to
from tests.city import START

DECISION = {
    "decided_on": "2026-03-12",
    "meeting": "第3次会议",
    "matter": "限期治理",
    "responsible": "示例县应急管理局",
    "due_on": "2026/4/10",
    "prominent": "是",
}


def decide(city, actor="clerk", **values) -> Entry:
    return add_entry(
        actor=city[actor] if actor else None,
        ledger_id="meeting_decision",
        unit=city.units["county_government"],
        values=DECISION | values,
        at=START,
    )


def test_an_entry_is_stored_in_one_form_and_read_as_typed_values(city):
    entry = decide(city)
    assert entry.values == DECISION | {"responsible": "140423-bureau", "due_on": "2026-04-10", "prominent": True}
    assert typed_values(entry, ["due_on"]) == {"due_on": date(2026, 4, 10)}
    assert (entry.serial, entry.version, entry.on) == (entry.pk, 1, date(2026, 3, 12))
    assert entry.path == city.units["county_government"].path
    event = events_of(("ledger.entry", entry.serial)).get()
    assert (event.action, event.data["values"]["matter"]) == ("entry_added", "限期治理")


def test_every_wrong_field_is_named_at_once(city):
    with pytest.raises(EntryRefused) as refused:
        decide(city, decided_on="昨天", matter="", responsible="无此单位", prominent="也许", extra="1")
    assert set(refused.value.errors) == {"decided_on", "matter", "responsible", "prominent", "extra"}
    assert "2026-03-12" in refused.value.errors["decided_on"]
    assert not Entry.objects.exists()


def test_a_constraint_between_fields_is_said_in_its_own_words(city):
    with pytest.raises(EntryRefused) as refused:
        decide(city, due_on="2026-03-11")
    assert refused.value.errors == {"due_on": "办结期限不得早于议定日期"}
    decide(city, due_on="2026-03-12")


def test_the_same_key_twice_names_the_entry_that_is_there(city):
    first = decide(city)
    with pytest.raises(EntryRefused) as refused:
        decide(city, prominent="否")
    assert f"第{first.serial}号条目重复" in refused.value.errors["decided_on"]
    decide(city, matter="另一事项")


def test_a_correction_is_a_further_version_and_the_old_one_stays(city):
    first = decide(city)
    second = correct_entry(
        actor=city["clerk"], entry=first, values=DECISION | {"due_on": "2026-04-20"}, reason="笔误", at=START
    )
    first.refresh_from_db()
    assert (second.serial, second.version, second.reason) == (first.serial, 2, "笔误")
    assert (first.superseded_at, first.values["due_on"]) == (START, "2026-04-10")
    assert list(entries_visible_to(city["clerk"], "meeting_decision")) == [second]
    assert versions_visible_to(city["clerk"], "meeting_decision").count() == 2
    with pytest.raises(Refused, match="刚被他人更正"):
        correct_entry(actor=city["clerk"], entry=first, values=DECISION, reason="再改", at=START)


@pytest.mark.parametrize(("changes", "reason", "named"), [({"meeting": "第4次"}, " ", "reason"), ({}, "无变化", "")])
def test_a_correction_needs_a_reason_and_a_change(city, changes, reason, named):
    first = decide(city)
    with pytest.raises(EntryRefused) as refused:
        correct_entry(actor=city["clerk"], entry=first, values=DECISION | changes, reason=reason, at=START)
    assert set(refused.value.errors) == {named}


def test_a_voided_entry_is_out_of_the_list_and_its_key_is_free_again(city):
    first = decide(city)
    last = void_entry(actor=city["clerk"], entry=first, reason="重复登记", at=START)
    assert (last.version, last.voided, last.reason) == (2, True, "重复登记")
    assert not entries_visible_to(city["clerk"], "meeting_decision").exists()
    with pytest.raises(Refused, match="已作废"):
        void_entry(actor=city["clerk"], entry=last, reason="再次", at=START)
    decide(city)


def test_the_tally_follows_every_write(city):
    first = decide(city)
    decide(city, decided_on="2026-03-20")
    assert tally() == (2, date(2026, 3, 20))
    corrected = correct_entry(
        actor=city["clerk"],
        entry=first,
        values=DECISION | {"decided_on": "2026-03-25", "due_on": "2026-05-01"},
        reason="改期",
    )
    assert tally() == (2, date(2026, 3, 25))
    void_entry(actor=city["clerk"], entry=corrected, reason="取消")
    assert tally() == (1, date(2026, 3, 20))


def tally() -> tuple[int, date | None]:
    return Tally.objects.values_list("entries", "newest").get()


@pytest.mark.parametrize("stranger", ["county_officer", "mine_director", "operator"])
def test_only_who_keeps_the_ledger_writes(city, stranger):
    with pytest.raises(Refused, match="您没有相应岗位"):
        decide(city, actor=stranger)
    assert units_kept_by(city[stranger], ledger_by_id("meeting_decision")) == []


def test_the_trail_stays_whole_over_all_versions(city):
    first = decide(city)
    void_entry(actor=city["clerk"], entry=first, reason="误登", at=START)
    events = Event.objects.filter(subject_kind="ledger.entry", subject_id=str(first.serial)).order_by("seq")
    assert [event.action for event in events] == ["entry_added", "entry_voided"]
