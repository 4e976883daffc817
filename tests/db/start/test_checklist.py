"""The list of first days: what is missing, for whom, and what is done."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kuangan.base import clock
from kuangan.city.start.checklist import checklist, listed_items
from kuangan.core.actions import create_unit
from kuangan.core.models import Post, Unit, UnitKind
from kuangan.mine.actions import add_face, confirm_place, create_mine, set_attribute, upsert_definitions
from kuangan.mine.definitions import Definition
from kuangan.mine.models import Face, Mine, Point
from kuangan.monitor.actions import issue_token
from tests.db.mine.conftest import make_user


def counts(user) -> dict[str, tuple[int, int]]:
    """By the id of an item: how many are done of how many."""
    ids = {listed.item: listed.id for listed in listed_items()}
    return {ids[line.item]: (line.progress.done, line.progress.total) for line in checklist(user)}


def make_mine(code: str = "140423900001") -> Mine:
    county = Unit.objects.get(kind=UnitKind.county, code=code[:6])
    unit = create_unit(actor=None, kind="mine", code=code, name=f"煤矿{code}", parent=county)
    supervisor = Unit.objects.get(kind=UnitKind.county_bureau, parent=county)
    return create_mine(actor=None, unit=unit, county=county, supervisor=supervisor)


def corner(number: int) -> Definition:
    return Definition(f"P{number}", "01", "0001", "MN", unit="%CH4", place_text="1301综采工作面回风隅角T0")


def test_every_item_has_a_place_of_its_own_and_a_page_that_opens_without_more():
    places = [(listed.group, listed.item.order) for listed in listed_items()]
    assert places == sorted(set(places), key=places.index)
    assert all(reverse(page) for listed in listed_items() for page in listed.item.pages)
    assert len({listed.id for listed in listed_items()}) == len(listed_items()) > 15


def test_a_founded_city_lacks_people_and_mines_and_nothing_is_asked_of_what_is_not_there(operator):
    known = counts(operator)
    assert known["city_founded"] == (1, 1)
    assert known["administrators"] == (1, 3)
    offices = Unit.objects.exclude(kind__in=("city", "county")).count()
    assert known["units_without_people"] == (1, offices)
    assert known["posts_without_holder"] == (1, Post.objects.count())
    assert known["people_without_account"] == (1, 1)
    assert known["mines_registered"] == (0, 1)
    for waiting in ("tokens_missing", "feeds_silent", "points_missing", "points_unplaced", "faces_without_points"):
        assert known[waiting] == (0, 0)


def test_what_was_done_is_counted_as_done_step_by_step(operator):
    mine = make_mine()
    today = clock.civil_date(clock.now())
    assert counts(operator)["properties_unknown"] == (0, 1)
    for name, value in (("status", "producing"), ("approved_capacity", "120"), ("gas_grade", "high_gas")):
        set_attribute(actor=None, mine=mine, name=name, value=value, valid_from=date(2026, 1, 1))
    assert counts(operator)["properties_unknown"] == (1, 1)
    assert counts(operator)["faces_missing"] == (0, 1)
    face = add_face(actor=None, mine=mine, kind="coal_face", name="1301", started_on=today)
    assert (counts(operator)["faces_missing"], counts(operator)["faces_without_points"]) == ((1, 1), (0, 1))
    issue_token(actor=None, mine=mine)
    assert (counts(operator)["tokens_missing"], counts(operator)["feeds_silent"]) == ((1, 1), (0, 1))
    upsert_definitions(actor=None, mine=mine, definitions=[corner(1), corner(2)], source="甲", at=clock.now())
    assert counts(operator)["points_unplaced"] == (0, 2)
    officer = make_user(mine.supervisor, "county_officer", "enforcement_officer")
    confirm_place(actor=officer, point=Point.objects.get(native_code="P1"), place="coal_face", face=face)
    assert (counts(operator)["points_unplaced"], counts(operator)["faces_without_points"]) == ((1, 2), (1, 1))


def test_a_county_counts_its_own_part_and_a_mine_its_own(operator, section_head):
    near, far = make_mine(), make_mine("140425900001")
    known = counts(section_head)
    assert known["mines_registered"] == (1, 1)
    assert known["properties_unknown"] == (0, 1)
    assert "tokens_missing" not in known
    assert "administrators" not in known
    director = make_user(far.unit, "director", "mine_director")
    assert counts(director)["properties_unknown"] == (0, 1)
    assert counts(director)["units_without_people"] == (1, 1)
    assert near.pk != far.pk


@pytest.mark.parametrize("mines", [1, 8])
def test_the_number_of_queries_does_not_grow_with_the_city(operator, mines):
    for number in range(mines):
        mine = make_mine(f"1404239000{number:02d}")
        Face.objects.create(mine=mine, kind="coal_face", name="1301", started_on=date(2026, 1, 1))
        upsert_definitions(
            actor=None, mine=mine, definitions=[corner(each) for each in range(mines)], source="甲", at=clock.now()
        )
    with CaptureQueriesContext(connection) as asked:
        checklist(operator)
    assert len(asked) <= len(listed_items()) + 8
