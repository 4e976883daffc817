"""Family A files: the samples, and every fault that writers really make, applied to each sample."""

import json
import re
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
import zstandard

from kuangan.monitor.feeds import (
    FeedError,
    FileName,
    PointRegistry,
    Relation,
    identify,
    parse_cddy,
    parse_cdss,
    parse_name,
    parse_ycbj,
    unzstd,
)
from kuangan.monitor.feeds.layouts import layouts
from kuangan.monitor.feeds.segments import MAX_BYTES
from kuangan.monitor.fixed import NO_VALUE
from kuangan.monitor.times import beijing_text
from tests.unit.monitor.feed_text import AT, GAS, MINE, cdss, record

SAMPLES = sorted((Path(__file__).parents[2] / "samples" / "feeds").glob("*.txt"))


def parse(kind, data):
    """What a file says, in a form that compares."""
    if kind == "CDDY":
        found = parse_cddy(data)
        return found.header, found.points, found.bad
    if kind == "YCBJ":
        found = parse_ycbj(data)
        return found.header, found.alarms, found.bad
    found = parse_cdss(data, PointRegistry())
    columns = (found.point, found.time, found.value, found.decimals, found.status)
    return found.header, tuple(column.tolist() for column in columns), found.described, found.bad


def notes_of(kind, data):
    if kind == "CDSS":
        return parse_cdss(data, PointRegistry()).notes
    return (parse_cddy if kind == "CDDY" else parse_ycbj)(data).notes


@pytest.fixture(params=SAMPLES, ids=lambda path: path.stem.split("_")[1])
def sample(request):
    return parse_name(request.param.name).type, request.param.read_bytes()


def test_there_is_a_sample_of_every_layout():
    assert {parse_name(path.name).type for path in SAMPLES} == set(layouts())


REPAIRED = {
    "BOM": lambda data: b"\xef\xbb\xbf" + data,
    "GB18030": lambda data: data.decode().encode("gb18030"),
    "CRLF": lambda data: data.replace(b"~", b"~\r\n") + b"\r\n",
    "JSON": lambda data: json.dumps(data.decode(), ensure_ascii=False).encode(),
    "escaped JSON": lambda data: json.dumps(data.decode()).encode(),
}
UNNOTED = {
    "trailing blanks": lambda data: data + b"  \x00",
    "no mark after the last record": lambda data: data.replace(b"~||", b"||"),
    "a separator after each record": lambda data: data.replace(b"~", b";~"),
    "full-width separators": lambda data: data.replace(b";", "；".encode()),
    "empty records": lambda data: data.replace(b"~", b"~~"),
    "null": lambda data: data.replace(b";;", b";null;").replace(b";;", b";null;"),
}


@pytest.mark.parametrize("wrap", REPAIRED.values(), ids=REPAIRED)
def test_wrapping_faults_are_repaired_and_told(sample, wrap):
    kind, data = sample
    assert parse(kind, wrap(data)) == parse(kind, data)
    assert len(notes_of(kind, wrap(data))) == 1


@pytest.mark.parametrize("change", UNNOTED.values(), ids=UNNOTED)
def test_harmless_variants_say_the_same(sample, change):
    kind, data = sample
    header, *rest = parse(kind, change(data))
    expected, *expected_rest = parse(kind, data)
    assert rest == expected_rest
    assert (header.mine_code, header.mine_name, header.at) == (expected.mine_code, expected.mine_name, expected.at)


