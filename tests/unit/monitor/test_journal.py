import errno
import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import zstandard

from kuangan.monitor.journal import (
    Journal,
    JournalError,
    damages,
    expire,
    frame_at,
    frames_of,
    gaps_between,
    gaps_of,
    replay,
)
from kuangan.monitor.journal.frames import Damage

BODY = "149999000001;示例煤矿;2026-01-05 08:00:30~||".encode()


def put(journal, body=BODY, received_at=100, **more):
    return journal.append(
        mine="149999000001", type="CDSS", body=body, source_at=98, file_at=99, received_at=received_at, **more
    )


def test_what_was_acknowledged_is_read_back_in_order(tmp_path):
    journal = Journal.open(tmp_path)
    packed = zstandard.compress(BODY, 5)
    futures = [put(journal, name="甲.txt"), put(journal, packed, encoding="zstd"), put(journal, b"")]
    assert [future.result(5) for future in futures] == [1, 2, 3]
    journal.close()
    first, second, third = replay(tmp_path)
    assert (first.mine, first.type, first.name, first.source_at, first.file_at, first.received_at) == (
        "149999000001", "CDSS", "甲.txt", 98, 99, 100
    )  # fmt: skip
    assert first.content() == second.content() == BODY
    assert second.stored == packed
    assert third.content() == b""
    assert frame_at(tmp_path, 2) == second
    assert frame_at(tmp_path, 4) is None


def test_numbers_go_on_after_reopening_and_across_segments(tmp_path):
    for _ in range(3):
        journal = Journal.open(tmp_path, segment_bytes=300)
        for _ in range(4):
            put(journal).result(5)
        journal.close()
    assert [frame.seq for frame in replay(tmp_path)] == list(range(1, 13))
    assert [frame.seq for frame in replay(tmp_path, from_seq=9)] == [9, 10, 11, 12]
    assert len(list(tmp_path.glob("*.journal"))) > 2


@pytest.mark.parametrize("junk", [b"\0" * 10, b"KJF1", b"KJF1" + b"\xff" * 200])
def test_a_torn_tail_is_cut_and_reported(tmp_path, junk):
    journal = Journal.open(tmp_path)
    put(journal).result(5)
    journal.close()
    (path,) = tmp_path.glob("*.journal")
    whole = path.stat().st_size
    path.write_bytes(path.read_bytes() + junk)
    journal = Journal.open(tmp_path)
    assert (journal.torn.path, journal.torn.offset, journal.torn.bytes_cut) == (path, whole, len(junk))
    assert put(journal).result(5) == 2
    journal.close()
    assert [frame.seq for frame in replay(tmp_path)] == [1, 2]


def test_damage_between_frames_loses_only_what_it_hit(tmp_path):
    journal = Journal.open(tmp_path)
    for _ in range(3):
        put(journal).result(5)
    journal.close()
    (path,) = tmp_path.glob("*.journal")
    raw = bytearray(path.read_bytes())
    length = len(raw) // 3
    raw[length + 60] ^= 0xFF
    path.write_bytes(raw)
    met = []
    assert [frame.seq for frame in replay(tmp_path, on_damage=met.append)] == [1, 3]
    assert met == [Damage(str(path), length, 2 * length)]
    journal = Journal.open(tmp_path)
    assert journal.torn is None
    assert journal.damaged == met
    assert journal.next_seq == 4
    journal.close()


def test_one_writer_only(tmp_path):
    journal = Journal.open(tmp_path)
    with pytest.raises(JournalError, match="另一个接入进程"):
        Journal.open(tmp_path)
    journal.close()
    with pytest.raises(JournalError, match="已关闭"):
        put(journal)
    Journal.open(tmp_path).close()


def test_expiry_spares_the_last_segment_the_recent_and_the_unprocessed(tmp_path):
    journal = Journal.open(tmp_path, segment_bytes=1)
    for received_at in (100, 200, 300, 400):
        put(journal, received_at=received_at).result(5)
    journal.close()
    assert expire(tmp_path, before=200, cursor=99) != []
    assert [frame.seq for frame in replay(tmp_path)] == [2, 3, 4]
    assert expire(tmp_path, before=1000, cursor=2) == []
    assert len(expire(tmp_path, before=1000, cursor=3)) == 1
    assert len(expire(tmp_path, before=1000, cursor=99)) == 1
    assert [frame.seq for frame in replay(tmp_path)] == [4]


WRITER = """
import hashlib, os, random, sys
from pathlib import Path
from kuangan.monitor.journal import Journal
journal = Journal.open(Path(sys.argv[1]), segment_bytes=200_000)
while True:
    bodies = [random.randbytes(random.randrange(1, 5000)) for _ in range(20)]
    futures = [journal.append(mine="149999000001", type="CDSS", body=b, source_at=0, file_at=0, received_at=0) for b in bodies]
    for body, future in zip(bodies, futures):
        print(future.result(), hashlib.sha256(body).hexdigest(), flush=True)
"""


