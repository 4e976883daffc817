"""Receiving a file anew that was set apart: under a new number, so that a replay comes to the same result."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from kuangan.base import clock
from kuangan.monitor.database import Stopping, patiently
from kuangan.monitor.door.listener import Upload
from kuangan.monitor.journal import JournalError
from kuangan.monitor.journal.segments import frame_at
from kuangan.monitor.models import FeedFile, FileStatus
from kuangan.monitor.recovery.apart import APART, Again

_log = logging.getLogger(__name__)

JOURNAL_REST: Final = 10.0
"""Seconds until a journal that takes nothing is asked again."""
Keep = Callable[[Upload], Awaitable[int]]
"""Journal an upload; its number. Raises JournalError, OSError while the journal takes nothing."""


async def take_again(files: Iterable[Again], journal: Path, keep: Keep, stop: threading.Event) -> None:
    """Receive these files anew, one after the other; one that cannot be is logged, waits for the next start, and stops none."""
    for again in files:
        try:
            await _take(again, journal, keep, stop)
        except Stopping:
            return
        except Exception:  # noqa: BLE001  (whatever it is, it is this file's)
            _log.exception("流水号 %d 的文件不能重新接收，下次启动时再试", again.seq)


async def _take(again: Again, journal: Path, keep: Keep, stop: threading.Event) -> None:
    upload = await asyncio.to_thread(upload_again, journal, again)
    if upload is None:
        return
    seq = await _kept(upload, keep)
    await asyncio.to_thread(patiently, partial(mark_again, again, seq, clock.now()), stop)


async def _kept(upload: Upload, keep: Keep) -> int:
    """The upload's number, once the journal takes it."""
    while True:
        try:
            return await keep(upload)
        except (JournalError, OSError) as error:
            _log.warning("文件 %s 暂未重新接收，%.0f 秒后重试：%s", upload.name, JOURNAL_REST, error)
        await asyncio.sleep(JOURNAL_REST)


def upload_again(journal: Path, again: Again) -> Upload | None:
    """The file as it came, with its time put right; None when the journal holds it no longer."""
    frame = frame_at(journal, again.seq)
    if frame is None:
        return None
    content = frame.content()
    at = frame.source_at - again.ahead
    return Upload(frame.mine, frame.name, frame.type, at, content, "identity", content, ahead=again.ahead)


def mark_again(again: Again, seq: int, at: datetime) -> None:
    """The old row says under which number the file was received anew; another process may have said so before."""
    message = f"时钟恢复正常后已于 {clock.civil(at):%Y-%m-%d %H:%M} 重新接收并判定，见流水号 {seq}。"
    files = FeedFile.objects.filter(journal_id=again.journal, journal_seq=again.seq, status__in=APART)
    files.update(status=FileStatus.again, message=message)
