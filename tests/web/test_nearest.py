"""A mine's file names the nearest rescue team and hospital; what has no coordinates is measured from its county's seat, said so."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from kuangan.base import clock
from kuangan.flow.credit.entries import record_entry
from kuangan.ledger.nearest import nearest_of
from kuangan.mine.models import Mine
from kuangan.mine.queries.county_seats import seat_of

pytestmark = pytest.mark.django_db

MINE = "140423900001"


def hospital(world, name: str, location: str, **values: object):
    today = clock.civil_date(clock.now())
    said = {"registered_on": today, "name": name, "county": "140423", "location": location, "phone": "03550000120"}
    return record_entry(
        actor=world.users["county_clerk"],
        ledger_id="medical_institution",
        unit=world.city.units["county"],
        values=said | values,
        at=clock.now(),
    )


def placed_mine() -> Mine:
    Mine.objects.filter(code=MINE).update(latitude=Decimal("36.50"), longitude=Decimal("113.00"))
    return Mine.objects.get(code=MINE)


def page(as_user) -> str:
    return as_user("county_clerk").get(reverse("mine", args=[MINE])).content.decode()


def test_the_nearest_one_by_coordinates_is_named_with_its_distance(world, as_user):
    placed_mine()
    hospital(world, "远处医院", "甲路（36.700000，113.000000）")
    hospital(world, "近处医院", "乙路（36.590000，113.000000）")
    hospital(
        world, "停用医院", "丙路（36.500000，113.000000）", valid_to=clock.civil_date(clock.now()) - timedelta(days=1)
    )
    shown = page(as_user)
    assert "最近的医疗机构" in shown
    assert "近处医院</a>，直线距离 10.0 千米" in shown
    assert "远处医院" not in shown
    assert "按县城计算" not in shown


def test_without_coordinates_the_seat_of_the_county_stands_in_and_is_marked(world, as_user):
    mine = placed_mine()
    hospital(world, "无坐标医院", "甲路1号")
    (near,) = nearest_of(world.users["county_clerk"], mine, clock.civil_date(clock.now()))
    north, east = seat_of("140423")
    assert near.by_seat == ("医疗机构",)
    assert 0 < near.km < 111.2 * float(abs(north - mine.latitude) + abs(east - mine.longitude))
    assert "医疗机构坐标未登记，按县城计算（暂定）" in page(as_user)


def test_when_both_would_be_measured_from_one_seat_no_distance_is_shown(world, as_user):
    hospital(world, "无坐标医院", "甲路1号")
    shown = page(as_user)
    assert "距离不明" in shown
    assert "0.0 千米" not in shown


def test_what_supervised_people_may_not_see_is_not_named_to_them(world, as_user):
    placed_mine()
    hospital(world, "近处医院", "乙路（36.590000，113.000000）")
    assert "近处医院" not in as_user("mine_director").get(reverse("mine", args=[MINE])).content.decode()
