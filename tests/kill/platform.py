"""The whole platform as real processes in a temporary data folder, to be killed by tests.

A test starts it with `Platform.start`, loads it through its addresses or its database, kills a process by its name,
and waits with `wait_healthy` until everything is back without help.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from kuangan.host.data_folder import DataFolder
from kuangan.host.database.address import APP_ROLE, OWNER_ROLE, DatabaseAddress, embedded_address
from kuangan.host.ports import accepts
from kuangan.host.processes import process, wait_until, with_environment
from kuangan.host.up import MARK

START_SECONDS = 240
"""Patience only: a busy machine takes long to start everything."""
LISTENERS = ("web", "ingest")


class Platform:
    """`kuangan up` over a data folder of its own; `options` are those of the command."""

    def __init__(self, *options: str) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="kuangan-kill-"))
        self.home.chmod(0o711)
        self.folder = DataFolder(self.home / "data")
        self.options = options
        self.program: tuple[str, ...] = ("-m", "kuangan.cli.main")
        self.variables: dict[str, str] = {}
        self.console = self.home / "console.txt"
        self.supervisor: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it (again) on free ports, without waiting."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "KUANGAN_"))}
        environ["KUANGAN_DATA"], environ["KUANGAN_TEST_CLOCK"] = str(self.folder.root), "1"
        environ |= self.variables
        command = [sys.executable, *self.program, "up", "--port", "0", "--ingest-port", "0", *self.options]
        with self.console.open("ab") as screen:
            self.supervisor = subprocess.Popen(command, env=environ, stdout=screen, stderr=subprocess.STDOUT)

    def status(self) -> dict:
        """What the supervisor says of its children; empty while there is none."""
        try:
            found = json.loads((self.folder.run / "status.json").read_text())
        except FileNotFoundError:
            return {}
        return found if self.supervisor is not None and found["pid"] == self.supervisor.pid else {}

    def pid(self, name: str) -> int | None:
        """The number of a child that runs now."""
        number = self.status().get("children", {}).get(name, {}).get("pid")
        return number if number is not None and process(number) is not None else None

    def address(self, name: str) -> str:
        """Where `web` or `ingest` listens, as a URL."""
        return self.status()["addresses"][name]

    def database(self, *, owner: bool = False) -> DatabaseAddress:
        """The database as one of its two roles."""
        return embedded_address(self.folder, OWNER_ROLE if owner else APP_ROLE)

    def is_healthy(self, names: tuple[str, ...]) -> bool:
        """Whether the named children run and those that listen answer."""
        if not all(self.pid(name) for name in names):
            return False
        places = [urlsplit(self.address(name)) for name in names if name in LISTENERS]
        return all(accepts(place.hostname, place.port) for place in places)

    def wait_healthy(self, *names: str, seconds: float = START_SECONDS) -> None:
        """Return when everything named is back; fails with the console's last lines."""
        if not wait_until(lambda: self.is_healthy(names), seconds, every=0.1):
            raise AssertionError("not healthy:\n" + self.console.read_text()[-4000:])

    def kill(self, name: str) -> int:
        """Kill -9 a child; its number. Returns when the number is free, so that waiting means the next one."""
        number = self.pid(name)
        assert number is not None, f"{name} does not run"
        os.kill(number, signal.SIGKILL)
        assert wait_until(lambda: self.pid(name) != number, 10)
        return number

    def kill_supervisor(self) -> None:
        """Kill -9 the supervisor; fails when a process of its children is still there after 5 seconds."""
        self.supervisor.kill()
        self.supervisor.wait()
        assert wait_until(lambda: not self.processes(), 5), self.processes()

    def processes(self) -> list[psutil.Process]:
        """All living processes that this platform started, its database's excepted."""
        return list(with_environment(MARK, self.folder.key))

    def stop(self) -> float:
        """Seconds from Ctrl-C to the end of everything."""
        began = time.monotonic()
        self.supervisor.send_signal(signal.SIGINT)
        assert self.supervisor.wait(30) == 0, self.console.read_text()[-4000:]
        return time.monotonic() - began

    def remove(self) -> None:
        """End what is left and delete the folder."""
        if self.supervisor is not None and self.supervisor.poll() is None:
            self.supervisor.kill()
            self.supervisor.wait()
        wait_until(lambda: not self.processes(), 5)
        shutil.rmtree(self.home, ignore_errors=True)
