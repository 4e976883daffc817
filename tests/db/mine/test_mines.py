"""One file a mine: its relations, its dated properties, and who sees it."""

import io
from datetime import date

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kuangan.core.actions import create_unit
from kuangan.core.errors import Refused
from kuangan.core.queries import events_of
from kuangan.mine.actions import (
    add_district,
    add_face,
    add_level,
    appoint_key_person,
    assign_supervisor,
    create_mine,
    end_face,
    set_attribute,
)
from kuangan.mine.models import Face, KeyPerson, Mine
from kuangan.mine.queries import (
    attribute,
    attributes_on,
    export_rows,
    export_workbook,
    mine_list,
    mines_visible_to,
    unit_of,
)
from tests.db.mine.conftest import make_user
from tests.db.monitor.mines import make_mine


def test_a_property_has_the_value_of_the_day(mine):
    set_attribute(actor=None, mine=mine, name="approved_capacity", value="120", valid_from=date(2025, 1, 1))
    set_attribute(actor=None, mine=mine, name="approved_capacity", value="180", valid_from=date(2026, 1, 1))
    days = [date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1)]
    assert [attribute(mine, "approved_capacity", day) for day in days] == [None, "120", "120", "180"]


@pytest.mark.parametrize(
    ("name", "value"), [("gas_grade", "medium"), ("approved_capacity", "很多"), ("colour", "red"), ("status", "")]
)
def test_a_property_refuses_what_it_cannot_be(mine, name, value):
    with pytest.raises(Refused):
        set_attribute(actor=None, mine=mine, name=name, value=value, valid_from=date(2026, 1, 1))


def test_correcting_a_property_records_the_old_value(mine):
    for value in ("120", "150"):
        set_attribute(actor=None, mine=mine, name="approved_capacity", value=value, valid_from=date(2025, 1, 1))
    recorded = events_of(mine).filter(action="mine_attribute_set").order_by("-seq").first()
    assert (recorded.data["before"], recorded.data["value"]) == ("120", "150")


def test_exactly_one_body_supervises_a_mine(mine, other_county):
    with pytest.raises(Refused):
        assign_supervisor(actor=None, mine=mine, supervisor=other_county["bureau"])
    with pytest.raises(Refused):
        assign_supervisor(actor=None, mine=mine, supervisor=other_county["county"])
    bureau = create_unit(
        actor=None, kind="city_bureau", code="1404-yj", name="某市应急管理局", parent=other_county["city"]
    )
    assign_supervisor(actor=None, mine=mine, supervisor=bureau)
    assert Mine.objects.get().supervisor == bureau
    with pytest.raises(IntegrityError):
        Mine.objects.filter(pk=mine.pk).update(supervisor=None)


def test_a_mine_outside_the_county_or_with_a_bad_code_gets_no_file(mine, other_county):
    bureau = other_county["bureau"]
    with pytest.raises(Refused):
        create_mine(actor=None, unit=mine.unit, county=other_county["county"], supervisor=bureau)
    short = create_unit(actor=None, kind="mine", code="14042590", name="短码煤矿", parent=other_county["county"])
    with pytest.raises(Refused):
        create_mine(actor=None, unit=short, county=other_county["county"], supervisor=bureau)


def test_relations_follow_the_supervisors_level(mine, other_county):
    def make(kind, code, parent):
        return create_unit(actor=None, kind=kind, code=code, name=code, parent=parent)

    city_bureau = make("city_bureau", "1404-yj", other_county["city"])
    city_government = make("city_government", "1404-zf", other_county["city"])
    county_government = make("county_government", "140423-zf", mine.county)
    assert unit_of(mine, "mine") == mine.unit
    assert unit_of(mine, "supervisor") == mine.supervisor
    assert unit_of(mine, "city") == city_bureau
    assert unit_of(mine, "government") == county_government
    assign_supervisor(actor=None, mine=mine, supervisor=city_bureau)
    assert unit_of(mine, "government") == city_government
    with pytest.raises(Refused, match="上级公司"):
        unit_of(mine, "company")


def test_parts_and_key_people(mine):
    level = add_level(actor=None, mine=mine, name="+820水平", elevation=820)
    district = add_district(actor=None, mine=mine, name="一采区", level=level)
    face = add_face(
        actor=None, mine=mine, kind="coal_face", name="1301", started_on=date(2026, 1, 1), district=district
    )
    with pytest.raises(Refused):
        end_face(actor=None, face=face, ended_on=date(2026, 1, 1))
    end_face(actor=None, face=face, ended_on=date(2026, 2, 1))
    assert Face.objects.get().ended_on == date(2026, 2, 1)
    appoint_key_person(actor=None, mine=mine, post="mine_director", name="甲", from_on=date(2025, 1, 1))
    appoint_key_person(actor=None, mine=mine, post="mine_director", name="乙", from_on=date(2026, 1, 1))
    held = KeyPerson.objects.order_by("from_on").values_list("name", "to_on")
    assert list(held) == [("甲", date(2026, 1, 1)), ("乙", None)]


def test_a_user_sees_the_mines_of_his_area(mine, officer, other_county):
    other = make_mine("140425900001")
    stranger = make_user(other_county["bureau"], "other_duty")
    assert list(mines_visible_to(officer)) == [mine]
    assert list(mines_visible_to(stranger)) == [other]


def test_list_and_export_take_the_same_queries_for_one_mine_and_for_four(mine, officer):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            mine_list(officer, date(2026, 3, 2))
        return len(captured)

    one = queries()
    for number in range(2, 5):
        make_mine(f"14042390000{number}")
    assert queries() == one
    header, rows = export_rows(officer, date(2026, 3, 2))
    assert [row[0] for row in rows] == [f"14042390000{number}" for number in range(1, 5)]
    assert rows[0][header.index("瓦斯等级")] == "高瓦斯"
    assert len(attributes_on(list(mines_visible_to(officer)), date(2026, 3, 2))) == 4


def test_an_exported_name_never_becomes_a_formula(mine, officer):
    Mine.objects.update(name="=1+1")
    sheet = load_workbook(io.BytesIO(export_workbook(officer, date(2026, 3, 2)))).active
    assert (sheet["A2"].value, sheet["B2"].value, sheet["B2"].data_type) == ("140423900001", "=1+1", "s")
