"""Files as mines really send them, each from the case that somebody met: sent to the door, judged, shown."""

import shutil
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from kuangan.base import clock
from kuangan.base.clock import BEIJING
from kuangan.core.models import Incident, Notice
from kuangan.mine.models import Point
from kuangan.monitor.models import Declaration, Episode, LiveRow
from kuangan.monitor.queries import undeclared
from tests.db.monitor.door import Door
from tests.db.monitor.mines import make_mine

CODE = "149999000001"
CASES = Path(__file__).parents[2] / "samples" / "feeds" / "cases"
POINT = f"{CODE}01MN000100000003"
OWN = f"{CODE};示例煤矿;KJ000X;煤矿安全监控系统;示例厂家;2028-01-01;2026-03-10 06:00:00~"


def at(text):
    return datetime.fromisoformat(f"2026-03-10 {text}").replace(tzinfo=BEIJING)


def define(*points, place="1303综采工作面回风巷T2"):
    rows = "".join(
        f"{point};01;{CODE}00001;0001;MN;%CH4;4.00;0.00;1.00;0.99;;;1.50;0.99;;;;;{place};;;;;2026-03-10 06:00:00~"
        for point in points
    )
    return f"{OWN}{rows}||".encode()


@pytest.fixture
def door(works):
    made = Door(works, make_mine(CODE))
    clock.move(at("06:00:00"))
    made.post(f"{CODE}_CDDY_20260310060000.txt", define(POINT))
    return made


def files(case):
    return sorted((CASES / case).glob("*.txt"))


def send(door, path, received, *, name=None):
    clock.move(at(received))
    return door.post(name or path.name.rsplit("-", 1)[-1], path.read_bytes())


def doubts():
    return set(Incident.objects.filter(ended_at=None).values_list("kind", flat=True))


def test_01_resent_hours_that_nobody_judges_are_said(door):
    before, live, resent = files("01-late-resend-not-judged")
    for path, received in ((before, "06:49:31"), (live, "09:09:31"), (resent, "09:10:00")):
        assert send(door, path, received).status_code == 202
    row = door.newest()
    assert row.status == "late"
    assert "未参与超限判定" in row.message
    assert "达到报警值（2026-03-10 07:10:00 至 2026-03-10 07:29:30，最高 1.85" in row.message
    door.tick()
    assert "late_unjudged" in doubts()
    notice = Notice.objects.get(kind="feed_doubt")
    assert (notice.unit.kind, POINT in notice.body) == ("county_bureau", True)


def test_01_the_same_in_files_of_one_reading_through_the_folder(door):
    before, live, resent = files("01-late-resend-not-judged")
    send(door, before, "06:49:31")
    send(door, live, "09:09:31")
    head, *records = resent.read_text().removesuffix("~||").split("~")
    inbox = door.watcher.inbox / CODE
    inbox.mkdir()
    for number, record in enumerate(records[39:42]):
        text = f"{head.rsplit(';', 1)[0]};{record.rsplit(';', 1)[1]}~{record}~||"
        (inbox / f"{CODE}_CDSS_2026031007{number:02d}00.txt").write_text(text)
    assert len(door.look()) == 3
    door.tick()
    assert "late_unjudged" in doubts()
    assert Incident.objects.get(kind="late_unjudged").key == CODE


def test_02_a_clock_a_year_back_leaves_the_running_over_limit_alone(door):
    first, second = files("02-clock-a-year-back")
    send(door, first, "09:33:55")
    assert send(door, second, "09:34:20").status_code == 202
    assert door.newest().status == "past"
    assert "已隔离" in door.newest().message
    episode = Episode.objects.get()
    assert (episode.started_at, episode.peak, episode.withdrawn) == (at("09:33:54"), Decimal("1.6"), False)
    clock.move(at("09:35:21"))
    door.tick()
    assert "mine_clock" in doubts()


def test_02_a_clock_hours_back_starts_no_over_limit_across_a_gap_without_readings(door):
    first, second = files("02-clock-a-year-back")
    send(door, first, "09:33:55")
    body = second.read_bytes().replace(b"2025-03-10 09:34:19", b"2026-03-10 07:33:53")
    clock.move(at("09:34:20"))
    door.post(f"{CODE}_CDSS_20260310073353.txt", body)
    starts = list(Episode.objects.order_by("started_at").values_list("started_at", "peak", "withdrawn"))
    assert starts == [(at("07:33:53"), Decimal("1.9"), False), (at("09:33:54"), Decimal("1.6"), False)]


