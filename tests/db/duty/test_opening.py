from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from kuangan.base.clock import beijing_midnight
from kuangan.base.period import period_of
from kuangan.core.models import Event
from kuangan.core.trail.verify import verify_trail
from kuangan.duty import opening
from kuangan.duty.actions import open_due, open_event
from kuangan.duty.models import Duty, Opening
from kuangan.duty.owing import World, owing
from kuangan.duty.queries import years_without_calendar
from kuangan.law.duty.obligation_file import obligation_by_id, obligations
from kuangan.mine.actions import set_attribute
from kuangan.mine.models import MineAttribute


def of(obligation_id: str, **filters: object):
    return Duty.objects.filter(obligation=obligation_id, **filters)


def owners(found, day=date(2026, 4, 1)):
    return [each.key for each in owing(found, day, World(beijing_midnight(day)))]


def test_a_month_is_opened_once_with_its_terms(city, at):
    opened = open_due(at)
    duty = of("county_coal_meeting").get()
    assert opened == Duty.objects.count()
    assert (duty.unit, duty.period, duty.needed) == (city.units["county_government"], "2026-03", 1)
    assert duty.due_at == beijing_midnight(date(2026, 4, 1))
    assert duty.grace_at == beijing_midnight(date(2026, 4, 9))  # 清明 4—6 April; the fifth working day is the 8th
    assert duty.county == city.units["county_area"]
    assert duty.path == city.units["county_government"].path
    assert duty.wakes_at == duty.due_at - timedelta(days=3)
    assert open_due(at) == 0
    assert Event.objects.filter(action="duties_opened", subject_id=str(duty.opening_id)).count() == 1
    assert verify_trail().broken is None


def test_what_was_missed_while_the_platform_stood_still_is_opened_afterwards(city, at):
    open_due(at)
    open_due(datetime(2026, 6, 2, tzinfo=UTC))
    assert sorted(of("county_coal_meeting").values_list("period", flat=True)) == [
        "2026-03", "2026-04", "2026-05", "2026-06",
    ]  # fmt: skip


def test_each_opening_names_the_corpus_and_counts_its_rows(city, at):
    open_due(at)
    for row in Opening.objects.all():
        assert row.count == row.duties.count() > 0


def test_an_obligation_that_fails_does_not_keep_the_others(city, at, monkeypatch):
    broken = replace(obligation_by_id("county_coal_meeting"), due="sometime")
    monkeypatch.setattr(opening, "obligations", lambda: {**obligations(), "county_coal_meeting": broken})
    assert open_due(at) > 0
    assert not of("county_coal_meeting").exists()


def test_a_year_without_calendar_opens_provisionally(city):
    open_due(datetime(2027, 12, 20, tzinfo=UTC))
    duty = of("county_coal_meeting").get()
    assert duty.due_at == beijing_midnight(date(2028, 1, 1))
    assert duty.grace_at == beijing_midnight(date(2028, 1, 8))  # plain weeks: Monday 3rd to Friday 7th
    assert duty.provisional
    assert years_without_calendar(datetime(2027, 12, 20, tzinfo=UTC)) == [2028]
    assert years_without_calendar(datetime(2027, 6, 1, tzinfo=UTC)) == []


def test_the_scope_says_who_owes(city):
    base = obligation_by_id("county_coal_meeting")
    first, second = city.mines["first"], city.mines["second"]
    county, company = city.units["county"], city.units["company"]
    assert owners(replace(base, owner="supervisor", scope="mine")) == [
        (county.pk, None, first.pk),
        (county.pk, None, second.pk),
    ]
    assert owners(replace(base, owner="supervisor", scope="unit")) == [(county.pk, None, None)]
    assert owners(replace(base, owner="company", scope="mine")) == [
        (company.pk, None, first.pk),
        (company.pk, None, second.pk),
    ]
    assert owners(replace(base, owner="mine", scope="unit")) == [
        (first.pk, None, first.pk),
        (second.pk, None, second.pk),
    ]
    government = city.units["county_government"]
    assert owners(replace(base, scope="mine")) == [
        (government.pk, None, first.pk),
        (government.pk, None, second.pk),
    ]


