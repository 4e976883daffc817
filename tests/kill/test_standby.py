"""A standby follows while mines send; the first is killed; the second takes over, whole, and the first may not start again."""

import os
import subprocess
import sys
import time

import pytest

from kuangan.backup.standby.taking_over import ready_mark
from kuangan.base import clock
from kuangan.core import actions
from kuangan.core.models import Attachment, Event
from kuangan.host.data_folder import DataFolder
from kuangan.host.errors import CannotStart
from kuangan.host.processes import wait_until
from kuangan.host.standby.place import fence_of, read_mark
from kuangan.host.standby.watch import standby_lag
from kuangan.monitor.actions import issue_token
from kuangan.monitor.models import FeedFile
from tests.database import use_database
from tests.db.core.test_attachments import png
from tests.db.monitor.feedtext import moment
from tests.db.monitor.mines import make_mine
from tests.kill.platform import Platform
from tests.kill.test_backup import command, kill_server
from tests.kill.test_ingest import MINES, Sender
from tests.kill.test_whole_platform import ALL, Door, settled

pytestmark = pytest.mark.kill

FOLLOWED = (*ALL, "standby")


def test_the_second_takes_over_whole_what_the_first_had_up_to_the_lag(
    platform: Platform, committed_db, monkeypatch, settings
):
    settings.DATA = platform.folder
    monkeypatch.setenv("KUANGAN_DATA", str(platform.folder.root))
    platform.folder.root.mkdir(parents=True, exist_ok=True)
    clock.move(moment("09:00:00"))
    place = platform.home / "standby"
    platform.variables["KUANGAN_STANDBY_DIR"] = str(place)
    platform.start()
    platform.wait_healthy(*FOLLOWED)
    use_database(platform.database())
    senders = [Sender(Door(platform), code, issue_token(actor=None, mine=make_mine(code))) for code in MINES]
    for sender in senders:
        sender.start()
    assert wait_until(lambda: all(len(sender.acknowledged) > 3 for sender in senders), 120)
    actions.save_attachment(actor=actions.system_user(), name="照片.png", content=png())
    before, event = {sender.mine: dict(sender.acknowledged) for sender in senders}, Event.objects.latest("pk").pk
    written = clock.wall_now()
    assert wait_until(lambda: (mark := read_mark(place)) is not None and mark.moment > written, 240, every=0.5), (
        platform.console.read_text()[-3000:]
    )
    monkeypatch.setenv("KUANGAN_STANDBY_DIR", str(place))
    assert wait_until(lambda: "落后" in standby_lag(platform.folder).text, 60)
    time.sleep(0.5)
    platform.kill_supervisor()
    kill_server(platform.folder)
    for sender in senders:
        sender.ending = True
        sender.join(timeout=30)
    first, second = platform.folder, DataFolder(platform.home / "second")
    with pytest.raises(CannotStart, match="主机可能仍在运行"):
        ready_mark(place, first_is_off=False)
    monkeypatch.delenv("KUANGAN_STANDBY_DIR")
    words = ("standby", "promote", str(place), str(second.root), "--first-is-off", "--without-keys")
    assert "备机接管到" in command(platform.home, *words)
    assert command(second.root, "check").endswith("全部完好。\n")
    assert fence_of(place)["folder"] == str(second.root)
    with pytest.raises(CannotStart, match="只能接管一次"):
        ready_mark(place, first_is_off=True)
    environ = {**os.environ, "KUANGAN_DATA": str(first.root), "KUANGAN_STANDBY_DIR": str(place)}
    again = subprocess.run(
        [sys.executable, "-m", "kuangan.cli.main", "up", "--no-demo", "--port", "0", "--ingest-port", "0"],
        env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert again.returncode == 1
    assert "本机不得再启动" in again.stderr
    platform.folder = second
    platform.variables.clear()
    monkeypatch.setenv("KUANGAN_DATA", str(second.root))
    platform.start()
    platform.wait_healthy(*ALL)
    use_database(platform.database())
    assert wait_until(lambda: settled(platform), 120, every=0.5)
    assert Event.objects.filter(pk=event).exists()
    assert Attachment.objects.filter(name="照片.png").exists()
    for code, acknowledged in before.items():
        kept = dict(FeedFile.objects.filter(mine__code=code).values_list("journal_seq", "name"))
        assert acknowledged.items() <= kept.items()
    platform.stop()


def test_a_first_whose_standby_took_over_ends_by_itself(platform: Platform):
    place = platform.home / "standby"
    platform.variables["KUANGAN_STANDBY_DIR"] = str(place)
    platform.start()
    platform.wait_healthy(*FOLLOWED)
    assert wait_until(lambda: read_mark(place) is not None, 240, every=0.5), platform.console.read_text()[-3000:]
    (place / "promoted.json").write_text(f'{{"folder": "/second", "at": "{clock.wall_now()}"}}')
    platform.supervisor.wait(60)
    assert "本机不得再启动" in platform.console.read_text()