def test_03_a_cut_character_costs_its_text_and_no_reading(door):
    known = f"{CODE}01MN000100000029"
    clock.move(at("06:01:00"))
    door.post(f"{CODE}_CDDY_20260310060100.txt", define(known, place="一采区回风巷"))
    path = files("03-one-cut-character")[0]
    for received in ("08:00:31", "08:00:32"):
        send(door, path, received)
    assert Point.objects.get(native_code=known).place_text == "一采区回风巷"
    assert LiveRow.objects.get().at == at("08:00:30")
    assert Point.objects.filter(mine__code=CODE).count() == path.read_bytes().count(b"~") - 1
    assert "字符残缺" in str(list(door.works.statuses_with_messages()))


def test_03_a_definition_file_with_a_cut_character_renames_nothing(door):
    main, other = f"{CODE}01MN000100000035", f"{CODE}01MN000100000021"
    clock.move(at("06:01:00"))
    door.post(f"{CODE}_CDDY_20260310060100.txt", define(main, place="总回风巷"))
    clock.move(at("06:02:00"))
    door.post(f"{CODE}_CDDY_20260310060200.txt", define(other, place="三号巷道"))
    path = files("03-one-cut-character")[1]
    send(door, path, "08:00:31")
    assert "GB18030" not in door.newest().message
    assert Point.objects.get(native_code=main).place_text == "总回风巷"
    assert Point.objects.get(native_code=main).place_proposed == "main_return"
    assert Point.objects.get(native_code=other).place_text == "三号巷道"


def test_03_the_name_in_the_header_may_be_cut_too(door):
    body = files("04-dos-end-byte")[0].read_bytes().replace("示例煤矿".encode(), "示例煤矿".encode()[:-1], 1)
    clock.move(at("08:00:31"))
    assert door.post(f"{CODE}_CDSS_20260310080030.txt", body).status_code == 202
    assert door.newest().status == "done"


def test_04_an_end_byte_of_old_writers_is_taken_with_a_note(door):
    path = files("04-dos-end-byte")[0]
    assert send(door, path, "08:00:31", name=path.name).status_code == 202
    assert (door.newest().status, "末尾" in door.newest().message) == ("done", True)
    inbox = door.watcher.inbox / CODE
    inbox.mkdir()
    shutil.copy(path, inbox / f"{CODE}_CDSS_20260310080031.txt")
    assert len(door.look()) == 1


def test_05_codes_without_leading_zeros_are_the_same_codes(door):
    definitions, readings, declared = files("05-codes-without-leading-zeros")
    send(door, definitions, "08:00:31")
    assert door.newest().message == ""
    send(door, readings, "08:01:01")
    send(door, declared, "08:01:31")
    assert {row.point.native_code for row in Episode.objects.all()} == {
        f"{CODE}01MN000100000901",
        f"{CODE}01MN000100000902",
    }
    assert Declaration.objects.get().kind == "001"
    assert [row.point.native_code for row in undeclared(at("08:30:00"))] == [f"{CODE}01MN000100000901"]


def test_05_a_type_that_the_table_does_not_know_or_the_code_contradicts_is_said(door):
    body = files("05-codes-without-leading-zeros")[0].read_bytes()
    clock.move(at("08:00:31"))
    door.post(f"{CODE}_CDDY_20260310080030.txt", body.replace(b";1;MN;", b";999;MN;").replace(b";0001;MN;", b";22;MN;"))
    assert "“0999”不在编码表中" in door.newest().message
    assert "“0022”与测点编码中的“0001”不一致" in door.newest().message
    door.tick()
    assert "feed_codes" in doubts()
    clock.move(at("08:05:00"))
    door.post(f"{CODE}_CDDY_20260310080500.txt", body.replace(b"08:00:30", b"08:05:00"))
    door.tick()
    assert "feed_codes" not in doubts()


def test_06_plain_values_in_other_figures_are_read(door):
    paths = files("06-values-that-are-no-numbers")
    for number in (0, 1, 5):
        send(door, paths[number], f"08:00:4{number}")
        assert door.newest().status == "done"
    assert (Episode.objects.get().readings, Episode.objects.get().peak) == (3, Decimal("1.2"))


def test_06_a_methane_value_that_cannot_be_read_is_a_bad_record_and_somebody_is_told(door):
    for number, path in enumerate(files("06-values-that-are-no-numbers")[2:5]):
        send(door, path, f"08:00:4{number}")
        assert (door.newest().status, door.newest().bad_records) == ("partial", 1)
        assert "不是数字" in door.newest().message
    door.tick()
    incident = Incident.objects.get(kind="feed_unreadable")
    assert (incident.key, "未受监测" in incident.text) == (f"{CODE} {POINT}", True)
    assert Notice.objects.filter(kind="feed_doubt").count() == 1
    door.works.crash()
    send(door, files("06-values-that-are-no-numbers")[5], "08:01:00")
    clock.move(at("08:01:01") + timedelta(seconds=1))
    door.tick()
    assert "feed_unreadable" not in doubts()
