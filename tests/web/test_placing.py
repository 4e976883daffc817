"""The points of a mine without a confirmed face or place: proposed, confirmed many at once, refused, paged without a query each."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kuangan.mine.models import Point
from tests.city import START


def add(world, *numbers: int) -> list[Point]:
    return [
        Point.objects.create(
            mine=world.city.mine, native_code=f"N{number}", system="01", sensor_type="0001", value_kind="MN",
            place_text=f"1301工作面上隅角N{number}", place_proposed="return_corner", first_seen_at=START,
        )
        for number in numbers
    ]  # fmt: skip


def page(response) -> str:
    return response.content.decode()


def test_proposals_are_confirmed_together_one_is_refused_and_bad_input_says_why(world, as_user):
    officer, address = as_user("county_officer"), reverse("placing", args=[world.city.mine.code])
    decide = reverse("decide_placing", args=[world.city.mine.code])
    first, second, third = add(world, 1, 2, 3)
    face = world.city.faces["first-1301"]
    shown = page(officer.get(address, {"q": "上隅角N"}))
    assert shown.count(f'value="{face.pk}" selected') == 3
    assert "请先勾选测点" in page(officer.post(decide, {"do": "confirm"}, follow=True))
    chosen = {f"face-{point.pk}": face.pk for point in (first, second)} | {
        f"place-{point.pk}": "return_corner" for point in (first, second)
    }
    officer.post(decide, {"do": "confirm", "point": [first.pk, second.pk], **chosen})
    assert set(Point.objects.filter(face=face, place="return_corner").values_list("pk", flat=True)) >= {
        first.pk,
        second.pk,
    }
    nothing = {"do": "confirm", "point": [third.pk]}
    assert "没有选择工作面和地点类别" in page(officer.post(decide, nothing, follow=True))
    wrong = {**nothing, f"face-{third.pk}": "999999", "point": [third.pk, "x", "9" * 30]}
    assert "不在登记中" in page(officer.post(decide, wrong, follow=True))
    officer.post(decide, {"do": "refuse", "point": [third.pk]})
    third.refresh_from_db()
    assert (third.refused_face, third.face) == (face, None)
    assert f'value="{face.pk}" selected' not in page(officer.get(address, {"q": "上隅角N"}))


def test_others_read_it_and_a_mine_does_not_see_its_neighbour(world, as_user):
    add(world, 1)
    own = page(as_user("mine_director").get(reverse("placing", args=[world.city.mine.code])))
    assert ("建议" in own, "确认所选" in own) == (True, False)
    other = reverse("placing", args=[world.city.mines["second"].code])
    assert as_user("mine_director").get(other).status_code == 404


def test_a_thousand_points_take_as_many_queries_as_three(world, as_user):
    officer, address = as_user("county_officer"), reverse("placing", args=[world.city.mine.code])

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            officer.get(address)
        return len(captured)

    add(world, 1, 2, 3)
    queries()
    few = queries()
    add(world, *range(4, 304))
    assert queries() <= few + 1
