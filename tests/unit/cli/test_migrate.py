import os
import subprocess
import sys

from kuangan.cli.migrate import missing, written
from kuangan.host.database.address import OWNER_ROLE, embedded_address
from kuangan.host.database.postgres import running_server
from tests.unit.host.conftest import open_folder


def kuangan(folder, *arguments):
    environ = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    environ["KUANGAN_DATA"] = str(folder.root)
    command = [sys.executable, "-m", "kuangan.cli.main", *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def test_an_empty_database_is_migrated_once_and_then_left_alone():
    with open_folder() as folder:
        first = kuangan(folder, "migrate")
        assert first.returncode == 0, first.stderr
        assert "core.0001_initial" in first.stdout
        second = kuangan(folder, "migrate")
        assert (second.returncode, second.stdout) == (0, "")
        with running_server(folder):
            assert missing(embedded_address(folder, OWNER_ROLE)) == set()
        assert ("core", "0001_initial") in written()