REFUSED = {
    "incomplete": lambda data: data[:-1],
    "empty": lambda _: b" \r\n",
    "too_large": lambda data: data + b" " * MAX_BYTES,
    "bad_header": lambda data: data.replace(b"2026-01-05 0", b"2026-02-30 0", 1),
    "encoding": lambda data: re.sub(rb"[\x80-\xff]", b"\xff", data),
    "wrong_family": lambda data: b'<?xml version="1.0"?>' + data,
    "too_many_bad": lambda data: data.replace(b"~", b"~x;y~", 1),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_beyond_use_is_refused_with_what_where_and_what_to_do(sample, kind):
    type_, data = sample
    with pytest.raises(FeedError) as refused:
        parse(type_, REFUSED[kind](data))
    error = refused.value
    assert error.kind == kind
    assert error.what
    assert error.where in str(error)
    assert error.todo.endswith("。")


@pytest.mark.parametrize("start", [b'{"a":1}', b"[{}]", b"KJ;AQSS|", b"2026-01-05 08:00:30;1~"])
def test_other_families_are_recognised(start):
    with pytest.raises(FeedError) as refused:
        parse_cdss(start + b"||", PointRegistry())
    assert refused.value.kind == "wrong_family"


def test_a_definition_file_gives_set_points_and_relations():
    gas, door = parse_cddy(next(path for path in SAMPLES if "CDDY" in path.name).read_bytes()).points
    assert (gas.alarm_high, gas.release_high, gas.cut_high, gas.restore_high) == tuple(
        map(Decimal, ("1.00", "0.99", "1.50", "0.99"))
    )
    assert (gas.alarm_low, gas.kind, door.kind, door.on_text, door.off_text) == (None, "MN", "KG", "开", "关")
    assert gas.relations == (Relation("D", f"{MINE}01KG100900000041", "回风-断电器", "D", GAS),)
    assert door.relations == ()


@pytest.mark.parametrize("unset", ["-9999", "-0.01", "null", "未设置", "X", "--"])
def test_a_set_point_that_is_not_set_is_none(unset):
    data = next(path for path in SAMPLES if "CDDY" in path.name).read_bytes().replace(b";1.50;", f";{unset};".encode())
    assert parse_cddy(data).points[0].cut_high is None


def test_a_declared_alarm_still_running_has_no_end():
    (alarm,) = parse_ycbj(next(path for path in SAMPLES if "YCBJ" in path.name).read_bytes()).alarms
    assert (alarm.code, alarm.anomaly, beijing_text(alarm.started_at)) == (GAS, "001", "2026-01-05 08:10:30")
    assert (alarm.ended_at, alarm.highest, alarm.mean, alarm.cause) == (None, Decimal("1.12"), Decimal("1.07"), "")


@pytest.mark.parametrize(
    ("text", "value", "decimals", "kept"),
    [
        ("0.32", 320_000, 2, None), ("1", 1_000_000, 0, None), ("1.00", 1_000_000, 2, None), ("-0.01", -10_000, 2, None),
        ("0.30000000000000004", 300_000, 6, None), ("0.99999999999999989", 1_000_000, 6, None), ("1e-3", 1000, 3, None),
        ("", NO_VALUE, 0, None), ("null", NO_VALUE, 0, None), ("-9999", NO_VALUE, 0, None), ("-9999.00", NO_VALUE, 0, None),
        ("１．２０", 1_200_000, 2, None), ("1.20%", 1_200_000, 2, None), ("1.20 %CH4", 1_200_000, 2, None),
        ("999999999999.999999", 999_999_999_999_999_999, 6, None),
    ],
)  # fmt: skip
def test_values(text, value, decimals, kept):
    found = parse_cdss(cdss(record(value=text)), PointRegistry())
    assert (found.value.tolist(), found.decimals.tolist(), found.texts) == (
        [value],
        [decimals],
        {0: kept} if kept else {},
    )


@pytest.mark.parametrize(
    "text",
    [
        "断线",
        "1,5",
        ">4.00",
        "超量程",
        "NaN",
        "1²",
        "%",
        "1000000000000",
        "999999999999.9999995",
        "-999999999999.9999999",
    ],
)
def test_a_methane_value_that_is_no_plain_number_is_a_bad_record_and_nothing_else_is_lost(text):
    found = parse_cdss(cdss(record(value=text), record(GAS[:-1] + "2")), PointRegistry())
    assert [(bad.record, bad.code, bad.spoils) for bad in found.bad] == [(1, GAS, False)]
    assert found.value.tolist() == [320_000]


def test_the_text_of_a_switch_is_kept():
    assert parse_cdss(cdss(record(f"{MINE}01KG100200000031", "开", unit="")), PointRegistry()).texts == {0: "开"}


def test_per_cent_is_read_for_a_unit_in_per_cent_only():
    assert parse_cdss(cdss(record(value="1.2%", unit="ppm")), PointRegistry()).bad[0].code == GAS


@pytest.mark.parametrize(("length", "taken"), [(80, 1), (81, 0)])
def test_a_code_longer_than_its_column_is_a_bad_record(length, taken):
    good = [record(f"{MINE}01MN00010000000{n}") for n in range(4)]
    found = parse_cdss(cdss(record(GAS.ljust(length, "9")), *good), PointRegistry())
    assert (len(found.point), len(found.bad)) == (4 + taken, 1 - taken)


@pytest.mark.parametrize("tail", [b"\x1a", b"\r\n\x1a", b"\x1a\x1a\x00", b"\x7f"])
def test_what_old_writers_put_behind_the_end_mark_is_no_fault(sample, tail):
    kind, data = sample
    assert parse(kind, data + tail) == parse(kind, data)
    assert any("末尾" in note for note in notes_of(kind, data + tail))


def test_codes_are_the_same_with_and_without_leading_zeros():
    data = next(path for path in SAMPLES if "CDDY" in path.name).read_bytes()
    assert parse_cddy(data.replace(b";01;", b";1;").replace(b";0001;", b";1;")).points == parse_cddy(data).points
    assert parse_cddy(data.replace(b";0001;MN;", "；０１；ｍｎ；".encode())).points == parse_cddy(data).points
    alarm = next(path for path in SAMPLES if "YCBJ" in path.name).read_bytes()
    assert parse_ycbj(alarm.replace(b";001;", b";1;")).alarms == parse_ycbj(alarm).alarms


@pytest.mark.parametrize(
    ("text", "status"), [("0", 0), ("3", 3), ("132", 132), ("256", 256), ("", 1 << 30), ("坏", 1 << 30)]
)
def test_status_codes_are_kept_as_bits(text, status):
    assert parse_cdss(cdss(record(status=text)), PointRegistry()).status.tolist() == [status]


def test_every_bad_record_is_reported_and_a_fifth_of_them_is_still_accepted():
    good = [record(f"{MINE}01MN00010000000{n}") for n in range(8)]
    found = parse_cdss(cdss(*good[:4], "x;y", record(at="昨天"), *good[4:]), PointRegistry())
    assert [(bad.record, bad.reason) for bad in found.bad] == [
        (5, "应有 7 个字段，实际 2 个"),
        (6, "第 7 个字段：时间“昨天”不是 yyyy-MM-dd HH:mm:ss"),
    ]
    assert found.bad[0].text == "x;y"
    assert (found.records, len(found.point)) == (10, 8)
    registry = PointRegistry()
    with pytest.raises(FeedError, match="10 条记录中有 3 条"):
        parse_cdss(cdss(*good[:7], "x", "y", "z"), registry)
    assert len(registry) == 0


def test_a_code_given_twice_keeps_both_readings_of_one_point():
    found = parse_cdss(cdss(record(), record(value="0.5")), PointRegistry())
    assert found.point.tolist() == [0, 0]
    assert np.unique(found.time).size == 1


def test_file_names():
    assert parse_name(f"aqjk/{MINE}_cdss_20260105080030.TXT") == FileName(MINE, "CDSS", AT + 2)
    assert parse_name(f"{MINE}_CDSS_20260105080030123456.txt").at == AT + 2
    for name in (
        "CDSS.txt",
        f"{MINE}_CDSS_2026.txt",
        f"{MINE}_CDSS_20261305080030.txt",
        f"{MINE}_CDSS_20260105080030.xml",
    ):
        with pytest.raises(FeedError) as refused:
            parse_name(name)
        assert refused.value.kind == "bad_name"


def test_a_file_is_identified_by_its_head(sample):
    kind, data = sample
    many = cdss(*(record(f"{MINE}01MN0001{n:08d}", place="煤" * 30) for n in range(200)))
    assert identify(data).type == kind
    assert identify(data, type=kind.lower()).mine_code == MINE
    assert identify(many) == identify(many.replace(b"~", b"~\r\n")) == identify(many.decode().encode("gb18030"))
    assert (identify(many).type, identify(many).file_at) == ("CDSS", AT + 2)
    with pytest.raises(FeedError, match="缺少结束标志"):
        identify(many[:-1])


def test_name_header_and_sender_must_be_the_same_mine():
    data = cdss(record())
    name = f"{MINE}_CDSS_20260105080030.txt"
    assert identify(data, name, mine_codes={MINE}).mine_code == MINE
    for codes, file_name in (
        (None, name.replace(MINE, "149999000002")),
        ({"149999000002"}, None),
        ({MINE}, "149999000002" + name[12:]),
    ):
        with pytest.raises(FeedError) as refused:
            identify(data, file_name, mine_codes=codes)
        assert refused.value.kind == "mine_mismatch"


def test_types_not_taken_are_named():
    with pytest.raises(FeedError, match="“RYSS”尚不接收"):
        identify(cdss(record()), type="RYSS")
    with pytest.raises(FeedError, match="无法判断文件类型"):
        identify(cdss("a;b;c"))


def test_compressed_bodies():
    assert unzstd(zstandard.compress(b"x" * MAX_BYTES)) == b"x" * MAX_BYTES
    for body, kind in ((zstandard.compress(b"x" * (MAX_BYTES + 1)), "too_large"), (b"no zstd", "bad_compression")):
        with pytest.raises(FeedError) as refused:
            unzstd(body)
        assert refused.value.kind == kind
