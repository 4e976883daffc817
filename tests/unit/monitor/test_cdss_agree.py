"""The compiled CDSS parser equals the plain one on every byte string: valid, damaged or garbage."""

from dataclasses import fields

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kuangan.monitor.feeds import FeedError, PointRegistry, Snapshot, parse_cdss
from kuangan.monitor.feeds.cdss_fast import FastCdss
from tests.unit.monitor.feed_text import AT, GAS, cdss, door, record

VALUES = ["0.32", "1", "1.00", "-0.01", "", "null", "-9999", "-9999.0", "X", "未设置", "故障", "1e-2", "+1", ".5", "5.",
          "0.30000000000000004", "999999999999", "9999999999999", "12.1234567", "-0", "1.5 ", "--"]  # fmt: skip
TIMES = [AT, AT + 30, "2026-02-29 00:00:00", "2024-02-29 23:59:59", "1999-01-01 00:00:00", "2026-01-05 24:00:00",
         "2026-13-01 00:00:00", "2026-04-31 00:00:00", "2026-01-05T08:00:28", "", " 2026-01-05 08:00:28", "2199-12-31 23:59:59",
         "2026-00-10 00:00:00", "2100-02-29 00:00:00", "2026-01-05 08:00:2８"]  # fmt: skip
RECORD = st.builds(
    record,
    st.sampled_from([GAS, GAS[:-1] + "2", GAS[:-1] + "3", "", " " + GAS]),
    st.sampled_from(VALUES) | st.decimals(-10, 10, places=2).map(str),
    place=st.sampled_from(["上隅角", "回风巷", "a||b", "甲；乙"]),
    unit=st.sampled_from(["%CH4", "", "ppm"]),
    status=st.sampled_from(["0", "3", "4", "256", "", "x", "999999999", "1234567890", "-1"]),
    at=st.sampled_from(TIMES[:2]) | st.sampled_from(TIMES),
)
WRAP = st.sampled_from(
    [
        lambda data: data,
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"~", b"~\r\n"),
        lambda data: data[:-2],
        lambda data: data + b" \x00\t",
        lambda data: data.decode().encode("gb18030"),
        lambda data: b'"' + data + b'"',
        lambda data: data.replace(b";", "；".encode(), 5),
        lambda data: data.replace(b"~||", b"||"),
        lambda data: data.replace(b"~", b"~~"),
    ]
)
FILE = st.builds(
    lambda rows, wrap: wrap(cdss(*rows)),
    st.lists(
        RECORD | st.just(door()) | st.just(door() + ";") | st.just(record()) | st.text("a;~|；", max_size=8),
        max_size=12,
    ),
    WRAP,
)


def told(result):
    if isinstance(result, FeedError):
        return result.kind, str(result)
    columns = {field.name: getattr(result, field.name) for field in fields(Snapshot)}
    return {n: (v.dtype.str, v.tolist()) if isinstance(v, np.ndarray) else v for n, v in columns.items()}


def outcome(parse, data):
    try:
        return told(parse(data))
    except FeedError as error:
        return told(error)


def assert_agree(files):
    plain, quick = PointRegistry(), PointRegistry()
    parser = FastCdss(quick)
    for data in files:
        assert outcome(parser.parse, data) == outcome(lambda d: parse_cdss(d, plain), data)
        assert quick.texts == plain.texts


@given(st.lists(FILE, min_size=1, max_size=5))
@settings(max_examples=400, deadline=None)
def test_composed_files(files):
    assert_agree(files)


@given(st.lists(st.tuples(FILE, st.integers(0, 2000), st.binary(max_size=4)), min_size=1, max_size=4))
@settings(max_examples=300, deadline=None)
def test_files_damaged_at_any_place(damaged):
    clean = cdss(record(), door(), record(GAS[:-1] + "2", "0.5"))
    files = [clean]
    for data, place, junk in damaged:
        cut = place % (len(data) + 1)
        files += [
            data[:cut] + junk + data[cut + len(junk) :],
            clean[: cut % len(clean)] + junk + clean[cut % len(clean) :],
        ]
    assert_agree(files)


@given(st.lists(st.binary(max_size=60), max_size=3))
@settings(max_examples=150, deadline=None)
def test_garbage(files):
    assert_agree(files)


def test_a_changed_order_place_and_unit_are_followed():
    two = GAS[:-1] + "2"
    assert_agree(
        [
            cdss(record(), record(two), door()),
            cdss(door(), record(two), record()),
            cdss(record(place="回风巷"), record(two, unit="ppm")),
            cdss(record(), record(two)),
            cdss(record(), record(place="回风巷"), record(), record(two)),
        ]
    )
