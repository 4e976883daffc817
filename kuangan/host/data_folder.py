"""Where a running kuangan keeps its state: one folder, `KUANGAN_DATA` (default `var/` of the working folder)."""

import hashlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PRIVATE = (
    *("run", "logs", "keys", "content", "history", "journal", "fold", "numba", "exports"),
    *("messages.jsonl", "demo.json", "clock.json", "secret.key"),
)
"""What of the folder is for its owner alone. Not `inbox`, where senders' accounts put files, nor PostgreSQL's parts."""

RESTORING = "restoring"
"""The mark of a folder into which a backup is being restored; what lies there is not whole yet."""

PRACTICE = "practice"
"""The mark of a folder with a practice city: pages, papers, messages and exports say so, and nothing leaves it."""


@dataclass(frozen=True)
class DataFolder:
    """The data folder and the fixed places inside it; nothing is created by asking for a place."""

    root: Path

    @property
    def run(self) -> Path:
        """Locks and the notes of running processes."""
        return self.root / "run"

    @property
    def logs(self) -> Path:
        """One rotated log file per process."""
        return self.root / "logs"

    @property
    def is_practice(self) -> bool:
        """Whether a practice city lies here."""
        return (self.root / PRACTICE).exists()

    def make(self) -> None:
        """Make the folder and its fixed parts, and close what an earlier version left open to other accounts.

        What root makes can be walked through, not listed, by PostgreSQL's account. Raises OSError, or NotADirectoryError
        where something else stands in the place.
        """
        if not self.root.exists():
            self.root.mkdir(parents=True)
            self.root.chmod(0o711 if os.geteuid() == 0 else 0o700)
        self.run.mkdir(exist_ok=True)
        self.logs.mkdir(exist_ok=True)
        for name in PRIVATE:
            _close(self.root / name)

    @property
    def key(self) -> str:
        """16 hexadecimal digits that stand for this folder's absolute path, for places outside it."""
        return hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]


def data_folder(environ: Mapping[str, str] | None = None) -> DataFolder:
    """The data folder that the environment names, as an absolute path."""
    named = (os.environ if environ is None else environ).get("KUANGAN_DATA") or "var"
    return DataFolder(Path(named).expanduser().resolve())


def _close(place: Path) -> None:
    """Take from all others what they may do with a file or folder of ours."""
    try:
        status = place.lstat()
    except FileNotFoundError:
        return
    if status.st_uid == os.geteuid() and not stat.S_ISLNK(status.st_mode) and status.st_mode & 0o077:
        place.chmod(status.st_mode & 0o700)
