"""Whether a Python fits a bundle; the systemd service as files below a root."""

import configparser
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kuangan.cli.main import main
from kuangan.host.errors import CannotStart
from kuangan.host.install.bundle import files_of
from kuangan.host.install.fits import MADE_FOR, trouble
from kuangan.host.install.service import SystemService, check, unit_text


@pytest.mark.parametrize(
    ("version", "machine", "words"),
    [
        ((3, 10), "x86_64", "需要 3.11 或更新版本"),
        ((3, 11), "x86_64", ""),
        ((3, 12), "x86_64", "适用于 Python 3.11、3.13，本机是 3.12"),
        ((3, 13), "aarch64", "适用于 x86_64 处理器，本机是 aarch64"),
    ],
)
def test_a_bundle_says_which_machine_and_python_it_is_for(tmp_path, version, machine, words):
    (tmp_path / MADE_FOR).write_text(json.dumps({"machine": "x86_64", "python": ["3.11", "3.13"]}))
    said = trouble(tmp_path, version, machine)
    assert words in said
    assert bool(said) == bool(words)


def test_without_a_bundle_only_the_version_counts(tmp_path):
    assert trouble(tmp_path / "none", (3, 14), "riscv64") == ""


def test_what_python_makes_by_itself_and_links_stay_out_of_a_bundle(tmp_path):
    for name in ("a/b.py", "a/__pycache__/b.pyc", "c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "away").symlink_to("/etc/passwd")
    assert [path.relative_to(tmp_path).as_posix() for path in files_of(tmp_path)] == ["c.txt", "a/b.py"]


def unit(service):
    parser = configparser.RawConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read_string(unit_text(service))
    return parser["Service"]


def test_the_unit_runs_as_an_ordinary_account_in_its_own_folder_and_is_watched():
    said = unit(SystemService(account="mines", data=Path("/srv/mines")))
    assert said["User"] == said["Group"] == "mines"
    assert said["WorkingDirectory"] == "/srv/mines"
    assert said["ReadWritePaths"] == "/srv/mines /srv/mines-backups"
    assert "KUANGAN_DATA=/srv/mines" in said["Environment"]
    assert said["ExecStart"].startswith(f"{sys.prefix}/bin/kuangan up --no-demo")
    assert (said["Type"], said["Restart"], said["NoNewPrivileges"], said["CapabilityBoundingSet"]) == (
        *("notify", "always", "yes", ""),
    )


def test_systemd_takes_the_unit(tmp_path):
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("本机没有 systemd-analyze，未核对单元文件")
    place = tmp_path / "kuangan.service"
    place.write_text(unit_text(SystemService(account="root", data=tmp_path)))  # an account and a folder that exist here
    said = subprocess.run([program, "verify", str(place)], capture_output=True, text=True, check=False)
    assert [line for line in said.stderr.splitlines() if "kuangan.service" in line] == []


def test_install_writes_below_a_root_keeps_settings_and_uninstall_keeps_data(tmp_path, capsys):
    options = ["--root", str(tmp_path), "--data", "/srv/mines"]
    assert main(["service", "install", *options]) == 0
    told = capsys.readouterr().out
    assert "systemctl enable --now kuangan" in told
    written = tmp_path / "etc/systemd/system/kuangan.service"
    assert "WorkingDirectory=/srv/mines" in written.read_text()
    settings = tmp_path / "etc/kuangan/kuangan.env"
    assert settings.stat().st_mode & 0o077 == 0
    settings.write_text("KUANGAN_WEB_PORT=9000\n")
    assert main(["service", "install", *options]) == 0
    assert settings.read_text() == "KUANGAN_WEB_PORT=9000\n"
    assert (tmp_path / "srv/mines").is_dir()
    capsys.readouterr()
    assert main(["service", "uninstall", *options]) == 0
    assert not written.exists()
    assert "保留数据文件夹 /srv/mines" in capsys.readouterr().out
    assert (tmp_path / "srv/mines").is_dir()
    assert main(["service", "uninstall", *options]) == 0
    assert "没有安装" in capsys.readouterr().out


def test_print_writes_nothing(tmp_path, capsys):
    assert main(["service", "install", "--print", "--root", str(tmp_path)]) == 0
    assert "[Install]" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("service", "words"),
    [
        (SystemService(account="root"), "不能是 root"),
        (SystemService(account="a b"), "账号名“a b”不合适"),
        (SystemService(data=Path("var")), "须写成绝对路径"),
        (SystemService(data=Path("/srv/a b")), "有空格或引号"),
    ],
)
def test_what_a_unit_cannot_carry_is_refused_in_words(service, words):
    with pytest.raises(CannotStart, match=words):
        check(service)
