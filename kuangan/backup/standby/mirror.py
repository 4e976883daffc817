"""The files of the data folder in a second place, kept up with what changes; what vanished goes one round later.

A mark is only good while all that it stands for lies there, and a file that vanished between two marks is still named by
the older one.
"""

import os
import shutil
import time
from pathlib import Path

from kuangan.backup.taking import NOT_TAKEN
from kuangan.host.heartbeat import beat

LATER = ("content", "history", "journal", "fold")
"""What has its own turn; `fold` is made anew from history and journal."""
LASTING = ("content", "history")
"""Where a file that bears its name is never changed."""
COMPARED = 1 << 20
"""Bytes at the end of a journal's copy that are compared before more is appended: a torn end is written over."""
SETTLED = 2.0
"""Seconds after which a folder's time tells of any later change."""


class Mirror:
    """Keeps ``target`` like ``source``, part by part."""

    def __init__(self, source: Path, target: Path) -> None:
        self.source = source
        self.target = target
        self._known: dict[str, int] = {}
        self._vanished: set[Path] = set()
        self._to_go: set[Path] = set()

    def small(self) -> None:
        """Seals, local values, messages, and whatever a later version puts there."""
        for part in sorted(self.source.iterdir()):
            if part.name in (*LATER, *NOT_TAKEN) or part.name.startswith(".") or part.is_symlink():
                continue
            if part.is_dir():
                self._folder(part.name)
            else:
                self._file(part.name)

    def lasting(self) -> None:
        for part in LASTING:
            self._folder(part, lasting=True)

    def journals(self) -> None:
        for place in sorted(path.name for path in self.source.glob("journal*") if path.is_dir()):
            self._folder(place, grows=True)

    def forget_vanished(self) -> None:
        """Call it after a mark: what had vanished before the mark's moment was looked for goes now."""
        for path in self._to_go:
            path.unlink(missing_ok=True)
        self._to_go, self._vanished = self._vanished, set()

    def _folder(self, name: str, *, lasting: bool = False, grows: bool = False) -> None:
        for folder, folders, files in os.walk(self.source / name):
            beat()
            folders.sort()
            inside = os.path.relpath(folder, self.source)
            changed = Path(folder).stat().st_mtime_ns
            if lasting and self._known.get(inside) == changed:
                continue
            (self.target / inside).mkdir(mode=0o700, parents=True, exist_ok=True)
            shown = {file for file in files if not file.startswith(".")}
            for file in sorted(shown):
                self._file(f"{inside}/{file}", lasting=lasting, grows=grows)
            self._vanished |= {
                path for path in (self.target / inside).iterdir() if path.is_file() and path.name not in shown
            } - self._to_go
            if time.time() - changed / 1e9 > SETTLED:
                self._known[inside] = changed

    def _file(self, name: str, *, lasting: bool = False, grows: bool = False) -> None:
        source, target = self.source / name, self.target / name
        try:
            status = source.stat()
            there = target.stat() if target.exists() else None
            kept = lasting or grows or (there is not None and there.st_mtime_ns == status.st_mtime_ns)
            if kept and there is not None and there.st_size == status.st_size:
                return
            if grows and there is not None and there.st_size < status.st_size and _is_begun(source, target):
                _append(source, target, status.st_size)
            else:
                _copy(source, target)
        except FileNotFoundError:
            return  # merged, or its term was over
        self._to_go.discard(target)


def _is_begun(source: Path, target: Path) -> bool:
    size = target.stat().st_size
    begin = max(0, size - COMPARED)
    with source.open("rb") as first, target.open("rb") as copied:
        first.seek(begin)
        copied.seek(begin)
        return first.read(size - begin) == copied.read()


def _append(source: Path, target: Path, size: int) -> None:
    with source.open("rb") as read, target.open("ab") as write:
        begin = write.tell()
        read.seek(begin)
        while begin < size and (piece := read.read(min(COMPARED, size - begin))):
            write.write(piece)
            begin += len(piece)
        write.flush()
        os.fdatasync(write.fileno())


def _copy(source: Path, target: Path) -> None:
    draft = target.with_name(f".{target.name}.draft")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with source.open("rb") as read, draft.open("wb") as write:
        shutil.copyfileobj(read, write, COMPARED)
        write.flush()
        os.fdatasync(write.fileno())
    shutil.copystat(source, draft)
    draft.chmod(0o600)
    draft.replace(target)
