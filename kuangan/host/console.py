"""Lines of the processes: on the console with the process's name in front, and in one rotating file each."""

import logging
import sys
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

FILE_BYTES = 10 * 1024 * 1024
FILES_KEPT = 5
COLOURS = (36, 32, 33, 35, 34, 31)


class Console:
    """Where the supervisor's and its children's lines go. A console that has gone away is no reason to stop."""

    def __init__(self, logs: Path, screen: TextIO | None = None) -> None:
        self.logs = logs
        self.screen: TextIO | None = sys.stdout if screen is None else screen
        self.coloured = self.screen.isatty()
        self.files: dict[str, RotatingFileHandler] = {}

    def line(self, name: str, text: str, *, quiet: bool = False) -> None:
        """One line of process `name`; a quiet one is only filed."""
        self._file(name).handle(logging.makeLogRecord({"msg": text, "created": time.time()}))
        if quiet:
            return
        moment = time.strftime("%H:%M:%S")
        label = f"{name:<8}"
        if self.coloured:
            label = f"\x1b[{COLOURS[list(self.files).index(name) % len(COLOURS)]}m{label}\x1b[0m"
        self.plain(f"{moment} {label} | {text}")

    def plain(self, text: str) -> None:
        """Text for the console alone."""
        if self.screen is None:
            return
        try:
            self.screen.write(text + "\n")
            self.screen.flush()
        except (OSError, ValueError):
            self.screen = None

    def _file(self, name: str) -> RotatingFileHandler:
        if name not in self.files:
            place = self.logs / f"{name}.log"
            handler = RotatingFileHandler(place, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8")
            handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
            self.files[name] = handler
        return self.files[name]

    def close(self) -> None:
        """Close the files."""
        for handler in self.files.values():
            handler.close()
