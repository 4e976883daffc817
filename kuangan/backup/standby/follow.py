"""StandbyLag: the database's records as they are written, the files each round, and a mark when all of it is one whole.

As with a backup: seals first, then a moment of the database, then what its rows name, the journal last.
"""

import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from django.db import Error

import kuangan
from kuangan.backup.manifest import Manifest
from kuangan.backup.snapshot import held_head
from kuangan.backup.standby.mirror import Mirror
from kuangan.base import clock
from kuangan.core.trail.sealing import BACKUP, public_key, sign
from kuangan.host.data_folder import DataFolder
from kuangan.host.errors import CannotStart
from kuangan.host.file_lock import file_lock
from kuangan.host.heartbeat import beat
from kuangan.host.standby.place import FILES, StandbyMark, read_mark, refuse_fenced, write_mark
from kuangan.host.standby.wal import StandbyFault, WalReceiver, purge
from kuangan.host.standby.watch import StandbyLag, note

EVERY = 10.0
"""Seconds from the end of a round to the next one."""
WAL_MOST = 2 << 30
"""Bytes of records after which a new base is taken: taking over must read them all again."""


class Follower:
    """One standby of one data folder."""

    def __init__(self, data: DataFolder, place: Path) -> None:
        self.data, self.place = data, place
        self.mirror = Mirror(data.root, place / FILES)
        mark = read_mark(place)
        if mark is not None and mark.origin != data.key:
            raise CannotStart(f"备机文件夹 {place} 跟随的是另一个数据文件夹；请另指定一个空文件夹")
        self.mark = mark
        self.base = mark.base if mark else ""
        self.receiver = WalReceiver(data, place / (mark.wal if mark else _name("wal")))

    def round(self) -> StandbyMark:
        """Bring the standby up to a moment of now. Raises StandbyFault, OSError or the database's Error."""
        if self.receiver.is_lost():
            self.receiver.drop_slot()
            self.receiver.folder, self.base = self.place / _name("wal"), ""
        self.receiver.keep()
        if not self.base or _bytes(self.receiver.folder) > WAL_MOST:
            base = _name("base")
            self.receiver.take_base(self.place / base, at_once=self.mark is None)
            self.base = base
        self.mirror.small()
        manifest = _manifest()
        position = self.receiver.position()
        self.mirror.lasting()
        self.mirror.journals()
        refuse_fenced(self.data)
        mark = StandbyMark(
            manifest.began_at, position, self.base, self.receiver.folder.name, self.data.key, asdict(manifest)
        )
        write_mark(self.place, mark)
        self._forget(mark)
        return mark

    def _forget(self, mark: StandbyMark) -> None:
        if self.mark is None or self.mark.base != mark.base:
            for path in (*self.place.glob("base-*"), *self.place.glob("wal-*")):
                if path.name not in (mark.base, mark.wal):
                    shutil.rmtree(path, ignore_errors=True)
            purge(self.receiver.folder, self.place / mark.base)
        self.mark = mark
        self.mirror.forget_vanished()


def follow(data: DataFolder, place: Path, is_over: Callable[[], bool]) -> None:
    """Follow until asked to end; a round that fails is noted and tried again. Raises CannotStart when fenced."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with file_lock(data.run / "standby.lock", wait=False):
        follower = Follower(data, place)
        try:
            while not is_over():
                _one_round(follower, data)
                end = time.monotonic() + EVERY
                while time.monotonic() < end and not is_over():
                    beat()
                    time.sleep(0.2)
        finally:
            follower.receiver.end()


def _one_round(follower: Follower, data: DataFolder) -> None:
    began, fault = time.monotonic(), ""
    refuse_fenced(data)
    try:
        follower.round()
    except StandbyFault as error:
        fault = str(error)
    except OSError as error:
        fault = f"备机文件夹 {follower.place} 不能写入（{error.strerror}）；请检查磁盘和网络"
    except Error:
        fault = "数据库没有应答，稍后再试"
    at = follower.mark.at if follower.mark else ""
    note(data, StandbyLag(at, round(time.monotonic() - began, 1), fault))
    if fault:
        print(fault, flush=True)


def _manifest() -> Manifest:
    began, moment, head = clock.wall_now(), clock.now(), held_head()
    manifest = Manifest(
        name="standby",
        kind="standby",
        version=kuangan.__version__,
        began_at=began.isoformat(),
        moment=moment.isoformat(),
        ended_at=began.isoformat(),
        migrations=head.migrations,
        journals=head.journals,
        trail=head.trail,
        key=public_key(),
    )
    return replace(manifest, signature=sign(manifest.to_sign(), BACKUP))


def _name(kind: str) -> str:
    return f"{kind}-{clock.wall_now():%Y%m%d%H%M%S}"


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir()) if folder.is_dir() else 0
