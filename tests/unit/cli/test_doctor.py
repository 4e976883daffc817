"""`kuangan doctor` over installations in every state; each result says what to do."""

import json
import socket
from contextlib import contextmanager
from datetime import timedelta

import pytest

from kuangan.base import clock
from kuangan.cli.doctor import command, data, database, programs, work
from kuangan.cli.main import main
from kuangan.core.actions.backups import note_backup, note_trial
from kuangan.core.models import RestoreTrial
from kuangan.host.data_folder import DataFolder
from kuangan.host.machine.result import Condition


@pytest.fixture
def folder(tmp_path):
    """An installation that never ran, its database out of reach."""
    database.unreachable.cache_clear()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("KUANGAN_DATA", str(tmp_path / "data"))
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "KUANGAN_CERTIFICATE"):
            environment.delenv(name, raising=False)
        yield DataFolder(tmp_path / "data")
    database.unreachable.cache_clear()


def told(capsys, *options):
    status = main(["doctor", "--json", *options])
    return status, {result["name"]: result for result in json.loads(capsys.readouterr().out)}


def test_without_a_folder_or_a_database_every_check_says_something_and_nothing_is_made(folder, capsys):
    status, results = told(capsys)
    assert len(results) == sum(len(checks) for _, checks in command.CHECKS)
    assert not folder.root.exists()
    assert results["数据库"]["condition"] == "未查"
    assert all(result["remedy"] for result in results.values() if result["condition"] in {"故障", "注意"})
    assert status == (1 if any(result["condition"] == "故障" for result in results.values()) else 3)


def test_a_database_that_is_named_and_does_not_answer_is_a_fault(folder, capsys):
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", "postgresql://kuangan_app@127.0.0.1:1/kuangan")
        status, results = told(capsys)
    assert status == 1
    assert results["数据库"]["condition"] == "故障"
    assert "DATABASE_URL" in results["数据库"]["remedy"]


def test_a_reachable_database_is_asked_for_version_tables_rights_and_clock(committed_db, folder, capsys):
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", committed_db.url())
        _, results = told(capsys)
    names = ("数据库", "数据库表", "数据库账号", "数据库时钟", "数据库连接", "运行异常", "数据上传")
    assert {name: results[name]["condition"] for name in names} == dict.fromkeys(names, "正常")
    assert "暂定" in results["本地取值"]["text"]
    assert results["备份"]["text"] == "还没有备份"
    assert "restore --rehearse" in results["恢复演练"]["remedy"]


def test_the_last_backup_must_be_there_whole_new_and_with_its_keys(db, tmp_path):
    facts = {"kind": "daily", "fault": "", "is_taken": True}
    now, gone = clock.wall_now(), str(tmp_path / "gone")
    for days, changes, words in (
        (3, {"folder": str(tmp_path)}, "已过 3 天"),
        (2, {"folder": gone}, "现在找不到"),
        (1.9, {"folder": str(tmp_path)}, "不含密钥"),
        (1.85, {"folder": gone, "has_keys": True}, "现在找不到"),
        (1.8, {"folder": str(tmp_path), "fault": "少一个文件"}, "有缺失"),
        (1.7, {"folder": str(tmp_path)}, "最近一次"),
        (1.6, {"folder": str(tmp_path), "kind": "upgrade"}, str(tmp_path)),
    ):
        note_backup(began_at=now - timedelta(days=days), **(facts | changes))
        assert words in work._last_backup(DataFolder(tmp_path)).text
    assert work._last_backup(DataFolder(tmp_path)).condition is Condition.GOOD


def test_a_restore_is_tried_every_three_months(db, tmp_path):
    begun = {"folder": str(tmp_path), "backed_up_at": clock.wall_now(), "seconds": 12}
    note_trial(**begun, fault="")
    assert work._restore_trial(DataFolder(tmp_path)).condition is Condition.GOOD
    RestoreTrial.objects.update(at=clock.wall_now() - timedelta(days=93))
    assert work._restore_trial(DataFolder(tmp_path)).condition is Condition.WARNING
    note_trial(**begun, fault="缺少附件")
    assert work._restore_trial(DataFolder(tmp_path)).condition is Condition.FAULT


def test_a_key_that_others_may_read_or_that_was_cut_is_a_fault(folder):
    (folder.root / "keys").mkdir(parents=True)
    key = folder.root / "keys" / "secrets.key"
    key.write_bytes(b"k" * 32)
    key.chmod(0o600)
    assert data.keys(folder).condition is Condition.GOOD
    key.chmod(0o640)
    assert "其他账号可以读取" in data.keys(folder).text
    key.write_bytes(b"k" * 31)
    assert "长度不对" in data.keys(folder).text


def test_a_file_in_the_folders_place_and_an_open_folder_are_said(folder):
    folder.root.parent.mkdir(exist_ok=True)
    folder.root.touch()
    assert data.account(folder).condition is Condition.FAULT
    folder.root.unlink()
    (folder.root / "journal").mkdir(parents=True, mode=0o755)
    assert data.account(folder).condition is Condition.GOOD
    assert str(folder.root / "journal") in data.permissions(folder).text


def test_a_library_of_another_version_is_named(tmp_path, monkeypatch):
    lock = tmp_path / "base.txt"
    lock.write_text(
        "psutil==0.0.1 \\\n    --hash=sha256:00\nnothing-like-it==1.0\ntzdata==1 ; sys_platform == 'win32' \\\n"
    )
    monkeypatch.setattr(programs, "LOCK", lock)
    said = programs.libraries(DataFolder(tmp_path)).text
    assert "psutil 应为 0.0.1" in said
    assert "nothing-like-it 应为 1.0，实为 未安装" in said
    assert "tzdata" not in said


@contextmanager
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_that_somebody_else_holds_is_a_fault_while_the_platform_does_not_run(folder, capsys, monkeypatch):
    with taken_port() as port:
        monkeypatch.setenv("KUANGAN_WEB_PORT", str(port))
        _, results = told(capsys)
        assert results["端口"]["condition"] == "故障"
        assert str(port) in results["端口"]["text"]


def test_a_check_that_breaks_down_is_a_finding_and_the_others_go_on(folder, capsys, monkeypatch):
    def broken(_):
        raise RuntimeError("boom")

    monkeypatch.setattr(command, "CHECKS", (("程序", (broken, programs.time_zones)),))
    status, results = told(capsys)
    assert status == 1
    assert "RuntimeError boom" in results["broken"]["text"]
    assert results["时区数据"]["condition"] == "正常"
