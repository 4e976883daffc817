"""The only writer of the journal: a thread that commits groups of frames with one fdatasync each."""

from __future__ import annotations

import fcntl
import os
import threading
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final

import zstandard

from kuangan.monitor.journal.frames import Damage, Encoding, Frame, encode, scan
from kuangan.monitor.journal.segments import contents, first_seq, segment_path, segments

GROUP_FILES: Final = 128
GROUP_BYTES: Final = 32 << 20
SEGMENT_BYTES: Final = 64 << 20


class JournalError(Exception):
    """The journal cannot take files; the message says what to do."""


@dataclass(frozen=True, slots=True)
class TornTail:
    """What a crash left at the end of the last segment; never acknowledged, cut off at opening."""

    path: Path
    offset: int
    bytes_cut: int


@dataclass(slots=True)
class _Waiting:
    frame: Frame
    acknowledged: Future[int]


class Journal:
    """Append-only journal of received files under one folder. Use Journal.open."""

    def __init__(self, root: Path, lock: int, next_seq: int, torn: TornTail | None, damaged: list[Damage]) -> None:
        self.root = root
        self.torn = torn
        self.damaged = damaged
        self.next_seq = next_seq
        self._lock = lock
        self._segment_bytes = SEGMENT_BYTES
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._broken: OSError | None = None
        self._file = -1
        self._size = 0
        self._compress = zstandard.ZstdCompressor(level=1)
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)

    @classmethod
    def open(cls, root: Path, segment_bytes: int = SEGMENT_BYTES) -> Journal:
        """Open for writing; a torn tail is cut and reported in `torn`, damage elsewhere in `damaged`.

        Raises JournalError when another process writes here.
        """
        root.mkdir(parents=True, exist_ok=True)
        lock = os.open(root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise JournalError(f"接收日志 {root} 正由另一个接入进程写入。请先停止那个进程。") from None
        next_seq, torn, damaged = _recover(root)
        journal = cls(root, lock, next_seq, torn, damaged)
        journal._segment_bytes = segment_bytes
        journal._begin_writing()
        return journal

    def append(
        self, *, mine: str, type: str, body: bytes, encoding: Encoding = "identity",  # noqa: A002  # the word of the format
        source_at: int, file_at: int, received_at: int, name: str = "",
    ) -> Future[int]:  # fmt: skip
        """Queue a file; the future gives its sequence number once it is on disk, or the error that kept it off.

        `encoding` tells how `body` came; a zstd body is kept as it is.
        """
        waiting = _Waiting(Frame(0, mine, type, name, source_at, file_at, received_at, encoding, body), Future())
        # an upload that is given up must not cancel a file that is being written
        waiting.acknowledged.set_running_or_notify_cancel()
        with self._closing:
            if self._closed:
                raise JournalError("接收日志已关闭，不再接收文件。")
            self._queue.put(waiting)
        return waiting.acknowledged

    def close(self) -> None:
        """Commit what is queued and stop."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._thread.join()
        os.close(self._file)
        os.close(self._lock)

    def _begin_writing(self) -> None:
        last = segments(self.root)
        path = last[-1] if last else segment_path(self.root, self.next_seq)
        self._open_segment(path)
        self._thread.start()

    def _open_segment(self, path: Path) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._size = os.fstat(self._file).st_size
        _sync_folder(self.root)

    def _run(self) -> None:
        # the next group gathers by itself while the last one is synced, so a lone file never waits
        stopping = False
        while not stopping:
            first = self._queue.get()
            group = [] if first is None else [first]
            stopping = first is None
            size = 0 if first is None else len(first.frame.stored)
            while not stopping and len(group) < GROUP_FILES and size < GROUP_BYTES:
                try:
                    waiting = self._queue.get_nowait()
                except Empty:
                    break
                if waiting is None:
                    stopping = True
                else:
                    group.append(waiting)
                    size += len(waiting.frame.stored)
            if group:
                self._commit(group)

    def _commit(self, group: list[_Waiting]) -> None:
        try:
            numbers = self._write(group)
        except Exception as error:  # noqa: BLE001  (whatever it is, each sender must learn that its file is not kept)
            for waiting in group:
                waiting.acknowledged.set_exception(error)
            return
        for waiting, seq in zip(group, numbers, strict=True):
            waiting.acknowledged.set_result(seq)

    def _write(self, group: list[_Waiting]) -> range:
        if self._broken is not None:
            raise JournalError(f"磁盘拒绝落盘（{self._broken}），接收日志已停写。请检查磁盘后重启接入进程。")
        if self._size >= self._segment_bytes:
            self._open_segment(segment_path(self.root, self.next_seq))
        numbers = range(self.next_seq, self.next_seq + len(group))
        data = b"".join(
            encode(self._compressed(waiting.frame, seq)) for waiting, seq in zip(group, numbers, strict=True)
        )
        try:
            _write_all(self._file, data)
        except OSError:
            os.ftruncate(self._file, self._size)  # a part of a group must not stand before later frames
            raise
        try:
            os.fdatasync(self._file)
        except OSError as error:
            self._broken = error  # after a failed sync the kernel may have dropped the pages: nothing is sure any more
            raise
        self._size += len(data)
        self.next_seq = numbers.stop
        return numbers

    def _compressed(self, frame: Frame, seq: int) -> Frame:
        stored = self._compress.compress(frame.stored) if frame.encoding == "identity" else frame.stored
        return replace(frame, seq=seq, stored=stored)


def _write_all(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def _sync_folder(root: Path) -> None:
    folder = os.open(root, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _recover(root: Path) -> tuple[int, TornTail | None, list[Damage]]:
    """Next sequence number, the torn tail cut from the last segment, and damage between valid frames."""
    paths = segments(root)
    if not paths:
        return 1, None, []
    last = paths[-1]
    next_seq, damaged, end = first_seq(last), [], last.stat().st_size
    with contents(last) as buffer:
        for _, item in scan(buffer, str(last)):
            if isinstance(item, Frame):
                next_seq = item.seq + 1
            else:
                damaged.append(item)
    if not damaged or damaged[-1].stop != end:
        return next_seq, None, damaged
    tail = damaged.pop()
    with last.open("r+b") as file:
        file.truncate(tail.start)
        os.fsync(file.fileno())
    return next_seq, TornTail(last, tail.start, end - tail.start), damaged
