"""When the supervisor begins the daily backup, and what it says when there is none."""

from datetime import datetime

import pytest

from kuangan.base.clock import BEIJING
from kuangan.host.backup.plan import backup_plan
from kuangan.host.data_folder import DataFolder
from kuangan.host.errors import CannotStart


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
