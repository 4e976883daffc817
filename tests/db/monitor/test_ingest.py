"""From files to rows: episodes by the law of the day, newest values, and what becomes of faulty files."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kuangan.core.actions import create_person, create_user
from kuangan.core.models import Unit
from kuangan.mine.actions import confirm_place
from kuangan.mine.models import DefinitionChange, Point, PointDefinition
from kuangan.monitor.models import Declaration, Episode, FeedFile, LiveRow
from kuangan.monitor.packing import INT64, unpacked
from kuangan.monitor.queries import undeclared, unfounded_declarations, unreacted_episodes
from tests.db.monitor.feedtext import CORNER, DOOR, FEED, RETURN, cddy, cdss, moment, ycbj

ALL = {CORNER: "1.00", RETURN: "0.80", DOOR: "", FEED: ""}


def snapshot(clock, corner="0.30", other="0.20", feed="1", status=0):
    return cdss(clock, {CORNER: (corner, status), RETURN: (other, 0), DOOR: ("0", 0), FEED: (feed, 0)})


def feed(works, *rows, **same):
    for clock, corner in rows:
        works.receive("CDSS", clock, snapshot(clock, corner, **same))


@pytest.fixture
def user(mine):
    person = create_person(actor=None, name="乙一", unit=Unit.objects.get(kind="county_bureau"))
    return create_user(actor=None, username="officer", person=person, password="一号巷道-通风良好-72")


def test_episode_opens_at_the_set_point_and_closes_below_re_power(works):
    works.receive("CDDY", "07:00:00", cddy("07:00:00", ALL))
    feed(works, ("08:00:00", "0.99"), ("08:00:30", "1.00"), ("08:01:00", "1.24"), ("08:01:30", "1.00"))
    opened = Episode.objects.get()
    assert (opened.point.native_code, opened.started_at) == (CORNER, moment("08:00:30"))
    assert (opened.ended_at, opened.final_at, opened.peak) == (None, None, Decimal("1.24"))
    assert opened.limit_alarm == Decimal("1.0")
    feed(works, ("08:02:00", "0.98"))
    closed = Episode.objects.get()
    assert closed.ended_at == moment("08:02:00")
    assert closed.readings == 3
    assert closed.final_at is None
    works.care.settle(moment("08:12:01"))
    assert Episode.objects.get().final_at == moment("08:12:00")


def test_every_change_that_matters_asks_for_a_reaction_again(works):
    feed(works, ("08:00:00", "1.00"))
    first = unreacted_episodes()[0]
    Episode.objects.filter(pk=first.pk).update(reacted_at=moment("08:00:01"))
    feed(works, ("08:00:30", "1.20"))
    assert unreacted_episodes() == []
    feed(works, ("08:01:00", "0.50"))
    again = unreacted_episodes()[0]
    assert (again.pk, again.revision) == (first.pk, first.revision + 1)


def test_newest_values_are_packed_in_one_row(works):
    feed(works, ("08:00:00", "0.41"), ("08:00:30", "1.10"))
    row = LiveRow.objects.get()
    ids = unpacked(row.points, INT64).tolist()
    values = dict(zip(ids, unpacked(row.values, INT64).tolist(), strict=True))
    corner = Point.objects.get(native_code=CORNER)
    assert sorted(ids) == sorted(Point.objects.values_list("pk", flat=True))
    assert values[corner.pk] == 1_100_000
    assert (row.highest, row.highest_point, row.open_episodes) == (Decimal("1.1"), corner, 1)
    assert row.at == moment("08:00:30")


def test_an_unplaced_point_is_judged_by_the_mines_own_set_point_until_a_person_places_it(works, user):
    works.receive("CDDY", "07:00:00", cddy("07:00:00", ALL))
    point = Point.objects.get(native_code=RETURN)
    assert (point.place, point.place_proposed) == ("", "")
    works.receive("CDSS", "08:00:00", snapshot("08:00:00", other="0.80"))
    assert Episode.objects.get().limit_basis == "地点待确认，按煤矿设定值"
    works.receive("CDSS", "08:00:30", snapshot("08:00:30", other="0.20"))
    works.care.tick(moment("08:00:31"))
    confirm_place(actor=user, point=point, place="district_return", at=moment("08:10:00"))
    works.care.tick(moment("08:10:01"))
    works.receive("CDSS", "08:30:00", snapshot("08:30:00", other="0.95"))
    works.receive("CDSS", "08:30:30", snapshot("08:30:30", other="1.00"))
    placed = Episode.objects.order_by("started_at").last()
    assert (placed.started_at, placed.limit_place) == (moment("08:30:30"), "district_return")


def test_the_stricter_of_proposal_and_own_set_point_applies(works):
    works.receive("CDDY", "07:00:00", cddy("07:00:00", ALL | {CORNER: "0.80"}))
    feed(works, ("08:00:00", "0.79"), ("08:00:30", "0.80"))
    episode = Episode.objects.get()
    assert (episode.started_at, episode.limit_alarm) == (moment("08:00:30"), Decimal("0.8"))
    assert episode.limit_place == "return_corner"


def test_calibration_is_seen_but_not_counted(works):
    works.receive("CDSS", "08:00:00", snapshot("08:00:00", "2.01", status=4))
    episode = Episode.objects.get()
    assert (episode.proposed, episode.excluded) == ("calibration", True)


def test_power_still_on_after_thirty_seconds_is_stored_once(works):
    works.receive("CDDY", "07:00:00", cddy("07:00:00", ALL))
    feed(works, ("08:00:00", "1.50"), ("08:00:29", "1.60"))
    assert Episode.objects.get().power_state == "unknown"
    feed(works, ("08:00:30", "1.60"))
    episode = Episode.objects.get()
    assert (episode.power_state, episode.power_state_at) == ("energised", moment("08:00:30"))
    feed(works, ("08:01:00", "1.60"), feed="0")
    assert Episode.objects.get().power_state == "energised"


def test_power_that_was_cut_in_time(works):
    works.receive("CDDY", "07:00:00", cddy("07:00:00", ALL))
    feed(works, ("08:00:00", "1.50"))
    feed(works, ("08:00:30", "1.60"), feed="0")
    assert Episode.objects.get().power_state == "dead"


def test_power_that_comes_on_again_while_the_gas_stands_is_found(works):
    works.receive("CDDY", "07:00:00", cddy("07:00:00", ALL))
    feed(works, ("08:00:00", "1.50"))
    feed(works, ("08:00:30", "1.60"), ("08:01:00", "1.60"), feed="0")
    assert Episode.objects.get().power_state == "dead"
    feed(works, ("08:02:00", "1.55"))
    episode = Episode.objects.get()
    assert (episode.power_state, episode.power_state_at) == ("energised", moment("08:02:00"))
    feed(works, ("08:03:00", "1.60"), feed="0")
    assert Episode.objects.get().power_state == "energised"


def test_power_that_comes_on_again_after_the_gas_is_gone_is_none_of_its_business(works):
    works.receive("CDDY", "07:00:00", cddy("07:00:00", ALL))
    feed(works, ("08:00:00", "1.50"))
    feed(works, ("08:00:30", "1.60"), feed="0")
    feed(works, ("08:05:00", "0.50"))
    assert Episode.objects.get().power_state == "dead"


def test_declared_and_derived_alarms_are_compared(works, mine):
    feed(works, ("08:00:00", "1.10"), ("08:00:30", "0.50"))
    feed(works, ("08:20:00", "1.10"), ("08:20:30", "0.50"))
    works.receive("YCBJ", "08:01:00", ycbj("08:01:00", CORNER, "08:00:00", "08:00:30"))
    works.receive("YCBJ", "08:40:00", ycbj("08:40:00", CORNER, "08:39:00"))
    first, second = Episode.objects.order_by("started_at")
    assert first.declared.started_at == moment("08:00:00")
    assert list(undeclared(moment("08:24:59"))) == []
    assert list(undeclared(moment("08:25:00"))) == [second]
    found = unfounded_declarations(mine, moment("08:00:00"), moment("09:00:00"))
    assert [each.started_at for each in found] == [moment("08:39:00")]


def test_a_declaration_is_updated_by_newer_files_only(works):
    works.receive("YCBJ", "08:01:00", ycbj("08:01:00", CORNER, "08:00:00"))
    works.receive("YCBJ", "08:05:00", ycbj("08:05:00", CORNER, "08:00:00", "08:04:00", peak="1.30"))
    works.receive("YCBJ", "08:02:00", ycbj("08:02:00", CORNER, "08:00:00", peak="1.20"), at="08:06:00")
    row = Declaration.objects.get()
    assert (row.ended_at, row.peak) == (moment("08:04:00"), Decimal("1.30"))
    assert works.statuses() == ["done", "done", "late"]


def test_changed_set_point_is_kept_dated_and_recorded(works):
    works.receive("CDDY", "07:00:00", cddy("07:00:00", ALL))
    works.receive("CDDY", "07:30:00", cddy("07:30:00", ALL))
    works.receive("CDDY", "08:00:00", cddy("08:00:00", ALL | {CORNER: "1.50"}))
    rows = PointDefinition.objects.filter(point__native_code=CORNER).order_by("valid_from")
    assert [row.alarm for row in rows] == [Decimal("1.00"), Decimal("1.50")]
    change = DefinitionChange.objects.get()
    assert (change.at, change.before, change.after) == (moment("08:00:00"), {"alarm": "1"}, {"alarm": "1.5"})


def test_a_late_definition_is_filed_into_the_past(works):
    works.receive("CDDY", "08:00:00", cddy("08:00:00", {CORNER: "1.00"}))
    works.receive("CDDY", "07:00:00", cddy("07:00:00", {CORNER: "0.80"}, places={CORNER: "旧位置"}), at="08:10:00")
    point = Point.objects.get()
    assert point.place_text == "1301综采工作面回风隅角T0"
    change = DefinitionChange.objects.get()
    assert (change.at, change.after["alarm"]) == (moment("08:00:00"), "1")


def test_a_moved_point_loses_its_confirmed_place(works, user):
    works.receive("CDDY", "07:00:00", cddy("07:00:00", ALL))
    point = Point.objects.get(native_code=CORNER)
    confirm_place(actor=user, point=point, place="return_corner", at=moment("07:30:00"))
    works.receive("CDDY", "08:00:00", cddy("08:00:00", ALL, places={CORNER: "总回风巷"}))
    point.refresh_from_db()
    assert (point.place, point.place_confirmed_by, point.place_proposed) == ("", None, "main_return")


@pytest.mark.parametrize(
    ("body", "name", "status"),
    [
        (snapshot("08:00:00")[:-2], None, "incomplete"),
        (b"<xml/>", None, "refused"),
        (snapshot("08:00:00"), "140423900001_QQQQ_20260302080000.txt", "unknown"),
        (snapshot("08:00:00"), "140423900009_CDSS_20260302080000.txt", "refused"),
        (cdss("08:00:00", {CORNER: ("0.30", 0)}, mine="140423900009"), None, "refused"),
        (b"\x00\xff" * 50, None, "refused"),
    ],
)
def test_a_refused_file_is_shown_with_what_to_do_and_changes_nothing(works, body, name, status):
    works.receive("CDSS", "08:00:00", body, name=name)
    row = FeedFile.objects.get()
    assert row.status == status
    assert row.message.endswith("。")
    assert not Point.objects.exists()
    assert not LiveRow.objects.exists()


def test_a_file_from_the_future_is_set_aside(works):
    works.receive("CDSS", "08:20:01", snapshot("08:20:01", "1.50"), at="08:10:00")
    assert works.statuses() == ["future"]
    assert not Episode.objects.exists()


def test_the_same_file_twice_counts_once(works):
    body = snapshot("08:00:00", "1.10")
    works.take("CDSS", "08:00:00", body)
    works.receive("CDSS", "08:00:00", body)
    works.crash()
    works.receive("CDSS", "08:00:00", body)
    assert works.statuses() == ["done", "duplicate", "duplicate"]
    assert Episode.objects.get().readings == 1


def test_a_late_file_is_judged_in_event_time_and_leaves_newest_values_alone(works):
    feed(works, ("08:00:00", "0.30"), ("08:01:00", "0.40"))
    works.receive("CDSS", "08:00:30", snapshot("08:00:30", "1.20"), at="08:01:05")
    episode = Episode.objects.get()
    assert (episode.started_at, episode.ended_at) == (moment("08:00:30"), moment("08:01:00"))
    assert works.statuses() == ["done", "done", "late"]
    assert LiveRow.objects.get().at == moment("08:01:00")


def test_bad_records_are_named_and_the_rest_is_taken(works):
    good = snapshot("08:00:00").decode()
    extra = "".join(f"{CORNER[:-2]}{number:02d};环境瓦斯;某处;0.1;%CH4;0;2026-03-02 08:00:00~" for number in range(4))
    works.receive("CDSS", "08:00:00", good.replace("||", f"{extra}坏记录;1~||").encode())
    row = FeedFile.objects.get()
    assert (row.status, row.records, row.bad_records) == ("partial", 9, 1)
    assert row.message.startswith("第 9 条：")


def test_final_needs_ten_quiet_minutes(works):
    feed(works, ("08:00:00", "1.10"), ("08:00:30", "0.50"), ("08:10:30", "1.20"), ("08:11:00", "0.50"))
    joined = Episode.objects.get()
    assert joined.ended_at == moment("08:11:00")
    works.care.settle(moment("08:11:00") + timedelta(seconds=600))
    assert Episode.objects.get().final_at is None
    works.care.settle(moment("08:11:00") + timedelta(seconds=601))
    assert Episode.objects.get().final_at == moment("08:21:00")
