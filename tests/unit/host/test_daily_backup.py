"""When the supervisor begins the daily backup, and what it says when there is none."""

import json
import os
from datetime import datetime, time, timedelta

import pytest

from kuangan.base.clock import BEIJING, wall_now
from kuangan.base.files import replace_file
from kuangan.host.backup.daily import DailyBackup
from kuangan.host.backup.plan import BackupPlan, backup_plan
from kuangan.host.data_folder import DataFolder
from kuangan.host.errors import CannotStart
from kuangan.host.logs.console import Console
from kuangan.host.processes import wait_until
from kuangan.host.supervisor import Supervisor
from kuangan.host.troubles import spooled


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-12-{text}").replace(tzinfo=BEIJING)


def plan(tmp_path, **environ: str):
    return backup_plan(DataFolder(tmp_path / "data"), environ)


@pytest.mark.parametrize(
    ("now", "last", "following"),
    [
        ("01 02:29", "30", "01"),
        ("01 02:30", "01", "02"),
        ("01 23:59", "01", "02"),
    ],
)
def test_the_hour_of_a_day(tmp_path, now, last, following):
    daily = plan(tmp_path)
    assert f"{daily.last_due(at(now)):%d %H:%M}" == f"{last} 02:30"
    assert f"{daily.next_due(at(now)):%d %H:%M}" == f"{following} 02:30"


def test_the_folder_lies_beside_the_data_folder_or_where_it_is_named_never_inside(tmp_path):
    assert plan(tmp_path).folder == tmp_path / "data-backups"
    assert plan(tmp_path, KUANGAN_BACKUP_DIR=str(tmp_path / "disk")).folder == tmp_path / "disk"
    for inside in ("data", "data/backups"):
        with pytest.raises(CannotStart, match="在数据文件夹之内"):
            plan(tmp_path, KUANGAN_BACKUP_DIR=str(tmp_path / inside))


def test_an_hour_that_is_none_is_said_and_off_is_off(tmp_path):
    with pytest.raises(CannotStart, match="KUANGAN_BACKUP_AT"):
        plan(tmp_path, KUANGAN_BACKUP_AT="25:00")
    off = plan(tmp_path, KUANGAN_BACKUP_AT="off")
    assert (off.last_due(at("01 12:00")), off.next_due(at("01 12:00"))) == (None, None)


def begun_days_ago(folder: DataFolder, days: int) -> None:
    written = json.dumps({"begun_at": (wall_now() - timedelta(days=days)).isoformat()})
    replace_file(folder.run / "backup.json", written.encode())


def test_one_that_was_missed_is_made_up_for_once_and_a_failure_is_told_with_its_reason(tmp_path):
    folder = DataFolder(tmp_path / "data")
    folder.make()
    begun_days_ago(folder, 2)
    supervisor = Supervisor(None, [], Console(folder.logs), folder.run / "status.json")
    environ = {**os.environ, "DATABASE_URL": "nowhere://", "KUANGAN_DATA": str(folder.root)}
    daily = DailyBackup(folder, BackupPlan(tmp_path / "backups", time(2, 30)), supervisor, environ)
    daily.look()
    assert wait_until(lambda: daily.look() or bool(supervisor.spool.open), 60)
    (message,) = [trouble for _, trouble in spooled(folder.run)]
    assert (message.kind, message.call) == ("backup_failed", True)
    assert "postgresql://" in message.text
    assert "一小时后再试" in message.text
    daily.look()
    assert len(list(spooled(folder.run))) == 1


def test_a_folder_that_never_had_one_waits_for_its_first_night(tmp_path):
    folder = DataFolder(tmp_path / "data")
    folder.make()
    supervisor = Supervisor(None, [], Console(folder.logs), folder.run / "status.json")
    daily = DailyBackup(folder, BackupPlan(tmp_path / "backups", time(0, 0)), supervisor, dict(os.environ))
    daily.look()
    assert not (folder.run / "backup.out").exists()
    assert (folder.run / "backup.json").exists()
