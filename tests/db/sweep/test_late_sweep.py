"""A sweep that stood still: every deadline lapses once, at its own moment, and an office hears of all in one notice."""

from datetime import UTC, datetime, timedelta

import pytest

from kuangan.casework.models import Case, CaseNotice
from kuangan.core.models import Delivery, Event, Notice
from kuangan.core.trail.verify import verify_trail
from kuangan.flow import lapse, sweep
from kuangan.flow.cases.lapse_notices import tell_lapsed
from kuangan.flow.cases.notices import end_notices_of
from tests.city import over

AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
LATER = AT + timedelta(days=3)


@pytest.fixture(autouse=True)
def only_deadlines(monkeypatch):
    monkeypatch.setattr(sweep, "_resting", sweep.Resting())
    stages = [stage for stage in sweep.STAGES if stage.__name__ in ("_calls", "_episodes", "_clocks", "tell_lapsed")]
    monkeypatch.setattr(sweep, "STAGES", tuple(stages))


def alarms(city, number: int) -> list[Case]:
    """So many alarms, hours apart, so that none joins another."""
    for each in range(number):
        over(city.points["first-1301-T0"], AT + timedelta(hours=each))
        sweep.sweep_once(AT + timedelta(hours=each))
    return list(Case.objects.order_by("pk"))


def test_a_deadline_lapses_at_its_own_moment_and_says_when_it_was_noticed(city):
    [case] = alarms(city, 1)
    due = case.clocks.get(clock="sign_for").due_at
    sweep.sweep_once(LATER)
    clock = case.clocks.get(clock="sign_for")
    assert (clock.lapsed_at, clock.noticed_at) == (due, LATER)
    event = Event.objects.filter(action="clock_lapsed", subject_id=str(case.pk)).first()
    assert (event.at, datetime.fromisoformat(event.data["due_at"])) == (LATER, due)
    sweep.sweep_once(LATER + timedelta(days=1))
    clock.refresh_from_db()
    assert (clock.lapsed_at, clock.noticed_at) == (due, LATER), "urging changes neither"


def test_three_days_of_deadlines_are_one_notice_to_an_office(city):
    cases = alarms(city, 12)
    Notice.objects.filter(kind="lapse").update(kind="earlier")
    sweep.sweep_once(LATER)
    notices = Notice.objects.filter(kind="lapse")
    by_unit = list(notices.values_list("unit", flat=True))
    assert len(by_unit) == len(set(by_unit)), "one to each"
    county = notices.get(unit=city.units["county"])
    assert set(CaseNotice.objects.filter(notice=county).values_list("case", flat=True)) == {case.pk for case in cases}
    assert county.body.splitlines()[-1] == "以上均未办理，请督促。"
    assert len(county.body.splitlines()) <= 22
    assert verify_trail().broken is None
    assert sweep.sweep_once(LATER) == 0


def test_a_single_deadline_is_told_as_before(city):
    [case] = alarms(city, 1)
    sweep.sweep_once(AT + timedelta(minutes=30))
    notice = Notice.objects.filter(kind="lapse").order_by("pk").first()
    assert notice.title.startswith("逾期：云岭一号煤矿")
    assert notice.link == f"case:{case.pk}"
    assert Delivery.objects.filter(notice=notice, channel="screen").count() == 1


def test_what_a_process_had_no_time_to_tell_is_told_by_the_next(city):
    [case] = alarms(city, 1)
    clock = case.clocks.select_related("case__mine__unit", "case__mine__supervisor").get(clock="sign_for")
    lapse.clock(clock, clock.due_at)
    assert not Notice.objects.filter(kind="lapse").exists()
    assert tell_lapsed(clock.due_at) == 1
    assert tell_lapsed(clock.due_at) == 0
    assert Notice.objects.filter(kind="lapse").exists()


def test_a_notice_of_several_cases_ends_with_the_last_of_them(city):
    first, second = alarms(city, 2)
    Notice.objects.filter(kind="lapse").update(kind="earlier")
    CaseNotice.objects.all().delete()
    sweep.sweep_once(LATER)
    shared = Notice.objects.get(kind="lapse", unit=city.units["county"])
    end_notices_of(first, LATER)
    shared.refresh_from_db()
    assert shared.ended_at is None
    Case.objects.filter(pk=first.pk).update(closed_at=LATER)
    end_notices_of(second, LATER)
    shared.refresh_from_db()
    assert shared.ended_at == LATER
