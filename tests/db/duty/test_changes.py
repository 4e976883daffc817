from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from kuangan.base.clock import beijing_midnight
from kuangan.base.workdays import Calendar, YearTable
from kuangan.core.models import Event
from kuangan.core.trail.verify import verify_trail
from kuangan.duty import changes, opening
from kuangan.duty.actions import fulfil, open_due, open_event, recompute_open
from kuangan.duty.changes import terms_of_now
from kuangan.duty.models import Duty, Source
from kuangan.duty.status import Status, status_of
from kuangan.duty.terms import event_terms
from kuangan.law.cite import Cite
from kuangan.law.duty.obligation_file import obligation_by_id
from kuangan.law.local import Answers, LocalValue, serving_city, trying
from kuangan.law.role import Role
from kuangan.law.time.calendar import workdays
from kuangan.law.time.dated import Value
from kuangan.law.time.span import days
from kuangan.mine.actions import set_attribute

BASE = obligation_by_id("county_coal_meeting")


@pytest.fixture
def found(monkeypatch):
    def put(*given):
        for module in (opening, changes):
            monkeypatch.setattr(module, "obligations", lambda: {each.id: each for each in given})

    return put


def the(**filters) -> Duty:
    return Duty.objects.get(**filters)


def test_a_year_not_yet_published_is_marked_and_recomputed_once_it_is(city, found, monkeypatch):
    """December's duty: due at the year's end for certain, to be recorded within working days of a year not yet published."""
    found(BASE)
    at = datetime(2026, 12, 20, tzinfo=UTC)
    open_due(at)
    duty = the(period="2026-12")
    assert duty.provisional
    assert duty.due_at == beijing_midnight(date(2027, 1, 1))
    before = duty.grace_at
    assert recompute_open(at) == 0
    known = dict(workdays().years)
    off = known[2027].days_off | {date(2027, 1, 4), date(2027, 1, 5)}
    published = Calendar({**known, 2027: YearTable(2027, off, frozenset())})
    monkeypatch.setattr("kuangan.duty.terms.workdays", lambda: published)
    later = at + timedelta(days=5)
    assert recompute_open(later) == 1
    duty.refresh_from_db()
    assert (duty.grace_at - before, duty.provisional) == (
        timedelta(days=4),
        False,
    )  # two days off push over the weekend
    [event] = Event.objects.filter(action="duty_recomputed", subject_id=str(duty.pk))
    assert event.data["before"]["grace_at"] != event.data["after"]["grace_at"]
    assert recompute_open(later) == 0
    assert verify_trail().broken is None


def test_a_changed_obligation_moves_open_duties_and_leaves_done_ones(city, at, found):
    found(BASE)
    open_due(at)
    duty = the()
    found(replace(BASE, due="day 25", times=2))
    assert recompute_open(at) == 1
    duty.refresh_from_db()
    assert (duty.due_at, duty.needed) == (beijing_midnight(date(2026, 3, 26)), 2)
    assert duty.wakes_at == duty.due_at - timedelta(days=3)
    Duty.objects.update(done_at=at, recorded_at=at)
    found(replace(BASE, due="day 20"))
    assert recompute_open(at) == 0


def test_duties_of_an_obligation_that_ended_or_vanished_are_cancelled(city, at, found):
    found(BASE)
    open_due(at)
    found(replace(BASE, valid_to=date(2026, 3, 1)))
    assert recompute_open(at) == 1
    duty = the()
    assert status_of(duty, at) is Status.cancelled
    assert (duty.cancelled_for, duty.wakes_at) == (changes.ENDED, None)


def test_another_cadence_cancels_what_it_no_longer_asks(city, at, found):
    found(BASE)
    open_due(at)
    found(replace(BASE, cadence="quarter"))
    open_due(at)
    recompute_open(at)
    assert [bool(duty.cancelled_at) for duty in Duty.objects.order_by("period")] == [True, False]


def test_a_mine_that_stops_owes_no_more_until_it_runs_again(city, at, found):
    own = replace(BASE, owner="mine", role=Role.mine_director)
    found(own)
    open_due(at)
    set_attribute(actor=None, mine=city.mine, name="status", value="halted", valid_from=at.date())
    assert recompute_open(at) == 1
    assert the(mine=city.mine).cancelled_for == changes.STOPPED
    assert the(mine=city.mines["second"]).cancelled_at is None
    later = at + timedelta(days=3)
    set_attribute(actor=None, mine=city.mine, name="status", value="producing", valid_from=later.date())
    assert recompute_open(later) == 1
    duty = the(mine=city.mine)
    assert status_of(duty, later) is Status.due
    assert duty.wakes_at == duty.due_at - timedelta(days=3)


