"""Where a running kuangan keeps its state: one folder, `KUANGAN_DATA` (default `var/` of the working folder)."""

import hashlib
import os
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

    @property
    def key(self) -> str:
        """16 hexadecimal digits that stand for this folder's absolute path, for places outside it."""
        return hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]


def data_folder(environ: dict[str, str] | None = None) -> DataFolder:
    """The data folder that the environment names, as an absolute path."""
    named = (os.environ if environ is None else environ).get("KUANGAN_DATA") or "var"
    return DataFolder(Path(named).expanduser().resolve())
