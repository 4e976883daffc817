import subprocess
import sys

import pytest

from kuangan.cli.main import COMMANDS, main


def test_help_names_every_command_and_fits_one_screen(capsys):
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    assert all(f"  {name} " in told for name in COMMANDS)
    assert len(told.splitlines()) <= 24
    assert max(len(line.encode("gb18030")) for line in told.splitlines()) <= 80


def test_without_a_command_the_help_is_shown_and_the_status_says_so(capsys):
    assert main([]) == 2
    assert "用法" in capsys.readouterr().out


def test_help_loads_neither_django_nor_numpy():
    code = (
        "import sys; from kuangan.cli.main import main; main(['--help'])\n"
        "sys.exit(any(name in sys.modules for name in ('django', 'numpy', 'psycopg')))"
    )
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0


def test_an_unknown_command_is_named_with_those_that_exist(capsys):
    assert main(["fly"]) == 2
    assert "没有命令“fly”" in (told := capsys.readouterr().err)
    assert "lawcheck" in told


def test_a_wrong_option_points_to_the_commands_help(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["up", "--fly"])
    assert ended.value.code == 2
    assert "kuangan up --help" in capsys.readouterr().err


def test_a_commands_help_is_chinese(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["up", "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert told.startswith("用法：kuangan up")
    assert "显示本说明" in told


def test_the_version_is_told(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip().count(".") == 2
