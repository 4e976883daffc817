"""kill -9 of any process of the platform, the supervisor included, at random moments while mines send."""

import random
import time
from contextlib import suppress

import httpx
import pytest
from django.db import OperationalError, connection

from kuangan.base import clock
from kuangan.casework.models import CaseEpisode
from kuangan.host.processes import wait_until
from kuangan.monitor.actions import issue_token
from kuangan.monitor.models import Episode, FeedFile
from tests.database import use_database
from tests.db.monitor.feedtext import moment
from tests.db.monitor.mines import make_mine
from tests.kill.platform import Platform
from tests.kill.test_ingest import MINES, Sender

pytestmark = pytest.mark.kill

ALL = ("postgres", "web", "ingest", "sweep")
VICTIMS = ("postgres", "ingest", "sweep", "web", "supervisor", "ingest", "postgres", "sweep")


class Door:
    """Where the ingest process of a platform listens now, for a sender that outlives it."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._last = platform.address("ingest")

    @property
    def url(self) -> str:
        with suppress(KeyError):
            self._last = self._platform.address("ingest")
        return self._last


def strike(platform: Platform, victim: str) -> None:
    """Kill one and wait until everything is back by itself (the supervisor is started again, as its service would)."""
    if victim == "supervisor":
        platform.kill_supervisor()
        platform.start()
    else:
        platform.kill(victim)
    platform.wait_healthy(*ALL)


def settled(platform: Platform) -> bool:
    """Whether all that was acknowledged is in the database, and every episode was taken into a case."""
    try:
        health = httpx.get(f"{platform.address('ingest')}/health", timeout=5).json()
        waiting = Episode.objects.filter(reacted_at=None).exists()
    except (httpx.TransportError, OperationalError):
        connection.close()
        return False  # the ingest or the database is being started again
    return health["written_seq"] >= health["journal_seq"] and not waiting


def test_whatever_is_killed_nothing_acknowledged_is_lost_and_no_over_limit_is_without_its_case(
    platform: Platform, committed_db, monkeypatch
) -> None:
    monkeypatch.setenv("KUANGAN_DATA", str(platform.folder.root))
    platform.folder.root.mkdir(parents=True, exist_ok=True)
    clock.move(moment("09:00:00"))
    platform.start()
    platform.wait_healthy(*ALL)
    use_database(platform.database())
    senders = [Sender(Door(platform), code, issue_token(actor=None, mine=make_mine(code))) for code in MINES]
    for sender in senders:
        sender.start()
    dice = random.Random(20261124)
    for victim in VICTIMS:
        time.sleep(dice.uniform(0.3, 1.5))
        strike(platform, victim)
    time.sleep(1)
    for sender in senders:
        sender.ending = True
    for sender in senders:
        sender.join(timeout=30)
    use_database(platform.database())  # the test's own connection died with the database
    assert wait_until(lambda: settled(platform), 120, every=0.5)
    for sender in senders:
        kept = dict(FeedFile.objects.filter(mine__code=sender.mine).values_list("journal_seq", "name"))
        assert sender.acknowledged.items() <= kept.items()
    episodes = Episode.objects.filter(withdrawn=False)
    assert episodes.count() == len(set(episodes.values_list("point", "started_at")))
    assert episodes.exists()
    assert set(CaseEpisode.objects.values_list("episode", flat=True)) >= set(episodes.values_list("pk", flat=True))
    platform.stop()
