"""Where a running kuangan keeps its state: one folder, `KUANGAN_DATA` (default `var/` of the working folder)."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


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

    def make(self) -> None:
        """Make the folder and its fixed parts. What root makes can be walked through, not listed, by PostgreSQL's account."""
        if not self.root.exists():
            self.root.mkdir(parents=True)
            self.root.chmod(0o711 if os.geteuid() == 0 else 0o700)
        self.run.mkdir(exist_ok=True)
        self.logs.mkdir(exist_ok=True)

    @property
    def key(self) -> str:
        """16 hexadecimal digits that stand for this folder's absolute path, for places outside it."""
        return hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]


def data_folder(environ: Mapping[str, str] | None = None) -> DataFolder:
    """The data folder that the environment names, as an absolute path."""
    named = (os.environ if environ is None else environ).get("KUANGAN_DATA") or "var"
    return DataFolder(Path(named).expanduser().resolve())
