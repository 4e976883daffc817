"""Set-points by the law of the day, on both sides of 2026-02-01."""

from datetime import date
from decimal import Decimal

import pytest

from kuangan.law import limit
from kuangan.law.source import CorpusError
from kuangan.law.time.dated import NotInForce

OLD, NEW = date(2026, 1, 31), date(2026, 2, 1)


def numbers(place: str, on: date) -> tuple[str | None, ...]:
    point = limit.limit("ch4", place, on)
    return tuple(None if each is None else str(each) for each in (point.alarm, point.power_off, point.re_power))


@pytest.mark.parametrize(
    ("place", "old", "new"),
    [
        ("return_corner", ("1.0", "1.5", "1.0"), ("1.0", "1.5", "1.0")),
        ("coal_face_return", ("1.0", "1.0", "1.0"), ("1.0", "1.0", "1.0")),
        ("coal_face_intake", ("0.5", "0.5", "0.5"), ("0.5", "0.5", "0.5")),
        ("heading_face", ("1.0", "1.5", "1.0"), ("1.0", "1.5", "1.0")),
        ("series_heading_intake_fan", ("0.5", "1.5", "0.5"), ("0.5", "1.5", "0.5")),
        ("main_return", ("0.75", None, None), ("0.75", None, None)),
    ],
)
def test_numbers_of_both_editions(place: str, old: tuple[str, ...], new: tuple[str, ...]):
    assert (numbers(place, OLD), numbers(place, NEW)) == (old, new)


def test_places_that_came_and_went_with_the_edition():
    assert numbers("conveyor_shaft_return", NEW) == ("0.5", "0.75", "0.5")
    assert numbers("drill_hole_downwind", NEW) == ("1.5", "1.5", "1.0")
    with pytest.raises(NotInForce):
        limit.limit("ch4", "tunnel_boring_machine", OLD)
    assert numbers("gas_drain_roadway", OLD) == ("2.5", "2.5", "2.5")
    with pytest.raises(NotInForce, match="专用排瓦斯巷"):
        limit.limit("ch4", "gas_drain_roadway", NEW)


def test_the_editions_and_their_sizes():
    assert limit.editions("ch4") == (date(2022, 4, 1), NEW)
    assert len(limit.places("ch4", NEW)) == 30
    with pytest.raises(NotInForce, match="2022-04-01"):
        limit.limit("ch4", "return_corner", date(2022, 3, 31))


def test_every_set_point_acts_on_reaching_it_and_is_cited():
    for on in (OLD, NEW):
        for place in limit.places("ch4", on):
            point = limit.limit("ch4", place, on)
            assert (point.operator, point.unit, point.side) == (">=", "%CH4", "above")
            assert point.cite.instrument == f"coal_mine_safety_regulations_{2022 if on == OLD else 2025}"
            assert on == OLD or (point.cite.article, point.assumed) == ("536", "")
            assert point.re_power is None or point.re_power <= point.alarm <= (point.power_off or point.alarm)


def test_carbon_monoxide_held_everywhere_and_goes_by_the_place_since_2026():
    point = limit.limit("co", "coal_face_return", OLD)
    assert (point.place, point.alarm, point.unit) == ("any", Decimal(24), "ppm")
    assert point.assumed
    by_place = {place: limit.limit("co", place, NEW) for place in limit.places("co", NEW)}
    assert {place: point.alarm for place, point in by_place.items()} == {
        "co_return": Decimal(24),
        "co_belt_roller": Decimal(10),
        "co_charging_room": Decimal(24),
    }
    assert {(point.cite.article, point.assumed) for point in by_place.values()} == {("541", "")}
    with pytest.raises(NotInForce):
        limit.limit("co", "any", NEW)


def test_unknown_place_and_quantity_are_refused():
    with pytest.raises(KeyError, match="no_such_place"):
        limit.limit("ch4", "no_such_place", NEW)
    with pytest.raises(KeyError, match="h2s"):
        limit.limit("h2s", "return_corner", NEW)


BROKEN = """quantity: ch4
unit: "%CH4"
side: {side}
measure: "16.1"
editions:
  - valid_from: 2026-02-01
    operator: "{operator}"
    cite: coal_mine_safety_regulations_2025
    places:
      - {{place: face, text: 工作面, alarm: "{alarm}", power_off: "1.5", re_power: "{re_power}", scope: 全部, confidence: S}}
"""


@pytest.mark.parametrize(
    ("side", "operator", "alarm", "re_power", "message"),
    [
        ("above", ">=", "1.6", "1.0", "out of order"),
        ("above", ">=", "1.0", "1.1", "out of order"),
        ("below", "<=", "1.6", "1.5", "out of order"),
        ("above", "<=", "1.0", "1.0", "does not fit side"),
        ("sideways", ">=", "1.0", "1.0", "above or below"),
        ("above", ">=", "one", "1.0", "no number"),
    ],
)
def test_a_broken_limit_is_refused_with_file_and_line(tmp_path, side, operator, alarm, re_power, message):
    file = tmp_path / "broken.yaml"
    file.write_text(BROKEN.format(side=side, operator=operator, alarm=alarm, re_power=re_power))
    with pytest.raises(CorpusError, match=rf"broken\.yaml:\d+: .*{message}"):
        limit.read_limits(file)


def test_side_below_is_read_the_other_way_round(tmp_path):
    file = tmp_path / "oxygen.yaml"
    file.write_text(BROKEN.format(side="below", operator="<=", alarm="1.8", re_power="2.0"))
    [edition] = limit.read_limits(file).editions
    assert edition.points["face"].alarm == Decimal("1.8")
