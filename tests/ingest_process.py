"""The real ingest process of one data folder, for tests that talk to it from outside."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

START_SECONDS = 240.0
SETTLE_SECONDS = 120.0
"""The first file after a change of the compiled code waits for the compiler."""


def environment(root: Path, database_url: str) -> dict[str, str]:
    """The environment of a child on this data folder and database."""
    return os.environ | {
        "KUANGAN_DATA": str(root),
        "DATABASE_URL": database_url,
        "KUANGAN_PROCESS": "ingest",
    }


def command(*arguments: str) -> list[str]:
    """`kuangan …` of this checkout."""
    return [sys.executable, "-c", "import sys; from kuangan.cli.main import main; sys.exit(main())", *arguments]


class IngestProcess:
    """`kuangan ingest`, started, killed and started again on one port."""

    def __init__(self, root: Path, database_url: str) -> None:
        self.root = root
        self._environment = environment(root, database_url)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.root / "ingest.log").open("ab") as log:
            self._process = subprocess.Popen(
                command("ingest", "--port", str(self.port)), env=self._environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if httpx.get(f"{self.url}/health", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.02)
        raise AssertionError(f"ingest did not start:\n{(self.root / 'ingest.log').read_text()[-3000:]}")

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """End it as the supervisor does; its exit status. One that does not end by itself fails the test."""
        return self._end(signal.SIGTERM)

    def _end(self, number: int) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(number)
        status = self._process.wait(timeout=20)
        self._process = None
        return status

    def settled(self, *, compared: bool = False) -> None:
        """Wait until everything it acknowledged is in the database; `compared`: and its records were looked through."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline:
            health = httpx.get(f"{self.url}/health", timeout=5).json()
            if health["written_seq"] >= health["journal_seq"] and (health["compared"] or not compared):
                return
            time.sleep(0.02)
        raise AssertionError(f"not settled: {health}\n{(self.root / 'ingest.log').read_text()[-3000:]}")
