"""A backup taken while mines send, the loss of everything, a restore: nothing acknowledged before the backup is missing."""

import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from kuangan.base import clock
from kuangan.core.models import Backup, RestoreTrial
from kuangan.host.data_folder import DataFolder
from kuangan.host.processes import wait_until, working_in
from kuangan.monitor.actions import issue_token
from kuangan.monitor.models import FeedFile
from tests.database import use_database
from tests.db.monitor.feedtext import moment
from tests.db.monitor.mines import make_mine
from tests.kill.platform import Platform
from tests.kill.test_ingest import MINES, Sender
from tests.kill.test_whole_platform import ALL, Door, settled

pytestmark = pytest.mark.kill

FEW = 3
"""Files of each mine that are acknowledged when the backup begins, at the least."""


def command(root: Path, *words: str) -> str:
    """What a command on a data folder says; it must succeed."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "KUANGAN_"))}
    environ |= {"KUANGAN_DATA": str(root), "KUANGAN_TEST_CLOCK": "1"}
    ended = subprocess.run(
        [sys.executable, "-m", "kuangan.cli.main", *words], env=environ, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def kill_server(folder: DataFolder) -> None:
    """Kill -9 what the supervisor's end left of the database, which would still write while its files go."""
    for server in working_in(folder.root / "postgres"):
        with suppress(psutil.NoSuchProcess):
            server.kill()
    assert wait_until(lambda: not any(working_in(folder.root / "postgres")), 10)


def test_what_was_acknowledged_before_a_backup_under_load_outlives_the_loss_of_everything(
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
    assert wait_until(lambda: all(len(sender.acknowledged) > FEW for sender in senders), 120)
    before = {sender.mine: dict(sender.acknowledged) for sender in senders}
    passphrase = platform.home / "passphrase"
    passphrase.write_text("correct horse battery")
    place, secret = platform.home / "backups", ("--passphrase-file", str(passphrase))
    assert "备份完成" in command(platform.folder.root, "backup", str(place), *secret)
    (backup,) = place.glob("2*")
    time.sleep(0.5)
    platform.kill_supervisor()
    kill_server(platform.folder)
    for sender in senders:
        sender.ending = True
        sender.join(timeout=30)
    shutil.rmtree(platform.folder.root)
    restored = DataFolder(platform.home / "restored")
    assert "以前已确认的内容全部在内" in command(platform.home, "restore", str(backup), str(restored.root), *secret)
    assert command(restored.root, "check").endswith("全部完好。\n")
    platform.folder = restored
    monkeypatch.setenv("KUANGAN_DATA", str(restored.root))
    platform.start()
    platform.wait_healthy(*ALL)
    use_database(platform.database())
    assert wait_until(lambda: settled(platform), 120, every=0.5)
    for code, acknowledged in before.items():
        kept = dict(FeedFile.objects.filter(mine__code=code).values_list("journal_seq", "name"))
        assert acknowledged.items() <= kept.items()
    assert "恢复演练通过" in command(restored.root, "restore", str(backup), "--rehearse")
    assert RestoreTrial.objects.get().fault == ""
    assert [path.name for path in place.glob(".trial*")] == []
    assert not Backup.objects.exists()  # its own row was written after it
    platform.stop()
