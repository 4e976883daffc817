"""The invented city: recognisably invented, complete, the same for the same seed."""

from collections import Counter
from datetime import date

import pytest

from kuangan.city.areas import UnknownCity, counties
from kuangan.emulate.plan.city import city_plan
from kuangan.law.limit import limit

ON = date(2026, 3, 10)
PLAN = city_plan(on=ON)


def test_110_mines_with_codes_that_no_real_mine_has() -> None:
    codes = [mine.code for mine in PLAN.mines]
    assert len(set(codes)) == 110
    assert all(len(code) == 12 and int(code[6:]) >= 900_001 for code in codes)
    assert {code[:6] for code in codes} <= {area.code for area in counties("140400")}
    assert PLAN.key_mine.code == "140423900001"


def test_names_say_that_they_are_examples_and_phones_cannot_exist() -> None:
    assert len({mine.name for mine in PLAN.mines}) == 110
    for mine in PLAN.mines:
        assert mine.name[:2] in {"示例", "范例", "样例"}
        assert all(person.phone.startswith("000-") for person in mine.key_people)


def test_every_mine_has_25_to_45_points_with_unique_codes_and_set_points_of_the_law() -> None:
    for mine in PLAN.mines:
        assert 25 <= len(mine.points) <= 45
        assert len({point.code for point in mine.points}) == len(mine.points)
        for point in mine.points:
            assert point.code.startswith(mine.code)
            if point.place:
                law = limit("ch4", point.place, ON)
                assert (point.set_points.alarm, point.set_points.cut) == (law.alarm, law.power_off)


def test_places_fit_the_gas_grade() -> None:
    for mine in PLAN.mines:
        places = Counter(point.place for point in mine.points if point.place)
        assert {"return_corner", "coal_face_return", "heading_face", "heading_return", "district_return"} <= set(places)
        assert ("coal_face_outburst" in places) == (mine.gas_grade == "outburst")
        assert ("heading_mid" in places) == (mine.gas_grade != "low_gas")


def test_mostly_county_supervision_with_a_few_mines_of_the_city() -> None:
    by_city = sum(mine.supervised_by_city for mine in PLAN.mines)
    assert 1 <= by_city <= 20
    assert not PLAN.key_mine.supervised_by_city


def test_the_same_seed_gives_the_same_city() -> None:
    assert city_plan(mines=5, seed=3, on=ON) == city_plan(mines=5, seed=3, on=ON)
    assert city_plan(mines=5, seed=3, on=ON) != city_plan(mines=5, seed=4, on=ON)


def test_other_prefectures_work_and_unknown_ones_are_named() -> None:
    assert city_plan("141100", 10, on=ON).key_mine.code.startswith("1411")
    with pytest.raises(UnknownCity, match="140400 长治市"):
        city_plan("990000", on=ON)


@pytest.mark.parametrize("mines", [0, 121])
def test_impossible_numbers_of_mines_are_refused(mines: int) -> None:
    with pytest.raises(ValueError, match="--mines"):
        city_plan(mines=mines, on=ON)
