"""What keeps `kuangan up` from starting is said in one Chinese sentence with the remedy, and ends it at once."""

import json
import os
import socket
import subprocess
import sys

import pytest

from kuangan.base import space
from kuangan.host.data_folder import DataFolder
from tests.unit.host.disks import MB, fill, small_disk

DEMO = {"accounts": [], "password": "p"}


def up(root, *options, **variables):
    """The exit status and the one line that `kuangan up` says; nothing that it starts outlives it."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "KUANGAN_"))}
    environ |= {"KUANGAN_DATA": str(root), **variables}
    ended = subprocess.run(
        [sys.executable, "-m", "kuangan.cli.main", "up", "--port", "0", "--ingest-port", "0", *options],
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    (line,) = ended.stderr.splitlines()
    assert not ended.stdout
    return ended.returncode, line


def refused(root, *options, **variables):
    status, line = up(root, *options, **variables)
    assert status == 1
    assert "Traceback" not in line
    return line


def test_a_data_folder_that_is_a_file(folder):
    folder.root.write_text("")
    assert "的位置上是一个文件；请移走它" in refused(folder.root)


def test_a_data_folder_below_a_file(folder):
    folder.root.write_text("")
    assert "的位置上是一个文件；请移走它" in refused(folder.root / "below")


def test_a_read_only_data_folder():
    with small_disk(4, options="mode=711,ro") as place:
        assert "不能写入" in refused(place)
        assert "只读方式挂载" in refused(place / "data")


def test_a_disk_that_is_full_at_the_start():
    with small_disk(200) as place:
        DataFolder(place / "data").make()
        fill(place, leave=20 * MB + MB // 2)
        line = refused(place / "data")
        assert "只剩 20 MB 空间" in line
        assert f"至少 {space.needed(200 * MB) // MB} MB" in line


def test_a_full_disk_whose_ballast_is_room_enough_is_started(folder):
    with small_disk(400) as place:
        data = DataFolder(place / "data")
        data.make()
        assert space.take_in(data.root)
        fill(place, leave=40 * MB)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            line = refused(data.root, "--port", str(taken.getsockname()[1]))
        assert "已被其他程序占用" in line
        assert space.ballast_bytes(data.root) == 0


def test_no_room_for_compiled_code(folder):
    with small_disk(2) as place:
        assert "只剩" in refused(folder.root, NUMBA_CACHE_DIR=str(place))
        fill(place)
        line = refused(folder.root, NUMBA_CACHE_DIR=str(place / "numba"))
        assert line.startswith(f"未能启动：编译缓存文件夹 {place / 'numba'}")


def test_a_taken_port(folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"端口 {port} 已被其他程序占用" in refused(folder.root, "--port", str(port))
        assert "请用 --ingest-port 另选" in refused(folder.root, "--ingest-port", str(port)).replace("，或用", "；请用")


@pytest.mark.parametrize("content", ["", "\0" * 40, '{"wall": 1', "[]", '{"wall": null, "moved": 1, "rate": 1}'])
@pytest.mark.parametrize("name", ["clock.json", "demo.json"])
def test_an_empty_or_cut_small_file_is_named_with_the_remedy(folder, name, content):
    folder.make()
    (folder.root / "demo.json").write_text(json.dumps(DEMO))
    (folder.root / name).write_text(content)
    line = refused(folder.root)
    assert str(folder.root / name) in line
    assert "请删除该文件" in line or "请从备份恢复" in line


def test_an_empty_secret_key_is_named_with_the_remedy(folder):
    folder.make()
    (folder.root / "secret.key").write_text("")
    assert "secret.key 是空文件，请从备份恢复" in refused(folder.root)
    (folder.root / "secret.key").write_text("short")
    assert "secret.key 内容已损坏，请从备份恢复" in refused(folder.root)


def test_real_work_refuses_the_folder_of_a_demonstration(folder):
    folder.make()
    (folder.root / "demo.json").write_text(json.dumps(DEMO))
    assert "是演示城市的数据" in refused(folder.root, "--no-demo")


def test_an_account_for_the_database_that_does_not_exist(folder):
    if os.geteuid() != 0:
        pytest.skip("only root runs PostgreSQL under another account")
    assert "不存在；请建立该账号" in refused(folder.root, "--no-demo", KUANGAN_POSTGRES_USER="no-such-account")


def test_a_short_secret_key_of_the_environment(folder):
    assert "请给出至少50个随机字符" in refused(folder.root, KUANGAN_SECRET_KEY="short")


def test_a_database_address_that_is_none(folder):
    line = refused(folder.root, "--no-demo", DATABASE_URL="mysql://ann:hunter2@db/mines")
    assert "DATABASE_URL 须以 postgresql:// 开头" in line
    assert "hunter2" not in line
    assert "端口须为" in refused(folder.root, "--no-demo", DATABASE_URL="postgresql://ann@db:x/mines")


def test_a_database_that_is_not_there(folder):
    folder.make()
    environ = os.environ | {"KUANGAN_DATA": str(folder.root), "DATABASE_URL": "postgresql://ann:hunter2@127.0.0.1:1/m"}
    environ.pop("DATABASE_OWNER_URL", None)
    command = [sys.executable, "-m", "kuangan.cli.main", "migrate"]
    ended = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert "无法连接数据库 m（127.0.0.1:1，用户 ann）" in line
    assert "hunter2" not in line
