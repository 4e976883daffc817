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

from kuangan.monitor.journal import Journal, JournalError, expire, frame_at, replay
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
