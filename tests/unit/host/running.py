"""A supervisor of a test's own small processes, seen from outside."""

import json
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from kuangan.host.processes import wait_until

SCRIPT = Path(__file__).with_name("supervised.py")


class Supervised:
    """A running supervisor of the test's own processes."""

    def __init__(self, folder, names):
        folder.make()
        self.status_file = folder.run / "status.json"
        command = [sys.executable, str(SCRIPT), str(folder.logs), str(self.status_file), *names]
        self.console = folder.root / "console.txt"
        with self.console.open("wb") as screen:
            self.process = subprocess.Popen(command, stdout=screen, stderr=subprocess.STDOUT)

    def children(self):
        try:
            return json.loads(self.status_file.read_text())["children"]
        except FileNotFoundError:
            return {}

    def pid(self, name, *, after=None):
        """The number of a child once it runs (again, when `after` is its former number)."""

        def found():
            return self.children().get(name, {}).get("pid") not in {None, after}

        assert wait_until(found, 10), self.console.read_text()
        return self.children()[name]["pid"]

    def says(self, text):
        return wait_until(lambda: text in self.console.read_text(), 10)

    def end(self, number=signal.SIGTERM):
        """Seconds from the signal to the supervisor's end, and its status."""
        began = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(10), time.monotonic() - began


@contextmanager
def supervised(folder, *names):
    found = Supervised(folder, names)
    try:
        yield found
    finally:
        if found.process.poll() is None:
            found.process.kill()
            found.process.wait()
