"""kill -9 of the real ingest process under load: nothing acknowledged is lost, nothing is doubled, it comes back."""

import random
import threading
import time

import httpx
import pytest
import zstandard

from kuangan.base import clock
from kuangan.monitor.actions import issue_token
from kuangan.monitor.history import readings
from kuangan.monitor.models import Episode, FeedFile
from tests.db.monitor.feedtext import cdss, moment, name_of, seconds
from tests.db.monitor.mines import make_mine
from tests.ingest_process import IngestProcess

pytestmark = pytest.mark.kill

MINES = [f"14042390000{number}" for number in range(1, 4)]
FEW, MANY = 2, 5
"""Kills: few with every change, many with the soaks."""
PERIOD = 40
"""Files from one over-limit to the next: more than ten minutes below, so that each is an episode of its own."""
HIGH = range(5, 9)
PER_MINE = 900


def clock_text(number: int) -> str:
    return f"{number // 120:02d}:{number % 120 // 2:02d}:{number % 2 * 30:02d}"


def point(mine: str) -> str:
    return f"{mine}01MN0001000000T0"


def body(mine: str, number: int) -> bytes:
    over = number % PERIOD in HIGH
    return cdss(
        clock_text(number), {point(mine): ("1.20" if over else "0.30", 0)}, mine=mine, place="1301综采工作面回风隅角"
    )


class Sender(threading.Thread):
    """A mine's upload program: sends its files in order, each again until it is acknowledged."""

    def __init__(self, process: IngestProcess, mine: str, token: str) -> None:
        super().__init__(daemon=True)
        self.process, self.mine, self.token = process, mine, token
        self.acknowledged: dict[int, str] = {}
        self.number = 0
        self.ending = False

    def run(self) -> None:
        while not self.ending and self.number < PER_MINE:
            if self._send(self.number):
                self.number += 1
            else:
                time.sleep(0.05)

    def _send(self, number: int) -> bool:
        name = name_of("CDSS", clock_text(number), self.mine)
        headers = {"Authorization": f"Bearer {self.token}", "X-Feed-File": name}
        content = body(self.mine, number)
        if number % 2:
            content, headers["Content-Encoding"] = zstandard.compress(content), "zstd"
        try:
            answer = httpx.post(f"{self.process.url}/api/feeds", content=content, headers=headers, timeout=10)
        except httpx.TransportError:
            return False
        if answer.status_code == 202:
            self.acknowledged[answer.json()["seq"]] = name
        return answer.status_code == 202


@pytest.mark.parametrize("rounds", [FEW, MANY])
def test_kill_9_under_load(rounds, committed_db, tmp_path, monkeypatch):
    monkeypatch.setenv("KUANGAN_DATA", str(tmp_path))
    clock.move(moment("09:00:00"))
    process = IngestProcess(tmp_path, committed_db.url())
    senders = [Sender(process, code, issue_token(actor=None, mine=make_mine(code))) for code in MINES]
    process.start()
    for sender in senders:
        sender.start()
    dice = random.Random(20260302)
    try:
        for _ in range(rounds):
            time.sleep(dice.uniform(0.3, 1.5))
            process.kill()
            process.start()
        time.sleep(0.5)
        for sender in senders:
            sender.ending = True
        for sender in senders:
            sender.join(timeout=20)
        process.settled()
    finally:
        process.kill()
    for sender in senders:
        _check(sender, tmp_path)
    assert sum(sender.number for sender in senders) > rounds * 10


def _check(sender: Sender, root) -> None:
    sent = range(sender.number)
    rows = dict(FeedFile.objects.filter(mine__code=sender.mine).values_list("journal_seq", "name"))
    assert sender.acknowledged.items() <= rows.items()
    taken = FeedFile.objects.filter(mine__code=sender.mine, status__in=("done", "late")).values_list("name", flat=True)
    assert set(taken) >= {name_of("CDSS", clock_text(number), sender.mine) for number in sent}
    assert len(taken) == len(set(taken))
    journalled = max(len(set(taken)), sender.number)
    starts = [moment(clock_text(number)) for number in range(journalled) if number % PERIOD == HIGH.start]
    found = Episode.objects.filter(mine__code=sender.mine, withdrawn=False).order_by("started_at")
    assert list(found.values_list("started_at", flat=True)) == starts
    assert all(episode.readings == len(HIGH) for episode in found if episode.ended_at is not None)
    kept = readings(root / "history", sender.mine, point(sender.mine), seconds("00:00:00"), seconds("09:00:00"))
    assert len(kept.time) == len(set(kept.time.tolist()))