def test_each_holder_of_a_post_owes_for_himself(city):
    found = replace(
        obligation_by_id("county_coal_meeting"), owner="county_bureau", scope="holder", role="enforcement_officer"
    )
    posts = sorted(post for _, post, _ in owners(found))
    assert posts == sorted(city.units["county"].posts.filter(role="enforcement_officer").values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("status", "filters", "owes"),
    [
        ("producing", {}, True),
        ("building", {}, True),
        ("halted", {}, False),
        ("halted", {"status": ("producing", "halted")}, True),
        ("closed", {}, False),
        (None, {}, True),
        (None, {"status": ("producing",)}, True),
        ("producing", {"mine_class": ("A",)}, True),  # the class is not on file: unknown is never free
    ],
)
def test_a_mine_owes_by_its_properties_on_the_first_day(city, status, filters, owes):
    mine = city.mine
    MineAttribute.objects.filter(mine=mine, name="status").delete()
    if status:
        set_attribute(actor=None, mine=mine, name="status", value=status, valid_from=date(2026, 4, 1))
        set_attribute(actor=None, mine=mine, name="status", value="producing", valid_from=date(2026, 4, 2))
    found = replace(obligation_by_id("county_coal_meeting"), owner="mine", mines=filters)
    assert ((mine.pk, None, mine.pk) in owners(found)) is owes


def test_nothing_is_owed_about_a_closed_mine(city):
    set_attribute(actor=None, mine=city.mine, name="status", value="closed", valid_from=date(2026, 3, 20))
    found = replace(obligation_by_id("county_coal_meeting"), owner="supervisor", scope="mine")
    assert [mine for _, _, mine in owners(found)] == [city.mines["second"].pk]


def test_an_obligation_that_ended_is_not_opened(city, at, monkeypatch):
    ended = replace(obligation_by_id("county_coal_meeting"), valid_to=date(2026, 3, 10))
    monkeypatch.setattr(opening, "obligations", lambda: {ended.id: ended})
    assert open_due(at) == 0
    assert open_due(at - timedelta(days=1)) == 1


def test_once_is_opened_once(city, at, monkeypatch):
    base = obligation_by_id("county_coal_meeting")
    once = replace(base, cadence="once", span=base.lead, valid_from=date(2026, 3, 9))
    monkeypatch.setattr(opening, "obligations", lambda: {once.id: once})
    assert open_due(at) == 1
    duty = of(once.id).get()
    assert (duty.period, duty.due_at) == ("E2026-03", beijing_midnight(date(2026, 3, 17)))
    assert open_due(at + timedelta(days=40)) == 0


def test_an_event_opens_its_duty_once(city, at):
    facts = {
        "obligation": obligation_by_id("decision_followup"),
        "unit": city.units["county"],
        "start": at,
        "due_at": beijing_midnight(date(2026, 4, 11)),
        "subject": "entry:7",
        "title": "办结会议议定事项：整治回风隅角",
        "at": at,
    }
    duty, again = open_event(**facts), open_event(**facts)
    assert duty == again
    assert (duty.period, duty.first_on, duty.last_on) == ("E2026-04", date(2026, 3, 10), date(2026, 4, 10))
    assert period_of("month", duty.last_on).key in duty.period


def test_b6_an_open_pit_mine_owes_nothing_of_what_only_underground_mines_owe(city):
    day = date(2026, 4, 1)
    led, licence = obligation_by_id("principal_led_shift"), obligation_by_id("production_month_report")
    before = len(owners(led, day)), len(owners(licence, day))
    set_attribute(actor=None, mine=city.mine, name="mine_type", value="open_pit", valid_from=date(2025, 1, 1))
    assert (len(owners(led, day)), len(owners(licence, day))) == (before[0] - 1, before[1])
