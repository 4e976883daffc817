"""What the platform's own data show: alarms handled, and papers that a unit has frozen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kuangan.base.clock import beijing_midnight
from kuangan.base.period import parse_period
from kuangan.casework.models import Case
from kuangan.duty.actions import open_due
from kuangan.duty.models import Duty
from kuangan.duty.status import Status, status_of
from kuangan.flow.credit.automatic import SOURCES
from kuangan.flow.credit.credits import credit_automatic, paper_frozen
from kuangan.law.duty import obligation_file as law
from kuangan.law.duty.obligation import AUTO, Evidence
from kuangan.law.paper import load_template
from kuangan.mine.models import Mine
from kuangan.monitor.models import FeedFile, Silence
from kuangan.paper.actions import draft_paper, freeze_paper
from tests.story.script import Script
from tests.web.world import feed_file

NOVEMBER = parse_period("2026-11")
MORNING = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
ENDED = beijing_midnight(NOVEMBER.last) + timedelta(days=1)
LATE = ENDED + timedelta(days=10)


@pytest.fixture
def handled(city) -> Duty:
    """November's duty of the first mine to have handled its alarms."""
    open_due(MORNING)
    return Duty.objects.get(obligation="alarms_handled_each_month", unit=city.mine.unit)


def status(duty: Duty, at: datetime) -> Status:
    credit_automatic(at)
    duty.refresh_from_db()
    return status_of(duty, at)


def test_every_source_that_an_obligation_may_name_is_computed():
    assert set(SOURCES) == set(AUTO)


def taken(mine: Mine, seq: int, at: datetime) -> None:
    """A file whose readings were taken."""
    FeedFile.objects.filter(pk=feed_file(mine, seq, at).pk).update(status="done")


def test_a_month_with_data_and_no_alarm_is_met_once_it_has_ended(city, handled):
    taken(city.mine, 1, MORNING)
    assert status(handled, ENDED - timedelta(microseconds=1)) == Status.due
    assert status(handled, ENDED) == Status.met


def test_neither_silence_nor_a_file_of_another_month_or_mine_or_one_that_was_refused_shows_anything(city, handled):
    taken(city.mine, 1, ENDED)
    taken(city.mines["second"], 2, MORNING)
    feed_file(city.mine, 3, MORNING)
    assert status(handled, ENDED) == Status.due
    assert status(handled, LATE) == Status.overdue


@pytest.mark.parametrize("ended", [None, MORNING + timedelta(days=1)])
def test_one_file_in_a_month_of_silence_is_no_month_without_alarms(city, handled, ended):
    taken(city.mine, 1, MORNING)
    Silence.objects.create(mine=city.mine, started_at=MORNING, ended_at=ended, noticed_at=MORNING)
    assert status(handled, ENDED) == Status.due
    assert status(handled, LATE) == Status.overdue


def test_an_alarm_that_is_still_open_leaves_it_undone(city, handled):
    taken(city.mine, 1, MORNING)
    Script(city, MORNING).alarm()
    assert status(handled, ENDED) == Status.due
    assert status(handled, LATE) == Status.overdue


def test_b8_an_alarm_of_the_last_hour_of_a_month_has_its_own_days(city, handled):
    """It is in time when it is closed within its own term, though that ends in the next month."""
    taken(city.mine, 1, MORNING)
    case = Script(city, ENDED - timedelta(hours=1)).alarm()
    assert status(handled, ENDED) == Status.due
    Case.objects.filter(pk=case.pk).update(closed_at=ENDED + timedelta(days=6))
    assert status(handled, ENDED + timedelta(days=6)) == Status.met


def test_b8_the_bureau_owes_the_handling_of_its_mines_alarms(city, handled):
    duty = Duty.objects.get(obligation="alarms_overseen_each_month", mine=city.mine)
    assert duty.unit == city.mine.supervisor
    taken(city.mine, 1, MORNING)
    assert status(duty, ENDED) == Status.met


def test_a_paper_of_the_unit_counts_for_the_earliest_open_duty_that_asks_for_it(city, monkeypatch):
    base = law.obligation_by_id("county_coal_meeting")
    asking = replace(base, owner="county_bureau", evidence=(Evidence(paper="duty_bulletin"),))
    monkeypatch.setattr("kuangan.duty.opening.obligations", lambda: {asking.id: asking})
    monkeypatch.setattr("kuangan.flow.credit.credits.obligations", lambda: {asking.id: asking})
    open_due(MORNING)
    duty = Duty.objects.get(unit=city.units["county"])
    template = load_template("duty_bulletin")
    made = [
        freeze_paper(
            actor=None,
            paper=draft_paper(
                actor=None, template=template.id, data=dict(template.sample), unit=city.units[unit],
                scope=city.units[unit].scope_path, at=MORNING,
            ),
            at=MORNING,
        )
        for unit in ("city", "county")
    ]  # fmt: skip
    paper_frozen(made[0], None, MORNING)
    duty.refresh_from_db()
    assert status_of(duty, MORNING) == Status.due
    paper_frozen(made[1], None, MORNING)
    duty.refresh_from_db()
    assert status_of(duty, MORNING) == Status.met