def test_what_was_overdue_when_the_mine_stopped_stays_overdue(city, at, found):
    found(replace(BASE, owner="mine", role=Role.mine_director))
    open_due(at)
    due_at = the(mine=city.mine).due_at
    set_attribute(actor=None, mine=city.mine, name="status", value="closed", valid_from=due_at.date())
    assert recompute_open(due_at) == 0
    assert status_of(the(mine=city.mine), due_at) is Status.overdue


def test_an_event_counts_its_days_by_the_published_calendar(city, found, monkeypatch):
    event = replace(obligation_by_id("circular_issued"), span=days(3), span_key="")
    found(event)
    start = datetime(2027, 2, 3, 4, tzinfo=UTC)  # a Wednesday; the third day after is a Saturday
    duty = open_event(
        obligation=event, unit=city.units["city"], start=start, due_at=None, subject="e", title="通报", at=start
    )
    assert duty.provisional
    first = duty.due_at
    known = dict(workdays().years)
    table = YearTable(2027, known[2027].days_off, frozenset({date(2027, 2, 6)}))
    monkeypatch.setattr("kuangan.duty.terms.workdays", lambda: Calendar({**known, 2027: table}))
    assert recompute_open(start) == 1
    duty.refresh_from_db()
    assert duty.due_at == beijing_midnight(date(2027, 2, 7)) < first


SPAN, VISITS = "classification.adjust_span", "five_person.visits_per_month"


def answered(key, value) -> Answers:
    """The city says so from the beginning of the year on."""
    edition = Value(date(2026, 1, 1), value, Cite("register", "2.1"))
    return Answers({key: LocalValue(key, "", "", serving_city(), (edition,))}, f"{key} {value}")


@pytest.fixture
def decision(city, found):
    """A decision that a fact of 2 March asks of the county within the city's span."""
    law = obligation_by_id("mine_reclassification")
    found(law)
    start = datetime(2026, 3, 2, 2, tzinfo=UTC)
    return open_event(
        obligation=law, unit=city.units["county"], start=start, due_at=None, subject="e", title="确定类别", at=start
    )


def test_a_shorter_term_makes_no_duty_overdue_at_once_and_says_that_it_stays(decision):
    law, before = obligation_by_id(decision.obligation), decision.due_at
    with trying(answered(SPAN, "5 days")):
        due_at = event_terms(law, beijing_midnight(decision.first_on)).due_at
        assert due_at < before
        assert recompute_open(due_at) == 0
        assert terms_of_now([law.id], due_at)[decision.pk].kept
        decision.refresh_from_db()
        assert (decision.due_at, status_of(decision, due_at)) == (before, Status.due)
        assert not terms_of_now([law.id], due_at - timedelta(microseconds=1))[decision.pk].kept
        assert recompute_open(due_at - timedelta(microseconds=1)) == 1
        decision.refresh_from_db()
        assert decision.due_at == due_at


def test_a_longer_term_that_is_taken_back_makes_no_duty_overdue_at_once(decision):
    short = decision.due_at
    with trying(answered(SPAN, "60 days")):
        assert recompute_open(decision.opened_at) == 1
    decision.refresh_from_db()
    long = decision.due_at
    assert recompute_open(short) == 0
    decision.refresh_from_db()
    assert decision.due_at == long > short
    assert recompute_open(short - timedelta(microseconds=1)) == 1
    decision.refresh_from_db()
    assert decision.due_at == short


def visited_twice(city, found, at) -> Duty:
    """A month's visits, of which the package asks for four and two were made."""
    law = replace(BASE, times=0, times_key=VISITS)
    found(law)
    open_due(at)
    duty = the()
    for key in ("1", "2"):
        fulfil(actor=None, duty=duty, source=Source.checkin, key=key, done_at=at, at=at)
    duty.refresh_from_db()
    assert (duty.needed, duty.done_at) == (4, None)
    return duty


def test_a_smaller_count_that_is_taken_back_leaves_no_duty_done_that_only_it_had_closed(city, at, found):
    duty = visited_twice(city, found, at)
    with trying(answered(VISITS, 2)):
        assert recompute_open(at) == 1
        assert terms_of_now([duty.obligation], at)[duty.pk].needed == 2
    duty.refresh_from_db()
    assert status_of(duty, at) is Status.met
    assert terms_of_now([duty.obligation], at)[duty.pk].needed == 4
    assert recompute_open(at) == 1
    duty.refresh_from_db()
    assert (status_of(duty, at), duty.needed, duty.wakes_at is None) == (Status.due, 4, False)
    assert recompute_open(at) == 0


def test_what_is_due_already_stays_done_when_a_smaller_count_is_taken_back(city, at, found):
    duty = visited_twice(city, found, at)
    with trying(answered(VISITS, 2)):
        recompute_open(at)
    duty.refresh_from_db()
    assert terms_of_now([duty.obligation], duty.due_at) == {}
    assert recompute_open(duty.due_at) == 0
    assert recompute_open(duty.due_at - timedelta(microseconds=1)) == 1