def test_kill_9_loses_no_acknowledged_frame(tmp_path):
    acknowledged = {}
    for _ in range(4):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        acknowledged |= dict([process.stdout.readline().split()])  # it runs
        time.sleep(random.uniform(0.02, 0.25))
        os.kill(process.pid, signal.SIGKILL)
        out, _ = process.communicate()
        acknowledged |= dict(line.split() for line in out.splitlines(keepends=True) if line.endswith("\n"))
    journal = Journal.open(Path(tmp_path))
    journal.close()
    kept = {str(frame.seq): hashlib.sha256(frame.content()).hexdigest() for frame in replay(tmp_path)}
    assert len(acknowledged) > 50
    assert {seq: kept.get(seq) for seq in acknowledged} == acknowledged
    assert list(map(int, kept)) == list(range(1, len(kept) + 1))


class Disk:
    """fdatasync and write at the boundary to the operating system, which fail as long as they are told to."""

    def __init__(self, monkeypatch, call, number):
        self.left, self._real, self._number = 0, getattr(os, call), number
        monkeypatch.setattr(os, call, self)

    def __call__(self, *arguments):
        if self.left:
            self.left -= 1
            raise OSError(self._number, os.strerror(self._number))
        return self._real(*arguments)


@pytest.mark.parametrize(("call", "number"), [("fdatasync", errno.EIO), ("write", errno.EIO), ("write", errno.ENOSPC)])
def test_a_failed_write_or_sync_acknowledges_nothing_and_goes_on_by_itself(tmp_path, monkeypatch, call, number):
    journal = Journal.open(tmp_path)
    assert put(journal).result(5) == 1
    disk = Disk(monkeypatch, call, number)
    disk.left = 1
    with pytest.raises(JournalError, match="磁盘"):
        put(journal).result(5)
    assert journal.fault is not None
    assert put(journal).result(5) == 3
    assert journal.fault is None
    journal.close()
    assert [frame.seq for frame in replay(tmp_path)] == [1, 3]
    gaps = []
    assert [frame.seq for frame in replay(tmp_path, 1, on_gap=gaps.append)] == [1, 3]
    assert gaps == []  # the journal itself says that nobody got number 2
    assert len(list(tmp_path.glob("*.journal"))) == 2
    journal = Journal.open(tmp_path)
    assert put(journal).result(5) == 4
    journal.close()


def test_the_journal_notices_by_itself_that_the_disk_writes_again(tmp_path, monkeypatch):
    journal = Journal.open(tmp_path)
    monkeypatch.setattr("kuangan.monitor.journal.writer.TRY_AGAIN_SECONDS", 0.01)
    disk = Disk(monkeypatch, "fdatasync", errno.EIO)
    disk.left = 3
    with pytest.raises(JournalError):
        put(journal).result(5)
    deadline = time.monotonic() + 10
    while journal.fault is not None and time.monotonic() < deadline:
        time.sleep(0.005)
    assert (journal.fault, disk.left) == (None, 0)
    journal.close()


FULL = """
import resource, sys
from pathlib import Path
from kuangan.monitor.journal import Journal, JournalError
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
journal = Journal.open(Path(sys.argv[1]))
for number in range(30):
    try:
        print(journal.append(mine="149999000001", type="CDSS", body=bytes(3000 + number), encoding="zstd", source_at=0,
            file_at=0, received_at=0).result(10), flush=True)
    except JournalError as error:
        print("refused", error, flush=True)
"""


def test_a_file_that_may_not_grow_any_more_is_followed_by_another(tmp_path):
    out = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=True).stdout
    kept = [int(line) for line in out.splitlines() if line.isdigit()]
    assert "refused 磁盘拒绝写入" in out
    assert len(kept) > 20
    assert [frame.seq for frame in replay(tmp_path)] == kept


def test_numbers_given_before_are_never_given_again(tmp_path):
    journal = Journal.open(tmp_path)
    put(journal).result(5)
    assert journal.go_on_after(1) is None
    assert (journal.go_on_after(7).first, journal.next_seq) == (2, 8)
    assert put(journal).result(5) == 8
    journal.close()
    gaps = []
    assert [frame.seq for frame in replay(tmp_path, 1, on_gap=gaps.append)] == [1, 8]
    assert [(gap.first, gap.last) for gap in gaps] == [(2, 7)]


def test_gaps_between_segments_are_found_without_reading_them(tmp_path):
    journal = Journal.open(tmp_path, segment_bytes=1)
    for _ in range(5):
        put(journal).result(5)
    journal.close()
    assert list(gaps_between(tmp_path)) == []
    sorted(tmp_path.glob("*.journal"))[2].unlink()
    assert [(gap.first, gap.last) for gap in gaps_between(tmp_path)] == [(3, 3)]
    assert [frame.seq for frame in frames_of(tmp_path, {2, 3, 4})] == [2, 4]


def test_the_numbers_in_damaged_bytes_are_known_by_their_neighbours(tmp_path):
    journal = Journal.open(tmp_path)
    for _ in range(5):
        put(journal).result(5)
    journal.close()
    (path,) = tmp_path.glob("*.journal")
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    (damage,) = damages(path)
    assert [(gap.first, gap.last, gap.damage) for gap in gaps_of(damage)] == [(3, 3, damage)]


@pytest.mark.parametrize("content", [b"", b"\xff" * 32, b"zz" * 16])
def test_a_damaged_name_of_the_journal_is_no_name(tmp_path, content):
    journal = Journal.open(tmp_path)
    journal.become("0123456789abcdef" * 2)
    assert journal.identity == "0123456789abcdef" * 2
    (tmp_path / "identity").write_bytes(content)
    assert journal.identity == ""
    journal.close()
