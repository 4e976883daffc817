"""The ingest service: uploads and watched folders into the journal, from there to the consumer; one asyncio loop."""

import asyncio
import logging
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from kuangan.base import clock, space
from kuangan.host.connection_limits import ConnectionLimits, open_files
from kuangan.host.heartbeat import beat
from kuangan.host.http_guard import guarded
from kuangan.monitor.door.listener import Listener, Upload, largest_body
from kuangan.monitor.door.senders import Senders
from kuangan.monitor.door.watcher import Claim, Watcher, present
from kuangan.monitor.ingest.arrival import Arrival
from kuangan.monitor.ingest.consumer import Consumer
from kuangan.monitor.journal import Journal, JournalError
from kuangan.monitor.recovery.again import take_again
from kuangan.monitor.recovery.apart import Again

_log = logging.getLogger(__name__)

ROOM_BYTES = 128 << 20
"""Decoded bytes that may be between the door and the database; beyond it uploads wait."""
CONNECTIONS = 2000
BY_ADDRESS = 500
"""Connections from one address; a company's gateway sends for many mines."""
FULL_DISK = "监管平台磁盘空间不足，文件未接收；请保留文件，稍后重传。"
LOOK_EVERY = 0.5
LOOK_AGAIN = 10.0
"""Seconds until the folders are looked at again after a look that failed."""
CLAIMS_AT_ONCE = 64
GRACEFUL_SECONDS = 1
SWEEP_EVERY_LOOKS = 7200


class ByteBudget:
    """A bounded number of bytes, given out in the order of asking. For one event loop."""

    def __init__(self, size: int) -> None:
        self._free = size
        self._size = size
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @property
    def used(self) -> int:
        """Bytes that are out."""
        return self._size - self._free

    async def take(self, size: int) -> int:
        """Wait for that much room; returns what was taken (never more than there is)."""
        size = min(size, self._size)
        if self._waiting or size > self._free:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((size, turn))
            await turn
        else:
            self._free -= size
        return size

    def give(self, size: int) -> None:
        """Return room; those who wait get it first."""
        self._free += min(size, self._size)
        while self._waiting and (self._waiting[0][1].cancelled() or self._waiting[0][0] <= self._free):
            wanted, turn = self._waiting.popleft()
            if not turn.cancelled():
                self._free -= wanted
                turn.set_result(None)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The service handles signals itself; it has more to end than the server."""
        yield

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second in the loop that serves: a sign of life."""
        beat()
        return await super().on_tick(counter)


