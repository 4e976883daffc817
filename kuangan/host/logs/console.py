"""Lines of the processes: on the console with the process's name in front, and in one log file a day each."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from kuangan.host.logs.log_file import Flood, LogFile

COLOURS = (36, 32, 33, 35, 34, 31)


class Console:
    """Where the supervisor's and its children's lines go.

    Neither a console that has gone away nor a full disk is a reason to stop. ``told_cut`` hears the names of logs that
    had to be deleted before their term.
    """

    def __init__(self, logs: Path, screen: TextIO | None = None) -> None:
        self.logs = logs
        self.screen: TextIO | None = sys.stdout if screen is None else screen
        self.coloured = self.screen.isatty()
        self.files: dict[str, LogFile] = {}
        self.floods: dict[str, Flood] = {}
        self.told_cut: Callable[[list[str]], None] = lambda _: None
        self._packing: subprocess.Popen[str] | None = None

    def line(self, name: str, text: str, *, quiet: bool = False) -> None:
        """One line of process `name`; a quiet one is only filed."""
        passes, said = self.floods.setdefault(name, Flood()).admit()
        for shown in (*([said] if said else []), *([text] if passes else [])):
            self._show(name, shown, quiet=quiet)

    def _show(self, name: str, text: str, *, quiet: bool) -> None:
        file = self.files.setdefault(name, LogFile(self.logs, name))
        file.line(text)
        if file.rotated:
            file.rotated = False
            self.pack()
        if quiet:
            return
        moment = time.strftime("%H:%M:%S")
        label = f"{name:<8}"
        if self.coloured:
            label = f"\x1b[{COLOURS[list(self.files).index(name) % len(COLOURS)]}m{label}\x1b[0m"
        self.plain(f"{moment} {label} | {text}")

    def plain(self, text: str) -> None:
        if self.screen is None:
            return
        try:
            self.screen.write(text + "\n")
            self.screen.flush()
        except BrokenPipeError:
            self.screen = None
        except (OSError, ValueError):  # a full disk behind it: this line is lost, the next may pass
            return

    def pack(self) -> None:
        """Let the logs of past days be packed by a process of its own; never waits for it."""
        self.reap()
        if self._packing is None:
            command = [sys.executable, "-m", "kuangan.host.logs.packing", str(self.logs)]
            try:
                self._packing = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
                )
            except OSError:  # it is tried again with the next day
                self._packing = None

    def reap(self) -> None:
        """Take the packing that has ended, and tell what it had to delete."""
        packing = self._packing
        if packing is None or packing.poll() is None:
            return
        self._packing = None
        gone = packing.communicate()[0].split()
        if gone:
            self.told_cut(gone)

    def close(self) -> None:
        """Say what was held back, and close the files."""
        for name, flood in self.floods.items():
            if said := flood.ended():
                self._show(name, said, quiet=True)
        for file in self.files.values():
            file.close()
        if self._packing is not None:
            self._packing.terminate()
            self._packing.communicate()
