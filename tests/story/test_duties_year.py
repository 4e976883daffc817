"""A county government's monthly meeting over a year: held, recorded late, missed, excused, and the year's end."""

from datetime import UTC, date, datetime, timedelta

from kuangan.base.clock import beijing_midnight
from kuangan.casework.relations import related_units
from kuangan.core.models import Notice
from kuangan.core.trail.verify import verify_trail
from kuangan.duty.models import Duty
from kuangan.duty.status import Status, status_of
from kuangan.flow.credit import daily
from kuangan.flow.credit.entries import record_entry
from tests.city import SmallCity
from tests.excuses import ask_excuse, decide_excuse


def hold(city: SmallCity, on: date, at: datetime) -> None:
    values = {
        "held_on": on.isoformat(),
        "title": f"{on.month}月煤矿安全生产会议",
        "chair": "丁一",
        "attendees": "乙六",
        "agenda": "通报瓦斯超限情况",
        "problems": "两座煤矿接续紧张",
    }
    unit = city.units["county_government"]
    record_entry(actor=city["county_government"], ledger_id="coal_meeting", unit=unit, values=values, at=at)


def of(month: str) -> Duty:
    return Duty.objects.get(obligation="county_coal_meeting", period=month)


def sweep(at: datetime) -> None:
    daily.open_current(at)
    daily.climb(at)


def test_a_year_of_meetings(city):
    sweep(beijing_midnight(date(2026, 9, 1)))
    hold(city, date(2026, 9, 10), beijing_midnight(date(2026, 9, 11)))
    sweep(beijing_midnight(date(2026, 10, 1)))
    sweep(beijing_midnight(date(2026, 11, 1)))
    assert Notice.objects.filter(unit=city.units["county_government"], kind="duty", title__contains="已到期").exists()

    grace_at = of("2026-10").grace_at
    hold(city, date(2026, 10, 30), grace_at + timedelta(days=1))  # held in time, recorded too late
    sweep(beijing_midnight(date(2026, 12, 1)))
    case = ask_excuse(
        actor=city["county_government"], duty=of("2026-11"), reason="防汛抢险", at=beijing_midnight(date(2026, 12, 2))
    )
    assert related_units(case)["above"] == city.units["city_government"]

    end = datetime(2026, 12, 28, tzinfo=UTC)
    sweep(end)
    sweep(beijing_midnight(date(2027, 1, 20)))
    at = beijing_midnight(date(2027, 1, 21))
    months = ("2026-09", "2026-10", "2026-11", "2026-12", "2027-01")
    assert [status_of(of(month), at) for month in months] == [
        Status.met,
        Status.late,
        Status.overdue,  # asked to be excused, and nobody has countersigned
        Status.overdue,
        Status.due,
    ]
    assert of("2026-12").provisional  # it may be recorded into a year whose holidays are not published
    assert Notice.objects.filter(unit=city.units["city_government"], title__contains="逾期未完成").exists()
    assert verify_trail().broken is None


def test_an_excuse_of_a_county_office_is_countersigned_by_the_city(city):
    at = beijing_midnight(date(2026, 11, 5))
    sweep(at)
    duty = Duty.objects.filter(unit=city.units["county"], done_at=None).first()
    case = ask_excuse(actor=city["county_section"], duty=duty, reason="机构调整", at=at)
    decide_excuse(actor=city["city_section"], case=case, accept=True, opinion="情况属实", at=at)
    duty.refresh_from_db()
    late = duty.grace_at + timedelta(days=1)
    sweep(late)
    assert status_of(duty, late) is Status.excused