class IngestService:
    """Everything of `kuangan ingest` without paths. `run` returns the exit status."""

    def __init__(self, root: Path, host: str, port: int) -> None:
        self._root = root
        self._stop = threading.Event()
        self._ending = asyncio.Event()
        self._senders = Senders()
        self._journal = Journal.open(root / "journal")
        self._consumer = Consumer(
            root, self._journal, self._senders, self._stop, self._taken, self._again, self._consumer_ended
        )
        self._watcher = Watcher(root / "inbox", self._senders.is_mine, self._senders.codes_of)
        self._room = ByteBudget(ROOM_BYTES)
        self._tasks: set[asyncio.Task[None]] = set()
        config = uvicorn.Config(
            Listener(self),
            host=host,
            port=port,
            loop="none",
            http=guarded(ConnectionLimits(largest_body, connections=open_files(CONNECTIONS), by_address=BY_ADDRESS)),
            ws="none",
            proxy_headers=False,
            lifespan="off",
            access_log=False,
            server_header=False,
            log_level="warning",
            timeout_graceful_shutdown=GRACEFUL_SECONDS,
        )
        self._server = _Server(config)

    async def run(self) -> int:
        """Serve until a signal comes or the consumer fails."""
        self._loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            self._loop.add_signal_handler(number, self._ending.set)
        if self._journal.torn is not None:
            torn = self._journal.torn
            _log.warning("接收日志 %s 末尾有 %d 字节未写完的内容（上次异常中断），已截去", torn.path, torn.bytes_cut)
        self._consumer.start()
        await self._ready_or_ending()
        watching = asyncio.create_task(self._watch())
        serving = asyncio.create_task(self._server.serve())
        ending = asyncio.create_task(self._ending.wait())
        await asyncio.wait({serving, ending, watching}, return_when=asyncio.FIRST_COMPLETED)
        failed = not self._ending.is_set()
        await self._end(serving, watching)
        return 1 if failed or self._consumer.failed else 0

    async def _ready_or_ending(self) -> None:
        """Wait for the replay, or for the end of everything."""
        recovering = asyncio.create_task(asyncio.to_thread(self._consumer.ready.wait))
        ending = asyncio.create_task(self._ending.wait())
        await asyncio.wait({recovering, ending}, return_when=asyncio.FIRST_COMPLETED)
        self._consumer.ready.set()
        ending.cancel()

    async def _end(self, serving: "asyncio.Task[None]", watching: "asyncio.Task[None]") -> None:
        self._stop.set()
        watching.cancel()
        self._server.should_exit = True
        ended = await asyncio.gather(serving, watching, return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception):
                _log.error("接入服务的一项任务异常结束", exc_info=error)
        await asyncio.to_thread(self._journal.close)
        self._consumer.queue.put(None)
        await asyncio.to_thread(self._consumer.join)

    def mine_of(self, digest: str) -> str | None:
        """The mine whose token has this digest."""
        return self._senders.mine_of(digest)

    def codes_of(self, mine: str) -> frozenset[str]:
        return self._senders.codes_of(mine)

    async def keep(self, upload: Upload) -> int:
        """Journal an upload; returns its number once it is on disk. Waits for room first."""
        if self._ending.is_set():  # it may end before the journal knows its next number
            raise JournalError("接入服务正在停止，请稍后重传。")
        if self._consumer.fault:
            raise JournalError(self._consumer.fault)
        taken = await self._room.take(len(upload.content))
        received_at = int(clock.now().timestamp())
        try:
            future = self._journal.append(**upload.frame(), received_at=received_at)
        except JournalError:
            self._room.give(taken)
            raise
        future.add_done_callback(lambda done: self._journalled(done, upload, received_at))
        return await asyncio.wrap_future(future)

    def full_disk(self) -> str:
        """What to say when the disk takes nothing more, else ""."""
        return FULL_DISK if space.is_short(self._root) else ""

    def health(self) -> dict[str, Any]:
        """Numbers for the supervisor and the page 运行状态; `fault`: why no files are taken, in Chinese."""
        fault = str(self._journal.fault or "") or self._consumer.fault
        return {
            "ok": self._consumer.is_alive() and not fault,
            "fault": fault,
            "journal_seq": self._journal.next_seq - 1,
            "written_seq": self._consumer.written,
            "waiting_bytes": self._room.used,
            "compared": self._consumer.compared,
        }

    def _journalled(self, done: Future[int], upload: Upload, received_at: int) -> None:
        """In the journal's thread, in the order of the numbers."""
        if done.exception() is not None:
            self._loop.call_soon_threadsafe(self._room.give, len(upload.content))
            return
        arrival = Arrival(
            done.result(),
            upload.mine,
            upload.name,
            upload.file_at,
            received_at,
            upload.content,
            upload.fault,
            upload.ahead,
        )
        self._consumer.queue.put(arrival)

    def _taken(self, group: Sequence[Arrival]) -> None:
        """In the consumer's thread: a group is in the database."""
        sizes = [len(arrival.content) for arrival in group]
        self._loop.call_soon_threadsafe(self._give_back, sizes)

    def _give_back(self, sizes: list[int]) -> None:
        for size in sizes:
            self._room.give(size)

    def _again(self, files: Sequence[Again]) -> None:
        """In the consumer's thread: files that were set apart can be taken up."""
        self._loop.call_soon_threadsafe(self._begin_again, files)

    def _begin_again(self, files: Sequence[Again]) -> None:
        task = asyncio.create_task(take_again(files, self._journal.root, self.keep, self._stop))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """A task that nobody waits for has ended; whatever ended it is in the log."""
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("接入服务的一项任务异常结束", exc_info=error)

    def _consumer_ended(self) -> None:
        """In the consumer's thread: it has ended, asked or not."""
        self._loop.call_soon_threadsafe(self._ending.set)

    async def _watch(self) -> None:
        """Empty the watched folders, again and again."""
        looks = 0
        while True:
            try:
                claimed = await self._look(sweep=looks % SWEEP_EVERY_LOOKS == 0)
            except Exception:  # noqa: BLE001  (whatever it is, the door and the other folders must go on)
                _log.exception("监视目录处理出错，%.0f 秒后重试", LOOK_AGAIN)
                claimed = 0
                await asyncio.sleep(LOOK_AGAIN)
            looks += 1
            if claimed < CLAIMS_AT_ONCE:
                await asyncio.sleep(LOOK_EVERY)

    async def _look(self, *, sweep: bool) -> int:
        """Take what lies ready; how many files that were. Nothing while the disk takes nothing."""
        if self.full_disk():
            return 0
        claims = await asyncio.to_thread(self._watcher.next_claims, CLAIMS_AT_ONCE)
        await asyncio.gather(*(self._take_claim(claim) for claim in claims))
        if sweep:
            await asyncio.to_thread(self._watcher.sweep)
        return len(claims)

    async def _take_claim(self, claim: Claim) -> None:
        taken = claim.upload.fault is None
        try:
            await self.keep(claim.upload)
        except (JournalError, OSError) as error:
            _log.warning("监视目录中的文件 %s 暂未接收，稍后重试：%s", claim.upload.name, error)
            return
        except Exception:  # noqa: BLE001  (whatever it is, it is this file's)
            _log.exception("监视目录中的文件 %s 无法接收，已移入退回目录", claim.upload.name)
            taken = False
        with present(claim.path):
            self._watcher.settle(claim, taken=taken)
