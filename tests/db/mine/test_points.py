"""What people decide about points, and calibrations that a mine files."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kuangan.core.errors import Refused
from kuangan.mine.actions import add_face, confirm_place, notice_change, upsert_definitions
from kuangan.mine.definitions import Definition
from kuangan.mine.models import DefinitionChange, Point
from kuangan.mine.queries import definition_on, place_label, unnoticed_changes, unplaced_points
from kuangan.monitor.actions import file_calibration, withdraw_calibration
from kuangan.monitor.models import Episode
from kuangan.monitor.queries import calibration_for
from tests.db.monitor.feedtext import CORNER, DOOR, moment


def corner(alarm="1.00"):
    return Definition(
        CORNER, "01", "0001", "MN", unit="%CH4", place_text="1301综采工作面回风隅角T0", alarm=Decimal(alarm)
    )


@pytest.fixture
def point(mine):
    door = Definition(DOOR, "01", "1002", "KG", place_text="风门")
    upsert_definitions(actor=None, mine=mine, definitions=[corner(), door], source="甲", at=moment("07:00:00"))
    return Point.objects.get(native_code=CORNER)


def test_a_place_is_proposed_and_confirmed_by_a_person(mine, point, officer):
    assert (point.place, point.place_proposed) == ("", "return_corner")
    assert list(unplaced_points([mine])) == [point]
    face = add_face(actor=None, mine=mine, kind="coal_face", name="1301", started_on=moment("07:00:00").date())
    with pytest.raises(Refused):
        confirm_place(actor=officer, point=point, place="moon", at=moment("08:00:00"))
    confirm_place(actor=officer, point=point, place="coal_face", face=face, at=moment("08:00:00"))
    assert list(unplaced_points([mine])) == []
    assert (point.face, point.place_confirmed_by) == (face, officer)
    assert "采煤工作面" in place_label(point)


def test_a_change_is_noticed_once(mine, point, officer):
    upsert_definitions(actor=None, mine=mine, definitions=[corner("1.50")], source="乙", at=moment("08:00:00"))
    assert definition_on(point, moment("07:59:59")).alarm == 1
    assert definition_on(point, moment("08:00:00")).alarm == Decimal("1.5")
    (change,) = unnoticed_changes([mine])
    notice_change(actor=officer, change=change, note="已询问煤矿", at=moment("08:10:00"))
    assert not unnoticed_changes([mine]).exists()
    with pytest.raises(Refused):
        notice_change(actor=officer, change=DefinitionChange.objects.get(), at=moment("08:11:00"))


def filing(officer, point, start="08:00:00", end="09:00:00", at="07:30:00", value="1.00"):
    return file_calibration(
        actor=officer,
        point=point,
        from_at=moment(start),
        to_at=moment(end),
        gas_value=Decimal(value),
        person_name="张三",
        at=moment(at),
    )


@pytest.mark.parametrize(
    "wrong",
    [{"end": "08:00:00"}, {"end": "16:00:01"}, {"at": "09:00:01"}, {"value": "0"}],
)
def test_a_calibration_is_filed_before_it_is_over_and_for_one_shift_at_most(point, officer, wrong):
    assert filing(officer, point, end="16:00:00").pk
    with pytest.raises(Refused):
        filing(officer, point, **wrong)


def test_only_a_filing_made_before_covers_an_episode(point, officer, mine):
    def episode(clock):
        return Episode.objects.create(
            mine=mine,
            point=point,
            started_at=moment(clock),
            peak=Decimal("1.02"),
            peak_at=moment(clock),
            readings=1,
            limit_alarm=Decimal(1),
            limit_re_power=Decimal(1),
            recorded_at=moment(clock),
        )

    inside, before, after = episode("08:30:00"), episode("07:59:59"), episode("09:00:01")
    made_late = filing(officer, point, at="08:30:01")
    assert calibration_for(inside) is None
    made = filing(officer, point, at="07:30:00")
    assert calibration_for(inside) == made
    assert (calibration_for(before), calibration_for(after)) == (None, None)
    withdraw_calibration(actor=officer, filing=made, at=moment("08:00:00") - timedelta(seconds=1))
    assert calibration_for(inside) is None
    with pytest.raises(Refused):
        withdraw_calibration(actor=officer, filing=made_late, at=moment("08:40:00"))
