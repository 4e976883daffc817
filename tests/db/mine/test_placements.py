"""Where points stood: dated, kept when they move or their face closes, proposed from the words of their mine."""

from datetime import date, timedelta

import pytest

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.mine.actions import (
    add_district,
    add_face,
    correct_face,
    end_district,
    end_face,
    place_points,
    refuse_proposals,
    reopen_face,
    seal_face,
    set_faces,
    start_face,
    upsert_definitions,
)
from kuangan.mine.actions.placement import BOTH, FACE, PLACE
from kuangan.mine.definitions import Definition
from kuangan.mine.models import Face, Placement, Point
from kuangan.mine.proposals import face_named
from kuangan.mine.queries import face_at, faces_on, standing_on
from kuangan.mine.spells import Settled, Spell, respelled
from tests.db.monitor.feedtext import moment

DAY = timedelta(days=1)
T0, T1, T2, T3 = (moment("08:00:00") + DAY * number for number in range(4))
TEXT = "1301工作面上隅角T0"


def sent(mine, text=TEXT, at=T0, code="p1"):
    """The mine defines a methane sensor, and gives it back."""
    item = Definition(native_code=code, system="01", sensor_type="0001", value_kind="MN", place_text=text)
    upsert_definitions(actor=None, mine=mine, definitions=[item], source="f", at=at)
    return Point.objects.select_related("mine").get(mine=mine, native_code=code)


def face(mine, name="1301", kind="coal_face", **days):
    return add_face(actor=None, mine=mine, kind=kind, name=name, **{"started_on": date(2025, 1, 1), **days})


@pytest.mark.parametrize(
    ("known", "said", "expected"),
    [
        ([], Settled(T1, FACE, face=1), [(1, "", T1, None)]),
        ([Spell(1, "a", T0, None)], Settled(T1, FACE, face=2), [(1, "a", T0, T1), (2, "a", T1, None)]),
        ([Spell(1, "a", T0, None)], Settled(T0, FACE, face=2), [(2, "a", T0, None)]),
        ([Spell(1, "", T2, None)], Settled(T1, PLACE, place="a"), [(None, "a", T1, T2), (1, "a", T2, None)]),
        ([Spell(1, "", T0, T1)], Settled(T1, FACE, face=1), [(1, "", T0, None)]),
        ([Spell(1, "", T0, T1)], Settled(T2, FACE, face=2), [(1, "", T0, T1), (2, "", T2, None)]),
        ([Spell(1, "a", T0, T2), Spell(2, "a", T2, None)], Settled(T1, BOTH), [(1, "a", T0, T1)]),
        ([Spell(1, "", T0, T1), Spell(2, "", T2, T3)], Settled(T0, FACE, face=3), [(3, "", T0, None)]),
    ],
)
def test_what_is_said_from_a_moment_on_leaves_what_was_before_it(known, said, expected):
    assert [(spell.face, spell.place, spell.from_at, spell.to_at) for spell in respelled(known, said)] == expected


def test_the_first_word_holds_since_the_mine_names_it_so_the_next_from_its_moment(mine):
    point, first, second = sent(mine), face(mine), face(mine, "1302")
    set_faces(actor=None, mine=mine, faces={"p1": first}, at=T2)
    assert [face_at(point, at) for at in (T0 - DAY, T0, T2)] == [None, first.pk, first.pk]
    set_faces(actor=None, mine=mine, faces={"p1": second}, at=T3)
    assert [face_at(point, at) for at in (T0, T3 - timedelta(seconds=1), T3)] == [first.pk, first.pk, second.pk]
    set_faces(actor=None, mine=mine, faces={"p1": second}, from_at=T1, at=T3)
    assert [face_at(point, at) for at in (T0, T1, T3)] == [first.pk, second.pk, second.pk]
    assert Point.objects.get().face == second
    with pytest.raises(Refused, match="不能晚于当前时间"):
        set_faces(actor=None, mine=mine, faces={"p1": first}, from_at=T3 + DAY, at=T3)


def test_a_point_that_moves_keeps_its_history_and_loses_the_face_that_its_text_names_no_more(mine, officer):
    point, first = sent(mine), face(mine)
    place_points(actor=officer, mine=mine, wanted={point: (first, "coal_face")}, at=T1)
    point = sent(mine, "1301工作面回风巷T2", T2)
    assert (point.face, point.place) == (first, ""), "the same face, another place"
    point = sent(mine, "总回风巷", T3)
    assert (point.face, point.place) == (None, "")
    assert [face_at(point, at) for at in (T1, T2, T3)] == [first.pk, first.pk, None]
    places = Placement.objects.order_by("from_at").values_list("place", "from_at", "to_at")
    assert list(places) == [("", T0, T1), ("coal_face", T1, T2), ("", T2, T3)]


