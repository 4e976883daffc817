"""Logs are kept by time, cut short when they flood, and survive a full disk."""

import gzip
import os
import time
from datetime import date, timedelta

from kuangan.host.logs import log_file
from kuangan.host.logs.console import Console
from kuangan.host.logs.log_file import LINES_A_MINUTE, LogFile
from kuangan.host.logs.packing import cut, pack
from kuangan.host.processes import wait_until
from tests.unit.host.disks import fill, small_disk

YESTERDAY = date.today() - timedelta(days=1)  # noqa: DTZ011 (the day of the machine, as the logs have it)


def left_yesterday(logs, name="web.log", text="gestern\n"):
    place = logs / name
    place.write_text(text)
    moment = time.time() - 86400
    os.utime(place, (moment, moment))
    return place


def test_each_day_has_a_file_and_past_days_are_packed(folder):
    folder.make()
    left_yesterday(folder.logs)
    console = Console(folder.logs)
    console.line("web", "heute", quiet=True)
    packed = folder.logs / f"web-{YESTERDAY}.log.gz"
    assert wait_until(packed.exists, 10)
    assert wait_until(lambda: not packed.with_suffix("").exists(), 5)
    console.close()
    assert gzip.decompress(packed.read_bytes()) == b"gestern\n"
    assert (folder.logs / "web.log").read_text().endswith(" heute\n")
    assert packed.stat().st_mode & 0o077 == 0


def test_a_day_with_too_much_goes_on_in_a_second_file_and_loses_nothing(folder, monkeypatch):
    folder.make()
    monkeypatch.setattr(log_file, "PART_BYTES", 30)
    log = LogFile(folder.logs, "web")
    for number in range(3):
        log.line(f"line {number}")
        log.line(f"more {number}")
    log.close()
    parts = sorted(folder.logs.glob("web*.log"))
    assert len(parts) == 3
    text = "".join(place.read_text() for place in parts)
    assert all(f"line {number}" in text for number in range(3))


def test_a_flood_of_lines_becomes_one_line_with_their_number(folder, capsys):
    folder.make()
    console = Console(folder.logs)
    for number in range(LINES_A_MINUTE + 5000):
        console.line("sweep", f"trouble {number}")
    console.floods["sweep"]._began -= 61
    console.line("sweep", "later")
    console.close()
    lines = (folder.logs / "sweep.log").read_text().splitlines()
    assert len(lines) == LINES_A_MINUTE + 3
    assert "其余只计数" in lines[-3]
    assert "此前另有 5000 行输出未记录" in lines[-2]
    assert lines[-1].endswith("later")
    assert len(capsys.readouterr().out.splitlines()) == LINES_A_MINUTE + 3


def test_the_oldest_logs_go_first_when_all_take_too_much_and_their_names_are_told(folder):
    folder.make()
    for age in (1, 2, 3):
        place = folder.logs / f"web-2026-01-0{age}.log.gz"
        place.write_bytes(b"x" * 100)
        os.utime(place, (age * 1000, age * 1000))
    (folder.logs / "web.log").write_bytes(b"x" * 100)
    assert cut(folder.logs, most=400) == []
    assert cut(folder.logs, most=399) == ["web-2026-01-01.log.gz"]
    assert cut(folder.logs, most=1) == ["web-2026-01-02.log.gz", "web-2026-01-03.log.gz"]
    assert (folder.logs / "web.log").exists()


def test_a_packing_that_was_broken_off_is_begun_again(folder):
    folder.make()
    (folder.logs / ".web-2026-01-01.log.draft").write_bytes(b"half")
    (folder.logs / "web-2026-01-01.log").write_text("whole\n")
    pack(folder.logs)
    assert [place.name for place in folder.logs.iterdir()] == ["web-2026-01-01.log.gz"]


def test_a_full_disk_costs_lines_and_says_how_many():
    with small_disk(4) as disk:
        logs = disk / "logs"
        logs.mkdir()
        log = LogFile(logs, "web")
        log.line("first")
        filler = fill(disk)
        for _ in range(400):
            log.line("y" * 100)
        filler.unlink()
        log._again = 0.0
        log.line("last")
        log.close()
        text = (logs / "web.log").read_text()
        assert "因日志无法写入，此前有" in text
        assert text.splitlines()[-1].endswith("last")
