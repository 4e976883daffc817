"""The only writer of the journal: a thread that commits groups of frames with one fdatasync each."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final

import zstandard

from kuangan.base.files import replace_file
from kuangan.monitor.journal.faults import JournalError, JournalFault
from kuangan.monitor.journal.frames import Encoding, Frame, encode, note_of
from kuangan.monitor.journal.opening import GROUP_FILES, OpenedJournal, recover
from kuangan.monitor.journal.segments import Gap, segment_path, segments

GROUP_BYTES: Final = 32 << 20
SEGMENT_BYTES: Final = 64 << 20
IDENTITY: Final = "identity"
"""The file that holds the journal's own name, 32 hexadecimal digits."""
TRY_AGAIN_SECONDS: Final = 1.0
"""After a failure the journal tries by itself whether it can write again, also when nobody sends."""
ROOM_BYTES: Final = 16 << 20
"""Free bytes that a disk which was full must have before files are taken again."""
_NAME_DIGITS: Final = 32
_HEX: Final = frozenset("0123456789abcdef")


@dataclass(slots=True)
class _Waiting:
    frame: Frame
    acknowledged: Future[int]


class Journal:
    """Append-only journal of received files under one folder. Use Journal.open.

    After an error of the disk the group is not acknowledged, its numbers are never given again, and the next group
    goes into a new segment; `fault` says so until something could be written.
    """

    def __init__(self, root: Path, lock: int, opened: OpenedJournal) -> None:
        self.root = root
        self.torn = opened.torn
        self.damaged = opened.damaged
        self.next_seq = opened.next_seq
        self.fault: JournalFault | None = None
        self._lock = lock
        self._segment_bytes = SEGMENT_BYTES
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._skipped = range(opened.next_seq, opened.claimed + 1)
        """Numbers that nobody may get; noted before the next file is written."""
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
        journal = cls(root, lock, recover(root))
        journal._segment_bytes = segment_bytes
        journal._begin_writing()
        return journal

    @property
    def identity(self) -> str:
        """The journal's own name; empty before it got one (or when the file with it is damaged)."""
        try:
            name = (self.root / IDENTITY).read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            return ""
        return name if len(name) == _NAME_DIGITS and not set(name) - _HEX else ""

    def become(self, identity: str) -> None:
        """Give the journal its name, for good."""
        replace_file(self.root / IDENTITY, f"{identity}\n".encode())

    @property
    def is_empty(self) -> bool:
        """Whether there is no segment at all."""
        return not segments(self.root)

    def go_on_after(self, known: int) -> Gap | None:
        """Give no number that was given before, as far as others know (`known`: the highest); before the first append.

        Returns the numbers up to `known` that are no longer here.
        """
        gap = Gap(self.next_seq, known) if known >= self.next_seq else None
        first, end = max(self.next_seq, known + 1), self._skipped.stop
        self._skipped = range(first, max(first, end))
        self.next_seq = first
        return gap

    def leave_out(self, count: int) -> None:
        """Give the next `count` numbers to no file, and write it down; before the first append.

        For a journal that was copied: the one that was lost may have given them. Raises OSError.
        """
        self._skipped = range(self._skipped.start if self._skipped else self.next_seq, self.next_seq + count)
        self.next_seq += count
        self._note_skipped()

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
        if self._file >= 0:
            os.close(self._file)
        os.close(self._lock)

    def _begin_writing(self) -> None:
        last = segments(self.root)
        if last:
            self._open_segment(last[-1])
        self._thread.start()

    def _open_segment(self, path: Path) -> None:
        self._close_segment()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._size = os.fstat(self._file).st_size
        _sync_folder(self.root)

    def _close_segment(self) -> None:
        if self._file >= 0:
            file, self._file = self._file, -1
            os.close(file)

    def _run(self) -> None:
        # the next group gathers by itself while the last one is synced, so a lone file never waits
        stopping = False
        while not stopping:
            try:
                first = self._queue.get(timeout=TRY_AGAIN_SECONDS if self.fault else None)
            except Empty:
                self._try_again()
                continue
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
            told = JournalError(str(JournalFault(error))) if isinstance(error, OSError) else error
            for waiting in group:
                waiting.acknowledged.set_exception(told)
            return
        for waiting, seq in zip(group, numbers, strict=True):
            waiting.acknowledged.set_result(seq)

    def _write(self, group: list[_Waiting]) -> range:
        self._note_skipped()
        numbers = range(self.next_seq, self.next_seq + len(group))
        data = b"".join(
            encode(self._compressed(waiting.frame, seq)) for waiting, seq in zip(group, numbers, strict=True)
        )
        self._put(data, numbers)
        return numbers

    def _try_again(self) -> None:
        try:
            self._note_skipped()
        except OSError:
            return  # still the same; the fault stands

    def _note_skipped(self) -> None:
        """Write which numbers nobody got; that it succeeds shows that files can be written again."""
        if not self._skipped:
            return
        if self.fault is not None and self.fault.no_space and _free_bytes(self.root) < ROOM_BYTES:
            raise self.fault.error
        note = note_of(self._skipped, "落盘失败或写入中断，流水号作废", int(time.time()))
        self._put(encode(note), note.numbers)
        self._skipped = range(0)

    def _put(self, data: bytes, numbers: range) -> None:
        """Write and sync frames with these numbers, in the open segment or a new one; OSError: nothing of it counts."""
        try:
            if self._file < 0 or self._size >= self._segment_bytes:
                self._open_segment(segment_path(self.root, numbers.start))
            _write_all(self._file, data)
            os.fdatasync(self._file)
        except OSError as error:
            self._give_up(numbers, error)
            raise
        self._size += len(data)
        self.next_seq = numbers.stop
        self.fault = None

    def _give_up(self, numbers: range, error: OSError) -> None:
        """After an error nothing is sure of what the disk has: cut it off, end the segment, skip the numbers."""
        self.fault = JournalFault(error)
        self._skipped = range(self._skipped.start if self._skipped else numbers.start, numbers.stop)
        self.next_seq = numbers.stop
        with suppress(OSError):
            if self._file >= 0:
                os.ftruncate(self._file, self._size)
        with suppress(OSError):
            self._close_segment()

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


def _free_bytes(root: Path) -> int:
    disk = os.statvfs(root)
    return disk.f_bavail * disk.f_frsize