def test_a_face_that_closes_releases_its_points_and_their_history_stays(mine, officer):
    point, first = sent(mine), face(mine)
    place_points(actor=officer, mine=mine, wanted={point: (first, "coal_face")}, at=T1)
    closed = clock.civil_date(T2)
    with pytest.raises(Refused, match="尚未结束"):
        seal_face(actor=officer, face=first, sealed_on=closed)
    end_face(actor=officer, face=first, ended_on=closed, at=T3)
    point.refresh_from_db()
    assert (point.face, point.place, point.dismantled_at) == (None, "coal_face", T3)
    midnight = clock.beijing_midnight(closed)
    assert [face_at(point, at) for at in (midnight - timedelta(seconds=1), midnight)] == [first.pk, None]
    assert [list(faces_on(officer, mine, day)) for day in (closed - DAY, closed)] == [[first], []]
    assert faces_on(officer, mine, closed - DAY).get().point_count == 1
    assert [standing_on([point], day, T3)[0].face for day in (closed - DAY, closed)] == [first, None]
    seal_face(actor=officer, face=first, sealed_on=closed, at=T3)
    with pytest.raises(Refused, match="请先更正封闭"):
        reopen_face(actor=officer, face=first, at=T3)


def test_a_face_closed_by_mistake_goes_on_with_its_points(mine, officer):
    point, first = sent(mine), face(mine)
    set_faces(actor=officer, mine=mine, faces={"p1": first}, at=T1)
    end_face(actor=officer, face=first, ended_on=clock.civil_date(T2), at=T3)
    reopen_face(actor=officer, face=first, at=T3)
    point.refresh_from_db()
    assert (point.face, point.dismantled_at, Face.objects.get().ended_on) == (first, None, None)
    assert Placement.objects.values_list("from_at", "to_at").get() == (T0, None)


def test_a_planned_face_is_not_worked_before_it_starts_and_a_district_ends_after_its_faces(mine, officer):
    district = add_district(actor=None, mine=mine, name="一采区")
    planned = face(mine, started_on=None, planned_on=date(2026, 4, 1), district=district)
    assert not faces_on(officer, mine, date(2026, 4, 2)).exists()
    with pytest.raises(Refused, match="尚未开始"):
        end_face(actor=officer, face=planned, ended_on=date(2026, 5, 1))
    start_face(actor=officer, face=planned, started_on=date(2026, 4, 5))
    assert list(faces_on(officer, mine, date(2026, 4, 5))) == [planned]
    with pytest.raises(Refused, match="未结束"):
        end_district(actor=officer, district=district, ended_on=date(2026, 5, 1))
    end_face(actor=officer, face=planned, ended_on=date(2026, 5, 1))
    end_district(actor=officer, district=district, ended_on=date(2026, 5, 1))
    with pytest.raises(Refused, match="不能再布置"):
        face(mine, "1303", district=district)
    correct_face(actor=officer, face=planned, name="1301综采工作面", district=None)
    assert Face.objects.get().name == "1301综采工作面"


@pytest.mark.parametrize(
    ("text", "place", "named"),
    [
        ("1301工作面上隅角T0", "return_corner", "1301综采工作面"),
        ("１３０１回风巷", "", "1301综采工作面"),
        ("1302掘进头", "heading_face", "1302运输顺槽掘进"),
        ("1302工作面上隅角", "return_corner", "1302综采工作面"),
        ("1302瓦斯", "", None),
        ("13010联络巷", "", None),
        ("总回风巷", "", None),
        ("二采区皮带巷 T2", "", None),
        ("N1205进风巷", "", "N1205"),
        ("1205进风巷", "", None),
    ],
)
def test_a_text_names_a_face_by_its_number_or_nobody(text, place, named):
    names = (
        ("1301综采工作面", "coal_face"),
        ("1302综采工作面", "coal_face"),
        ("1302运输顺槽掘进", "heading"),
        ("N1205", "coal_face"),
        ("T2", "heading"),
    )
    faces = [Face(pk=number, name=name, kind=kind) for number, (name, kind) in enumerate(names, 1)]
    meant = face_named(text, faces, place)
    assert (meant.name if meant else None) == named


def test_what_was_refused_is_kept_until_the_mine_renames_the_point(mine, officer):
    point, first = sent(mine), face(mine)
    refuse_proposals(actor=officer, mine=mine, refused={point: (first, "coal_face")}, at=T1)
    point.refresh_from_db()
    assert (point.refused_face, point.refused_place, point.face) == (first, "coal_face", None)
    point = sent(mine, "1301工作面回风巷", T2)
    assert (point.refused_face, point.refused_place) == (None, "")
