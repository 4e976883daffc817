"""Taking single files into a backup: copied and digested, or linked to the backup before when they can't have changed."""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kuangan.backup.drafts import AFTER_FULL, not_writable
from kuangan.backup.manifest import DATA, write_listing
from kuangan.backup.passphrase import PART, Cipher, pieces, sealed_size
from kuangan.base import space

NOT_TAKEN = ("postgres", "pgsock", "run", "logs", "numba", "inbox", "damaged", "keys", "secret.key")
"""Of a data folder: the database's own files, what is made anew, what is not received yet, what was set aside, the keys."""
LOOK_BYTES = 8 << 20
"""After so many bytes, of whichever files, the room on the disk is looked at."""
SYNCED = 1 << 20
"""Bytes from which on a file is put on disk at once, so that little waits for the end; smaller ones go together then."""


class NoRoomForBackup(Exception):
    """The disk takes no more; what was copied is removed. The message is Chinese."""


@dataclass(frozen=True)
class Former:
    """The backup before: its folder and the digests of its files, empty where it can't be linked to."""

    folder: Path
    digests: dict[str, str] = field(default_factory=dict)


class Taker:
    """Fills the folder of one backup. ``digests`` and ``faults`` grow with it; one bad file never stops the others.

    ``data``: the data folder. A disk that the platform works on, too, is never filled beyond what the platform needs.
    """

    def __init__(self, data: Path, draft: Path, former: Former, cipher: Cipher | None = None) -> None:
        self.data = data
        self.draft = draft
        self.digests: dict[str, str] = {}
        self.faults: list[str] = []
        self.new_size = 0
        self.size = 0
        self._former = former
        self._cipher = cipher
        self._told: set[str] = set()
        self._unlooked = 0
        self._shared = data.stat().st_dev == draft.stat().st_dev

    def take(self, path: str, *, sha256: str = "", lasting: bool = False, bytes_at_most: int | None = None) -> bool:
        """Take a file of the data folder; whether it is there and could be read.

        ``sha256``: what it must be. ``lasting``: what bears this name and has this size is never changed.
        """
        name = f"{DATA}/{path}"
        if name in self.digests:
            return True
        try:
            with (self.data / path).open("rb") as source:
                size = os.fstat(source.fileno()).st_size
                size = size if bytes_at_most is None else min(size, bytes_at_most)
                if lasting and self._linked(name, size):
                    return True
                return self._copied(path, _at_most(pieces(source, PART), size), sha256)
        except FileNotFoundError:
            return False
        except _Unreadable as error:
            self._tell(path, f"不能读取（{error}）")
        except OSError as error:
            self._tell(path, f"不能读取（{error.strerror}）")
        return False

    def has(self, path: str) -> bool:
        """Whether a file of the data folder was taken."""
        return f"{DATA}/{path}" in self.digests

    def is_told(self, path: str) -> bool:
        """Whether a fault tells of the file already."""
        return path in self._told

    def taken_below(self, folder: str) -> list[str]:
        """The files that were taken of one of the data folder's parts."""
        before = f"{DATA}/{folder}/"
        return [name.removeprefix(f"{DATA}/") for name in self.digests if name.startswith(before)]

    def result(self) -> dict[str, Any]:
        """The list of what was taken, written, and what a manifest says of it."""
        return {
            "listing": write_listing(self.draft, self.digests),
            "files": len(self.digests),
            "size": self.size,
            "new_size": self.new_size,
            "faults": self.faults,
        }

    def take_stream(self, name: str, content: Iterator[bytes]) -> None:
        """Take what is made for the backup while it is made. Raises NoRoomForBackup, and what the making raises."""
        self._write(name, self._target(name), content)

    def drop(self, path: str) -> None:
        """Leave out what was taken before."""
        name = f"{DATA}/{path}"
        if self.digests.pop(name, None) is not None:
            self.size -= (self.draft / name).stat().st_size
            (self.draft / name).unlink()

    def _linked(self, name: str, size: int) -> bool:
        known, former = self._former.digests.get(name), self._former.folder / name
        stored = size if self._cipher is None else sealed_size(size)
        try:
            if known is None or former.stat().st_size != stored:
                return False
            os.link(former, self._target(name))
        except OSError:
            return False  # gone, or a disk without links: it is copied
        self._note(name, known, 0)
        self.size += stored
        return True

    def _copied(self, path: str, content: Iterator[bytes], wanted: str) -> bool:
        name, plain = f"{DATA}/{path}", hashlib.sha256()
        target = self._target(name)
        try:
            self._write(name, target, _digesting(content, plain))
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        if wanted and plain.hexdigest() != wanted:
            self.drop(path)
            self._tell(path, "内容与登记的摘要不符，已损坏，未收入备份")
            return False
        return True

    def _tell(self, path: str, fault: str) -> None:
        if path not in self._told:
            self._told.add(path)
            self.faults.append(f"{self.data / path} {fault}")

    def _write(self, name: str, target: Path, content: Iterable[bytes]) -> None:
        stored = hashlib.sha256()
        try:
            with target.open("xb") as file:

                def write(piece: bytes) -> None:
                    self._look_for_room(len(piece))
                    stored.update(piece)
                    file.write(piece)

                if self._cipher is None:
                    for piece in content:
                        write(piece)
                else:
                    self._cipher.seal(iter(content), write)
                file.flush()
                size = file.tell()
                if size >= SYNCED:
                    os.fdatasync(file.fileno())
        except _Unreadable:
            raise
        except OSError as error:
            raise NoRoomForBackup(not_writable(self.draft.parent, error)) from error
        self._note(name, stored.hexdigest(), size)

    def _look_for_room(self, size: int) -> None:
        self._unlooked += size
        if self._unlooked < LOOK_BYTES:
            return
        self._unlooked = 0
        total, _, free = shutil.disk_usage(self.draft)
        if self._shared and free + space.ballast_bytes(self.data) < space.needed(total):
            raise NoRoomForBackup(
                f"{self.draft.parent} 所在磁盘空间不足，而平台也在使用该磁盘，备份已停止。{AFTER_FULL}"
            )

    def _note(self, name: str, sha256: str, copied: int) -> None:
        self.digests[name] = sha256
        self.new_size += copied
        self.size += copied

    def _target(self, name: str) -> Path:
        target = self.draft / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NoRoomForBackup(not_writable(self.draft.parent, error)) from error
        return target


class _Unreadable(Exception):
    """The source broke off while it was read."""


def _digesting(content: Iterator[bytes], into: "hashlib._Hash") -> Iterator[bytes]:
    for piece in content:
        into.update(piece)
        yield piece


def _at_most(content: Iterator[bytes], size: int) -> Iterator[bytes]:
    """The first bytes of a file that may be growing; an error of its disk is told apart from one of the target's."""
    left = size
    while left > 0:
        try:
            piece = next(content, b"")
        except OSError as error:
            raise _Unreadable(error.strerror or os.strerror(error.errno or errno.EIO)) from error
        if not piece:
            return
        yield piece[:left]
        left -= len(piece)
